// SPDX-License-Identifier: GPL-2.0
#include "ruleset.h"

#include <linux/err.h>
#include <linux/rcupdate.h>

#include "engine/rule_list.h"
#include "error.h"
#include "generation.h"

/* Rules whose time is over match nothing: they may lie about for a while. */
#define SECONDS_BETWEEN_CLEANINGS	10

static BLOCKING_NOTIFIER_HEAD(watchers);

static struct fdrop_ruleset *of_confirm(struct work_struct *work)
{
	return container_of(to_delayed_work(work), struct fdrop_ruleset, confirm);
}

static struct fdrop_ruleset *of_expire(struct work_struct *work)
{
	return container_of(to_delayed_work(work), struct fdrop_ruleset, expire);
}

struct fdrop_generation *fdrop_ruleset_current(const struct fdrop_ruleset *rs)
{
	return rcu_dereference_protected(rs->dp->generation, lockdep_is_held(&rs->lock));
}

struct fdrop_generation *fdrop_ruleset_generation(struct fdrop_ruleset *rs, u32 *number)
{
	struct fdrop_generation *gen = NULL;

	mutex_lock(&rs->lock);
	if (!rs->gone)
		gen = fdrop_generation_get(fdrop_ruleset_current(rs));
	if (number)
		*number = rs->number;
	mutex_unlock(&rs->lock);
	return gen;
}

bool fdrop_ruleset_protects(const struct fdrop_ruleset *rs)
{
	const struct fdrop_table *table = fdrop_ruleset_current(rs)->table;
	u32 i;

	for (i = 0; i < table->guard.count; i++)
		if (fdrop_rule_is_own(&table->rules[table->guard.rank[i]]))
			return true;
	return false;
}

u32 fdrop_ruleset_confirm_left(const struct fdrop_ruleset *rs)
{
	unsigned long now = jiffies;

	lockdep_assert_held(&rs->lock);
	if (!rs->previous)
		return 0;
	return time_after(rs->confirm_by, now) ? DIV_ROUND_UP(rs->confirm_by - now, HZ) : 1;
}

void fdrop_ruleset_tell(struct fdrop_ruleset *rs, enum fdrop_ruleset_event event, u32 count,
			const char *reason)
{
	struct fdrop_ruleset_news news = { .rules = rs, .count = count, .reason = reason };

	lockdep_assert_held(&rs->lock);
	blocking_notifier_call_chain(&watchers, event, &news);
}

void fdrop_ruleset_tell_settings(struct fdrop_ruleset *rs)
{
	mutex_lock(&rs->lock);
	if (!rs->gone)
		fdrop_ruleset_tell(rs, FDROP_RULESET_SETTINGS, 0, NULL);
	mutex_unlock(&rs->lock);
}

int fdrop_ruleset_watch(struct notifier_block *nb)
{
	return blocking_notifier_chain_register(&watchers, nb);
}

void fdrop_ruleset_unwatch(struct notifier_block *nb)
{
	blocking_notifier_chain_unregister(&watchers, nb);
}

/* Comes back for the first rule that ends, and not at once if it was just here. */
static void schedule_cleaning(struct fdrop_ruleset *rs, u32 pause)
{
	u64 first = fdrop_ruleset_current(rs)->first_end, now = fdrop_seconds();
	u64 wait = first > now ? first - now : 0;

	if (first == ~0ULL)
		return;
	/* A long wait is cut: a jiffy more or less adds up over years. */
	wait = clamp_t(u64, wait, pause, 86400);
	mod_delayed_work(system_unbound_wq, &rs->expire, wait * HZ);
}

static void add(struct fdrop_total *to, struct fdrop_total more)
{
	WRITE_ONCE(to->packets, to->packets + more.packets);
	WRITE_ONCE(to->bytes, to->bytes + more.bytes);
}

/* What @from has counted, which no CPU uses any more, is from now on in @to. */
static void inherit(struct fdrop_generation *to, const struct fdrop_generation *from,
		    const u32 *heirs)
{
	u32 rank;

	for (rank = 0; rank < to->table->count; rank++) {
		if (heirs[rank] != FDROP_NO_HEIR)
			add(&to->before[rank], fdrop_generation_hits(from, heirs[rank]));
		if (rank % 1024 == 0)
			fdrop_resched();
	}
}

