/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What top shows of a device: rates, out of two readings of its counters, and what
 * most of the packets have in common that rules have shown.
 */
#ifndef FASTDROP_TOP_DATA_H
#define FASTDROP_TOP_DATA_H

#include "hitters.h"
#include "libfastdrop/ring.h"
#include "libfastdrop/state.h"

#define TOP_COUNTERS	1024	/* of each list */
#define TOP_MANY	32	/* of so many packets, one alone does not stand out */
#define TOP_TEXT	64	/* room for a key as text, with its end */

enum top_list {
	TOP_SOURCES,
	TOP_DESTINATIONS,
	TOP_PORTS,		/* destination ports */
	TOP_PROTOCOLS,		/* of every packet */
	TOP_LENGTHS,
	TOP_TTLS,
	TOP_LISTS,
};

/* Packets a second of a receive queue. */
struct top_queue {
	u32 queue;
	u64 seen;
	u64 passed;
	u64 dropped;
	u64 diverted;
};

/**
 * struct top_rule - a rule, with what it matched in a second
 * @rule: of &top.states
 * @rate: packets and bytes
 */
struct top_rule {
	const struct rule_state *rule;
	struct count rate;
};

/**
 * struct top - a device; only to be read
 * @states: the last reading
 * @time: when that was, in ns
 * @interval: from the one before to it; 0: there was none, and there are no rates
 * @queue: as many as there are in @states, in their order
 * @total: of all queues
 * @rule: as many as there are in @states, those with the most packets first
 * @hitters: of each list
 * @shown: packets that were shown in the interval
 * @fresh: those since the last reading
 * @lost: records that the rings have lost so far; for the caller to set
 */
struct top {
	struct rule_states states;
	u64 time;
	u64 interval;
	struct top_queue *queue;
	struct top_queue total;
	struct top_rule *rule;
	struct hitters *hitters[TOP_LISTS];
	u64 shown;
	u64 fresh;
	u64 lost;
};

void top_begin(struct top *top);
void top_end(struct top *top);

/* The counters at @time, in ns. @states is top's from then on. */
void top_read(struct top *top, struct rule_states *states, u64 time);

/* A record that the rings have shown. */
void top_sample(struct top *top, const struct fastdrop_record *record);

/* What was shown so far is to count half. */
void top_decay(struct top *top);

/* How many packets were shown, as far as they count; what hits are a share of. */
u64 top_weight(const struct top *top);

/*
 * What stands out in a list, most first; returns how many there are, at most @room. What is
 * surely a key's must be more than the counters can tell apart: of random ones none is.
 */
u32 top_hits(const struct top *top, enum top_list list, struct hitter *hits, u32 room);

/* A list's key in JSON, and its heading. */
const char *top_name(enum top_list list);
const char *top_title(enum top_list list);

/* A key of a list, as a rule has it. */
void top_text(enum top_list list, const struct hitter *hit, char text[TOP_TEXT]);

#endif /* FASTDROP_TOP_DATA_H */
