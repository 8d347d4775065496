/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A draft: rules and sets that are being changed, and that no packet sees. It
 * has one owner, who keeps the port that it is of, and whose calls come one at
 * a time.
 */
#ifndef FDROP_DRAFT_H
#define FDROP_DRAFT_H

#include <linux/xarray.h>

#include "engine/rule_list.h"

struct fdrop_error;
struct fdrop_ruleset;

#define FDROP_CONFIRM_MAX	86400	/* seconds */

/**
 * struct fdrop_draft - rules and sets that are being changed
 * @rules: whose
 * @list: as they are so far. A rule without an action has been deleted
 * @ids: places in @list by id, once one was looked for
 * @has_ids: whether @ids is filled
 */
struct fdrop_draft {
	struct fdrop_ruleset *rules;
	struct fdrop_rule_list list;
	struct xarray ids;
	bool has_ids;
};

/**
 * fdrop_draft_begin() - begin to change rules
 * @rs: the rules
 * @expected: which generation they are to be of, or 0 for any
 * @error: why not, on failure
 *
 * Context: may sleep.
 * Return: the draft, for fdrop_draft_commit() or fdrop_draft_abort(); -EBUSY (there
 * is one already, or a generation waits to be confirmed), -ESTALE (another
 * generation), -ENODEV (the port is gone), -ENOMEM.
 */
struct fdrop_draft *fdrop_draft_begin(struct fdrop_ruleset *rs, u32 expected,
				      struct fdrop_error *error);

/*
 * Changes of a draft. When one is refused, with a sentence in @error, the draft is
 * good for fdrop_draft_abort() only: -EINVAL (no rule, no name), -ENOENT, -EEXIST,
 * -E2BIG (a limit), -EBUSY (a rule names the set), -EPERM (a rule of the port's own),
 * -ENOMEM. They may sleep.
 */
int fdrop_draft_add(struct fdrop_draft *draft, const char *text, size_t length,
		    struct fdrop_error *error);
int fdrop_draft_replace(struct fdrop_draft *draft, const char *text, size_t length,
			struct fdrop_error *error);
int fdrop_draft_del(struct fdrop_draft *draft, u32 id, struct fdrop_error *error);
void fdrop_draft_flush(struct fdrop_draft *draft);
int fdrop_draft_set_new(struct fdrop_draft *draft, const char *name, struct fdrop_error *error);
int fdrop_draft_set_del(struct fdrop_draft *draft, const char *name, struct fdrop_error *error);
int fdrop_draft_set_flush(struct fdrop_draft *draft, const char *name, struct fdrop_error *error);

/* Puts the prefixes of @part into the set of that name, or takes them out. */
int fdrop_draft_set_fill(struct fdrop_draft *draft, const char *name, struct fdrop_set *part,
			 struct fdrop_error *error);
int fdrop_draft_set_take(struct fdrop_draft *draft, const char *name, struct fdrop_set *part,
			 struct fdrop_error *error);

/**
 * fdrop_draft_commit() - put a draft in force
 * @draft: the draft; it ends if this succeeds, and is to be aborted if not
 * @confirm: seconds after which to roll back unless confirmed, 0 for never
 * @number: of the new generation
 * @error: why not, on failure
 *
 * When this returns, no CPU uses the old rules any more, and what they have counted
 * is in the new ones: by id, if the user gave it or the rule is the same.
 *
 * Context: may sleep.
 * Return: 0, -EINVAL (an id given twice, @confirm), -E2BIG, -ENOMEM, -ENODEV.
 */
int fdrop_draft_commit(struct fdrop_draft *draft, u32 confirm, u32 *number,
		       struct fdrop_error *error);

/* Throws a draft away. */
void fdrop_draft_abort(struct fdrop_draft *draft);

/* Puts the port's own protect rules in force, or takes them out. As a whole draft. */
int fdrop_ruleset_set_protect(struct fdrop_ruleset *rs, bool protect, struct fdrop_error *error);

#endif /* FDROP_DRAFT_H */
