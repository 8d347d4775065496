/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the module tells of its ports, as plain structs. Functions that return an
 * int return 0 or a negative errno, and nl_error() says why.
 */
#ifndef FASTDROP_STATE_H
#define FASTDROP_STATE_H

#include <net/if.h>

#include "engine/sets.h"
#include "libfastdrop/nl.h"

#define SSH_COMMENT	"comment \"ssh session\""

struct count {
	u64 packets;
	u64 bytes;
};

/**
 * struct port - a device under protection
 * @ifindex: its index
 * @name: its name
 * @hook: where packets are taken
 * @is_auto: nobody asked for that one by name
 * @hook_reason: then why it is not rx, if it is not
 * @has_priority: it has one, as hook ingress has
 * @priority: see @has_priority
 * @xdp_mode: of hook xdp: native, generic or offload; "": there is no program any more
 * @xdp_frags: the program takes frames in pieces
 * @enabled: else everything passes
 * @dryrun: nothing is dropped
 * @protect: it has protect rules of its own
 * @sample: one of so many passed packets is shown to readers; 0: none
 * @queues: how many receive queues
 * @generation: of the rules in force
 * @confirm: seconds until they are rolled back, or 0
 * @rules: how many
 * @sets: how many
 * @prefixes: in all sets
 */
struct port {
	u32 ifindex;
	char name[IFNAMSIZ];
	char hook[16];
	bool is_auto;
	char hook_reason[64];
	bool has_priority;
	s32 priority;
	char xdp_mode[16];
	bool xdp_frags;
	bool enabled;
	bool dryrun;
	bool protect;
	u32 sample;
	u32 queues;
	u32 generation;
	u32 confirm;
	u32 rules;
	u32 sets;
	u32 prefixes;
};

struct ports {
	struct port *port;
	u32 count;
};

/**
 * struct rule_state - a rule in force
 * @text: in canonical form
 * @id: its number
 * @own: the port's own
 * @expires: seconds left, if it expires; else 0
 * @hits: what it matched
 */
struct rule_state {
	char *text;
	u32 id;
	bool own;
	u32 expires;
	struct count hits;
};

/**
 * struct queue_state - the counters of a receive queue
 * @queue: which
 * @seen: passed, dropped and diverted ones
 * @passed: and so on, as the module names them
 */
struct queue_state {
	u32 queue;
	struct count seen;
	struct count passed;
	struct count dropped;
	struct count diverted;
	struct count would_drop;
	struct count truncated;
	struct count malformed;
	struct count too_many_headers;
	struct count sampled;
	struct count ring_lost;
};

/* Of one generation: the rules in their order, and the queues if they were asked for. */
struct rule_states {
	u32 generation;
	struct rule_state *rule;
	u32 count;
	u32 room;
	struct queue_state *queue;
	u32 queues;
};

struct set_state {
	char name[FDROP_SET_NAME];
	u32 prefixes;
};

struct set_states {
	u32 generation;
	u32 count;
	struct set_state set[FDROP_SETS];
};

/* All ports. */
int state_ports(struct nl *nl, struct ports *ports);

/* The port of that name. */
int state_port(struct nl *nl, const char *name, struct port *port);

/* What an answer with a port says. */
struct port state_port_of(const struct nl_answer *answer);

/* The rules, for state_rules_free(), also on failure; with the queues' counters or without. */
int state_rules(struct nl *nl, u32 ifindex, bool with_queues, struct rule_states *rules);
void state_rules_free(struct rule_states *rules);

/* The sets' names. */
int state_sets(struct nl *nl, u32 ifindex, struct set_states *sets);

/* What is in the set that @set has the name of: finished, for fdrop_set_free(). */
int state_elements(struct nl *nl, u32 ifindex, struct fdrop_set *set);

/* Whether a rule is there for the life of an ssh session, and no one's to keep. */
bool state_is_ssh(const char *rule);

/* Whether a rule is in files: neither the port's own, nor for a session. */
bool state_is_saved(const struct rule_state *rule);

/* The sum of all queues; its number means nothing. */
struct queue_state state_sum(const struct rule_states *states);

#endif /* FASTDROP_STATE_H */
