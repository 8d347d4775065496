/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All sets that the rules of a list may name. They are filled by one owner;
 * once finished they do not change any more, and those who have them share them.
 */
#ifndef FDROP_ENGINE_SETS_H
#define FDROP_ENGINE_SETS_H

#include "lpm.h"

/**
 * struct fdrop_sets - the sets that rules may name
 * @users: who has them
 * @count: how many places there are in @set
 * @prefixes: how many were put into them; from fdrop_sets_finish() on, how many
 *	there are
 * @lpm: the search over them, when they are finished; else NULL
 * @set: the sets; the place of one is its bit in the key. A place without a name
 *	is free
 */
struct fdrop_sets {
	fdrop_users users;
	u32 count;
	u32 prefixes;
	struct fdrop_lpm *lpm;
	struct fdrop_set set[FDROP_SETS];
};

/* Sets to be filled, for fdrop_sets_put(): none yet. NULL if there is no memory. */
struct fdrop_sets *fdrop_sets_create(void);

/**
 * fdrop_sets_copy() - the same sets, to be changed
 * @sets: the sets
 *
 * Context: may sleep.
 * Return: the copy, not finished, for fdrop_sets_put(); NULL if there is no memory.
 */
struct fdrop_sets *fdrop_sets_copy(const struct fdrop_sets *sets);

/* One more who has them. Returns @sets. */
static inline struct fdrop_sets *fdrop_sets_get(struct fdrop_sets *sets)
{
	fdrop_users_get(&sets->users);
	return sets;
}

/* One less; the last one frees them. NULL is none. */
void fdrop_sets_put(struct fdrop_sets *sets);

/* The place of the set of that name, or -1. */
int fdrop_sets_find(const struct fdrop_sets *sets, const char *name, size_t length);

/* For each place in @from, the place in @to of the set of its name; 0xff if there is none. */
void fdrop_sets_match(const struct fdrop_sets *from, const struct fdrop_sets *to,
		      u8 places[FDROP_SETS]);

/* The place of a new, empty set of a name that none has; -1 if there are %FDROP_SETS. */
int fdrop_sets_add(struct fdrop_sets *sets, const char *name, size_t length);

/* The end of the set at @place, which is free then. */
void fdrop_sets_del(struct fdrop_sets *sets, u32 place);

/* A name is a letter, then letters, digits, "_", "-" or "."; 31 at most. */
bool fdrop_sets_is_name(const char *name, size_t length);

/**
 * fdrop_sets_finish() - sort all sets, drop doubles, and make the search
 * @sets: the sets; those who share them need not be told
 *
 * Context: may sleep.
 * Return: 0, -E2BIG if they hold more than %FDROP_PREFIXES_MAX, -ENOMEM; they
 * are not finished then.
 */
int fdrop_sets_finish(struct fdrop_sets *sets);

#endif /* FDROP_ENGINE_SETS_H */
