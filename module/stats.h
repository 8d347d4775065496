/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters that are exact and cost no CPU another's cache line.
 *
 * Each CPU has an array of its own, on its own node, which only its softirq
 * writes: BH is off and the CPU is ours, on PREEMPT_RT by the softirq lock of
 * 6.1 and 6.12. A reader sums the arrays; while packets come in, a sum is of
 * no single moment. 64-bit machines only: there a count is read in one piece.
 */
#ifndef FDROP_STATS_H
#define FDROP_STATS_H

#include <linux/percpu.h>
#include <linux/u64_stats_sync.h>

#include "engine/parse.h"

struct fdrop_count {
	u64_stats_t packets;
	u64_stats_t bytes;
};

struct fdrop_total {
	u64 packets;
	u64 bytes;
};

/* What is counted for a receive queue: whole cache lines, the first one hot. */
enum fdrop_counter {
	FDROP_SEEN,		/* given to the engine: passed + dropped + diverted */
	FDROP_PASSED,
	FDROP_DROPPED,
	FDROP_WOULD_DROP,	/* passed because of a dry run */
	FDROP_DIVERTED,		/* to the readers, and not to the stack */
	FDROP_SAMPLED,		/* due to be shown to readers as a sample */
	FDROP_RING_LOST,	/* of these two, not in the ring of every reader */
	FDROP_UNREAD,		/* + enum fdrop_reading - 1: why not all was read */
	FDROP_COUNTERS = 16,
};

/**
 * struct fdrop_counts - an array of counts, of which every CPU has its own
 * @mine: this CPU's
 * @turn: beside the counts, how many packets it takes until one is shown
 */
struct fdrop_counts {
	struct fdrop_count *mine;
	u32 *turn;
};

/**
 * fdrop_counts_alloc() - as many counts for every possible CPU, all zero
 * @n: how many
 * @turns: how many turns
 *
 * Context: may sleep.
 * Return: the counts, for fdrop_counts_free(); NULL if there is no memory.
 */
struct fdrop_counts __percpu *fdrop_counts_alloc(u32 n, u32 turns);

/**
 * fdrop_counts_free() - the end of counts that nobody uses any more
 * @counts: the counts, or NULL
 */
void fdrop_counts_free(struct fdrop_counts __percpu *counts);

/**
 * fdrop_counts_sum() - a count of all CPUs together
 * @counts: the counts
 * @i: which one
 *
 * Context: any, as long as the counts live.
 * Return: the sum; of no single moment while packets come in.
 */
struct fdrop_total fdrop_counts_sum(const struct fdrop_counts __percpu *counts, u32 i);

/* Gives a turn the same value on all CPUs. Nobody uses it yet. */
void fdrop_counts_set_turn(struct fdrop_counts __percpu *counts, u32 i, u32 turn);

/* Goes on with a turn of other counts, which may change meanwhile; at most @most. */
void fdrop_counts_inherit_turn(struct fdrop_counts __percpu *counts, u32 i,
			       const struct fdrop_counts __percpu *from, u32 j, u32 most);

/* This CPU's turns. Called with BH off. */
static inline u32 *fdrop_turns_here(struct fdrop_counts __percpu *counts)
{
	return this_cpu_read(counts->turn);
}

/* This CPU's array. Called with BH off. */
static inline struct fdrop_count *fdrop_counts_here(struct fdrop_counts __percpu *counts)
{
	return this_cpu_read(counts->mine);
}

static inline void fdrop_count_add(struct fdrop_count *count, const struct fdrop_packet *packet)
{
	u64_stats_add(&count->packets, packet->packets);
	u64_stats_add(&count->bytes, packet->bytes);
}

#endif /* FDROP_STATS_H */
