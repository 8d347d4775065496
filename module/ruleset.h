/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rules of a port, as generations: rules and sets in the form in which the
 * datapath has them, which do not change. A change is made on a draft, a copy that
 * no packet sees, and put in force by one pointer.
 *
 * Locks: the ruleset's mutex guards all of it, and what is told to watchers. It
 * comes behind RTNL, and is not held while the generation of a draft is built.
 */
#ifndef FDROP_RULESET_H
#define FDROP_RULESET_H

#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/workqueue.h>

#include "datapath.h"

struct fdrop_draft;
struct fdrop_error;

/**
 * struct fdrop_ruleset - the rules of a port, and how they change
 * @lock: guards all of the others, and the generation of @dp
 * @dp: what packets see
 * @number: of the generation in force; each has one more than the one before
 * @gone: the device is not protected any more
 * @draft: the one there is, or NULL. While there is one, no generation comes but
 *	from it
 * @previous: what a rollback goes back to, or NULL if nothing waits to be confirmed
 * @heirs: by rank in the generation in force: which rule of @previous it was
 * @confirm_by: when that is to be, in jiffies
 * @confirm: the rollback
 * @expire: takes out rules whose time is over
 */
struct fdrop_ruleset {
	struct mutex lock;	/* the last one to be taken */
	struct fdrop_datapath *dp;
	u32 number;
	bool gone;
	struct fdrop_draft *draft;
	struct fdrop_generation *previous;
	u32 *heirs;
	unsigned long confirm_by;
	struct delayed_work confirm;
	struct delayed_work expire;
};

/* What fdrop_ruleset_watch() tells. */
enum fdrop_ruleset_event {
	FDROP_RULESET_COMMITTED,
	FDROP_RULESET_CONFIRMED,
	FDROP_RULESET_ROLLED_BACK,
	FDROP_RULESET_EXPIRED,
	FDROP_RULESET_SETTINGS,		/* of the port, not of its rules */
};

/**
 * struct fdrop_ruleset_news - what the watchers get
 * @rules: whose
 * @count: how many rules, if they expired
 * @reason: why, if rolled back
 */
struct fdrop_ruleset_news {
	struct fdrop_ruleset *rules;
	u32 count;
	const char *reason;
};

/**
 * fdrop_ruleset_open() - the rules of a new port
 * @rs: all 0
 * @dp: the port's, whose generation is set
 * @first: the first generation, which is the ruleset's then
 */
void fdrop_ruleset_open(struct fdrop_ruleset *rs, struct fdrop_datapath *dp,
			struct fdrop_generation *first);

/**
 * fdrop_ruleset_close() - nothing changes any more; what there is stays to be read
 * @rs: the ruleset, which no packet sees any more
 */
void fdrop_ruleset_close(struct fdrop_ruleset *rs);

/* Frees what it holds. Nobody may use it any more. */
void fdrop_ruleset_destroy(struct fdrop_ruleset *rs);

/**
 * fdrop_ruleset_generation() - the generation in force
 * @rs: the rules
 * @number: its number, or NULL
 *
 * Return: the generation, for fdrop_generation_put(); NULL if the port is gone.
 */
struct fdrop_generation *fdrop_ruleset_generation(struct fdrop_ruleset *rs, u32 *number);

/* The same, with @rs->lock held, and only as long as it is. */
struct fdrop_generation *fdrop_ruleset_current(const struct fdrop_ruleset *rs);

/* Whether the port's own protect rules are in force. Called with @rs->lock held. */
bool fdrop_ruleset_protects(const struct fdrop_ruleset *rs);

/* Seconds until the rollback, at least 1; 0 if none waits. Called with @rs->lock held. */
u32 fdrop_ruleset_confirm_left(const struct fdrop_ruleset *rs);

/**
 * fdrop_ruleset_confirm() - keep what was committed
 * @rs: the rules
 * @expected: which generation, or 0 for any
 * @error: why not, on failure
 *
 * Return: 0, -ENOENT (nothing waits to be confirmed), -ESTALE, -ENODEV.
 */
int fdrop_ruleset_confirm(struct fdrop_ruleset *rs, u32 expected, struct fdrop_error *error);

/* Goes back to what was before it, in the same way. */
int fdrop_ruleset_rollback(struct fdrop_ruleset *rs, u32 expected, struct fdrop_error *error);

/**
 * fdrop_ruleset_publish() - put a generation in force
 * @rs: the rules, with the lock held
 * @gen: the generation
 * @heirs: by rank in @gen: which rule of the one in force it goes on for, which
 *	is from fdrop_generation_heirs(). Kept or freed
 * @confirm: seconds after which to roll back unless confirmed, 0 for never
 *
 * Waits until no CPU uses the one before any more.
 */
void fdrop_ruleset_publish(struct fdrop_ruleset *rs, struct fdrop_generation *gen, u32 *heirs,
			   u32 confirm);

/* Tells the watchers. Called with @rs->lock held. */
void fdrop_ruleset_tell(struct fdrop_ruleset *rs, enum fdrop_ruleset_event event, u32 count,
			const char *reason);

/* The draft of @rs is over. Called with @rs->lock held. */
void fdrop_ruleset_end_draft(struct fdrop_ruleset *rs);

/* Tells the watchers of a change of the port that is not one of its rules. */
void fdrop_ruleset_tell_settings(struct fdrop_ruleset *rs);

/* @nb is called with @rs->lock held, an &enum fdrop_ruleset_event and the news. */
int fdrop_ruleset_watch(struct notifier_block *nb);
void fdrop_ruleset_unwatch(struct notifier_block *nb);

#endif /* FDROP_RULESET_H */
