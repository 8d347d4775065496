// SPDX-License-Identifier: GPL-2.0
#include "snapshot.h"

#define TRIES	10

/* Drops what files do not have. */
static void keep_saved(struct rule_states *rules)
{
	u32 i, n = 0;

	for (i = 0; i < rules->count; i++) {
		if (state_is_saved(&rules->rule[i]))
			rules->rule[n++] = rules->rule[i];
		else
			free(rules->rule[i].text);
	}
	rules->count = n;
}

static int read_sets(struct nl *nl, u32 ifindex, struct snapshot *snapshot)
{
	struct set_states sets;
	int err = state_sets(nl, ifindex, &sets);
	u32 i;

	for (i = 0; !err && i < sets.count; i++) {
		snprintf(snapshot->sets[i].name, FDROP_SET_NAME, "%s", sets.set[i].name);
		snapshot->count = i + 1;
		err = state_elements(nl, ifindex, &snapshot->sets[i]);
	}
	return err;
}

/* Returns -EAGAIN if it was not all of one generation. */
static int try_read(struct nl *nl, const struct port *port, struct snapshot *snapshot)
{
	struct port before, after;
	int err;

	*snapshot = (struct snapshot){ };
	err = state_port(nl, port->name, &before) ?:
	      state_rules(nl, port->ifindex, false, &snapshot->rules) ?:
	      read_sets(nl, port->ifindex, snapshot) ?: state_port(nl, port->name, &after);
	if (err)
		return err;
	keep_saved(&snapshot->rules);
	return before.generation == after.generation ? 0 : -EAGAIN;
}

int snapshot_read(struct nl *nl, const struct port *port, struct snapshot *snapshot)
{
	int err, tries;

	for (tries = 0; tries < TRIES; tries++) {
		err = try_read(nl, port, snapshot);
		if (!err)
			return 0;
		snapshot_free(snapshot);
		/* A set that was there a moment ago may be gone. */
		if (err != -EAGAIN && err != -ENOENT)
			return err;
	}
	return err;
}

void snapshot_free(struct snapshot *snapshot)
{
	u32 i;

	state_rules_free(&snapshot->rules);
	for (i = 0; i < snapshot->count; i++)
		fdrop_set_free(&snapshot->sets[i]);
	*snapshot = (struct snapshot){ };
}
