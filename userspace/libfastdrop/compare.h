/* SPDX-License-Identifier: GPL-2.0 */
/* What would change if the rules and sets of a file came into force. */
#ifndef FASTDROP_COMPARE_H
#define FASTDROP_COMPARE_H

#include "engine/rule_list.h"
#include "libfastdrop/snapshot.h"

/* A set that changes. */
struct set_change {
	char name[FDROP_SET_NAME];
	bool is_new;
	bool is_gone;
	struct fdrop_set added;
	struct fdrop_set removed;
};

/**
 * struct comparison - what changes
 * @added: texts of rules that the file has and the port has not, in their order
 * @added_count: how many
 * @removed: the other way round; the texts are the snapshot's
 * @removed_count: how many
 * @moved: how many rules that both have are in another order
 * @sets: the sets that change
 * @set_count: how many
 */
struct comparison {
	char **added;
	u32 added_count;
	const char **removed;
	u32 removed_count;
	u32 moved;
	struct set_change sets[2 * FDROP_SETS];
	u32 set_count;
};

/* Compares, for comparison_free(). The end of the program where there is no memory. */
void compare(const struct snapshot *old, const struct fdrop_rule_list *new,
	     struct comparison *comparison);
void comparison_free(struct comparison *comparison);

/* Whether nothing would change. */
bool comparison_is_empty(const struct comparison *comparison);

#endif /* FASTDROP_COMPARE_H */