/* And back: @to has what was there when @from came, and gets what came after. */
static void give_back(struct fdrop_generation *to, const struct fdrop_generation *from,
		      const u32 *heirs)
{
	u32 rank;

	for (rank = 0; rank < from->table->count; rank++) {
		if (heirs[rank] != FDROP_NO_HEIR)
			add(&to->before[heirs[rank]], fdrop_counts_sum(from->hits, rank));
		if (rank % 1024 == 0)
			fdrop_resched();
	}
}

static void replace(struct fdrop_ruleset *rs, struct fdrop_generation *gen)
{
	rs->number++;
	fdrop_datapath_publish(rs->dp, gen);
	synchronize_rcu();
}

void fdrop_ruleset_publish(struct fdrop_ruleset *rs, struct fdrop_generation *gen, u32 *heirs,
			   u32 confirm)
{
	struct fdrop_generation *old = fdrop_ruleset_current(rs);

	fdrop_generation_inherit_turns(gen, old, heirs);
	replace(rs, gen);
	inherit(gen, old, heirs);
	if (confirm) {
		rs->previous = old;
		rs->heirs = heirs;
		rs->confirm_by = jiffies + (unsigned long)confirm * HZ;
		mod_delayed_work(system_unbound_wq, &rs->confirm, (unsigned long)confirm * HZ);
	} else {
		fdrop_free(heirs);
		fdrop_generation_put(old);
		schedule_cleaning(rs, 0);
	}
}

/* Nothing waits to be confirmed any more. */
static void settle(struct fdrop_ruleset *rs)
{
	fdrop_free(rs->heirs);
	rs->heirs = NULL;
	rs->previous = NULL;
	schedule_cleaning(rs, 0);
}

static void roll_back(struct fdrop_ruleset *rs, const char *reason)
{
	struct fdrop_generation *old = fdrop_ruleset_current(rs);

	replace(rs, rs->previous);
	give_back(rs->previous, old, rs->heirs);
	fdrop_generation_put(old);
	settle(rs);
	fdrop_ruleset_tell(rs, FDROP_RULESET_ROLLED_BACK, 0, reason);
}

/* It may be late, with the next generation waiting already: that one has its own time. */
static void confirm_work(struct work_struct *work)
{
	struct fdrop_ruleset *rs = of_confirm(work);

	mutex_lock(&rs->lock);
	if (rs->previous && !rs->gone && !time_before(jiffies, rs->confirm_by))
		roll_back(rs, "not confirmed in time");
	mutex_unlock(&rs->lock);
}

/* Whether a generation waits to be confirmed, which is to be @expected if that is not 0. */
static int check_waiting(struct fdrop_ruleset *rs, u32 expected, struct fdrop_error *error)
{
	if (rs->gone) {
		fdrop_error_set(error, "the device is no longer protected");
		return -ENODEV;
	}
	if (!rs->previous) {
		fdrop_error_set(error, "nothing waits to be confirmed: generation %u is in force for good",
				rs->number);
		return -ENOENT;
	}
	if (expected && expected != rs->number) {
		fdrop_error_set(error, "changed by someone else since generation %u: it is %u now",
				expected, rs->number);
		return -ESTALE;
	}
	return 0;
}

int fdrop_ruleset_confirm(struct fdrop_ruleset *rs, u32 expected, struct fdrop_error *error)
{
	int err;

	mutex_lock(&rs->lock);
	err = check_waiting(rs, expected, error);
	if (!err) {
		cancel_delayed_work(&rs->confirm);
		fdrop_generation_put(rs->previous);
		settle(rs);
		fdrop_ruleset_tell(rs, FDROP_RULESET_CONFIRMED, 0, NULL);
	}
	mutex_unlock(&rs->lock);
	return err;
}

int fdrop_ruleset_rollback(struct fdrop_ruleset *rs, u32 expected, struct fdrop_error *error)
{
	int err;

	mutex_lock(&rs->lock);
	err = check_waiting(rs, expected, error);
	if (!err) {
		cancel_delayed_work(&rs->confirm);
		roll_back(rs, "asked for");
	}
	mutex_unlock(&rs->lock);
	return err;
}

static bool is_over(const struct fdrop_rule *rule, u64 now)
{
	return rule->expire && rule->deadline <= now;
}

/* Takes what is over out of a list. Returns how many rules that were. */
static u32 remove_expired(struct fdrop_rule_list *list)
{
	u64 now = fdrop_seconds();
	u32 i, kept = 0, over;

	for (i = 0; i < list->count; i++) {
		if (is_over(&list->rules[i], now))
			fdrop_rule_release(&list->rules[i]);
		else
			list->rules[kept++] = list->rules[i];
	}
	over = list->count - kept;
	list->count = kept;
	return over;
}

/* What is left of a generation without the rules that are over: a new one, or NULL. */
static struct fdrop_generation *build_cleaned(struct fdrop_generation *old, u32 **heirs, u32 *over)
{
	struct fdrop_generation *gen = NULL;
	struct fdrop_rule_list list = { 0 };
	struct fdrop_error error;

	*heirs = NULL;
	*over = 0;
	if (!fdrop_rule_list_copy(&list, old->table))
		*over = remove_expired(&list);
	if (*over)
		*heirs = fdrop_generation_heirs(&list, old);
	if (*heirs)
		gen = fdrop_generation_create(&list, &error);
	fdrop_rule_list_free(&list);
	if (!IS_ERR_OR_NULL(gen))
		return gen;
	fdrop_free(*heirs);
	return NULL;
}

/* Nobody is changing the rules: whoever ends that schedules the cleaning again. */
static bool is_idle(const struct fdrop_ruleset *rs)
{
	return !rs->gone && !rs->draft && !rs->previous;
}

/* Takes @old's place, if that is the one in force yet. Without memory, another time will do. */
static void publish_cleaned(struct fdrop_ruleset *rs, const struct fdrop_generation *old,
			    struct fdrop_generation *gen, u32 *heirs, u32 over)
{
	if (!is_idle(rs) || (gen && fdrop_ruleset_current(rs) != old)) {
		fdrop_generation_put(gen);
		fdrop_free(heirs);
		return;
	}
	if (gen) {
		fdrop_ruleset_publish(rs, gen, heirs, 0);
		fdrop_ruleset_tell(rs, FDROP_RULESET_EXPIRED, over, NULL);
	}
	schedule_cleaning(rs, SECONDS_BETWEEN_CLEANINGS);
}

static void expire_work(struct work_struct *work)
{
	struct fdrop_ruleset *rs = of_expire(work);
	struct fdrop_generation *old, *gen = NULL;
	u32 *heirs = NULL, over = 0;

	old = fdrop_ruleset_generation(rs, NULL);
	if (!old)
		return;
	if (old->first_end <= fdrop_seconds())
		gen = build_cleaned(old, &heirs, &over);
	mutex_lock(&rs->lock);
	publish_cleaned(rs, old, gen, heirs, over);
	mutex_unlock(&rs->lock);
	fdrop_generation_put(old);
}

void fdrop_ruleset_end_draft(struct fdrop_ruleset *rs)
{
	lockdep_assert_held(&rs->lock);
	rs->draft = NULL;
	if (is_idle(rs))
		schedule_cleaning(rs, 0);
}

void fdrop_ruleset_open(struct fdrop_ruleset *rs, struct fdrop_datapath *dp,
			struct fdrop_generation *first)
{
	mutex_init(&rs->lock);
	INIT_DELAYED_WORK(&rs->confirm, confirm_work);
	INIT_DELAYED_WORK(&rs->expire, expire_work);
	rs->dp = dp;
	rs->number = 1;
	fdrop_datapath_publish(dp, first);
	mutex_lock(&rs->lock);
	schedule_cleaning(rs, 0);
	mutex_unlock(&rs->lock);
}

void fdrop_ruleset_close(struct fdrop_ruleset *rs)
{
	mutex_lock(&rs->lock);
	rs->gone = true;
	mutex_unlock(&rs->lock);
	cancel_delayed_work_sync(&rs->confirm);
	cancel_delayed_work_sync(&rs->expire);
}

void fdrop_ruleset_destroy(struct fdrop_ruleset *rs)
{
	fdrop_generation_put(rs->previous);
	fdrop_free(rs->heirs);
	fdrop_generation_put(rcu_dereference_protected(rs->dp->generation, true));
	mutex_destroy(&rs->lock);
}
