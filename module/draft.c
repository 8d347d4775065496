// SPDX-License-Identifier: GPL-2.0
#include "draft.h"

#include <linux/err.h>
#include <linux/slab.h>

#include "error.h"
#include "generation.h"
#include "ruleset.h"

static bool is_deleted(const struct fdrop_rule *rule)
{
	return rule->action == FDROP_ACTION_NONE;
}

static void delete_rule(struct fdrop_rule *rule)
{
	fdrop_rule_release(rule);
	rule->action = FDROP_ACTION_NONE;
	rule->id = 0;
}

static int no_memory(struct fdrop_error *error)
{
	fdrop_error_set(error, "no memory for the change");
	return -ENOMEM;
}

static int check_begin(const struct fdrop_ruleset *rs, u32 expected, struct fdrop_error *error)
{
	if (rs->gone) {
		fdrop_error_set(error, "the device is no longer protected");
		return -ENODEV;
	}
	if (rs->draft) {
		fdrop_error_set(error, "someone else is changing the rules: try again when that is committed or aborted");
		return -EBUSY;
	}
	if (rs->previous) {
		fdrop_error_set(error, "generation %u waits to be confirmed: confirm it or roll it back first",
				rs->number);
		return -EBUSY;
	}
	if (expected && expected != rs->number) {
		fdrop_error_set(error, "changed by someone else since generation %u: it is %u now",
				expected, rs->number);
		return -ESTALE;
	}
	return 0;
}

static void free_draft(struct fdrop_draft *draft)
{
	fdrop_rule_list_free(&draft->list);
	xa_destroy(&draft->ids);
	kfree(draft);
}

static int begin(struct fdrop_ruleset *rs, struct fdrop_draft *draft, u32 expected,
		 struct fdrop_error *error)
{
	int err = check_begin(rs, expected, error);

	if (err)
		return err;
	if (fdrop_rule_list_copy(&draft->list, fdrop_ruleset_current(rs)->table))
		return no_memory(error);
	rs->draft = draft;
	return 0;
}

struct fdrop_draft *fdrop_draft_begin(struct fdrop_ruleset *rs, u32 expected,
				      struct fdrop_error *error)
{
	struct fdrop_draft *draft = kzalloc(sizeof(*draft), GFP_KERNEL);
	int err;

	if (!draft)
		return ERR_PTR(no_memory(error));
	draft->rules = rs;
	xa_init(&draft->ids);
	mutex_lock(&rs->lock);
	err = begin(rs, draft, expected, error);
	mutex_unlock(&rs->lock);
	if (!err)
		return draft;
	free_draft(draft);
	return ERR_PTR(err);
}

static void forget_ids(struct fdrop_draft *draft)
{
	xa_destroy(&draft->ids);
	draft->has_ids = false;
}

/* From the first time on that an id is asked for, the places of all are kept: here of @count. */
static int fill_ids(struct fdrop_draft *draft, u32 count)
{
	const struct fdrop_rule *rule;
	u32 i;

	for (i = 0; i < count; i++) {
		rule = &draft->list.rules[i];
		if (rule->id && xa_is_err(xa_store(&draft->ids, rule->id, xa_mk_value(i),
						   GFP_KERNEL))) {
			forget_ids(draft);
			return -ENOMEM;
		}
	}
	draft->has_ids = true;
	return 0;
}

/* The rule of an id, where ids are kept, or NULL. */
static struct fdrop_rule *live_rule(struct fdrop_draft *draft, u32 id)
{
	void *place = id ? xa_load(&draft->ids, id) : NULL;
	struct fdrop_rule *rule;

	if (!place)
		return NULL;
	rule = &draft->list.rules[xa_to_value(place)];
	return is_deleted(rule) ? NULL : rule;
}

/* The rule of an id, or an error pointer with the sentence set. */
static struct fdrop_rule *find_rule(struct fdrop_draft *draft, u32 id, struct fdrop_error *error)
{
	struct fdrop_rule *rule;

	if (!draft->has_ids && fill_ids(draft, draft->list.count))
		return ERR_PTR(no_memory(error));
	rule = live_rule(draft, id);
	if (rule)
		return rule;
	fdrop_error_set(error, "there is no rule with the id %u", id);
	return ERR_PTR(-ENOENT);
}

static int report(const struct fdrop_text_error *why, int err, struct fdrop_error *error)
{
	if (why->line > 1)
		fdrop_error_set(error, "line %u, column %u: %s", why->line, why->column,
				why->message);
	else
		fdrop_error_set(error, "column %u: %s", why->column, why->message);
	return err;
}

/* Whatever is wrong with them is to be found out now, not when they are in force. */
static int compile(const struct fdrop_draft *draft, const struct fdrop_rule_list *list, u32 first,
		   struct fdrop_error *error)
{
	int err = 0;
	u32 i;

	for (i = first; !err && i < list->count; i++) {
		list->rules[i].line = 0;
		err = fdrop_rule_compile(&list->rules[i], draft->rules->dp->link, error);
	}
	return err;
}

/* Without what was deleted. Places by id are others then. */
static void compact(struct fdrop_draft *draft)
{
	struct fdrop_rule_list *list = &draft->list;
	u32 i, kept = 0;

	for (i = 0; i < list->count; i++)
		if (!is_deleted(&list->rules[i]))
			list->rules[kept++] = list->rules[i];
	list->count = kept;
	forget_ids(draft);
}

/* Enters what was added from @first on, where the user chose the id: none of them twice. */
static int enter_ids(struct fdrop_draft *draft, u32 first, struct fdrop_error *error)
{
	struct fdrop_rule_list *list = &draft->list;
	const struct fdrop_rule *rule;
	u32 i;

	for (i = first; i < list->count; i++) {
		rule = &list->rules[i];
		if (!rule->named)
			continue;
		if (!draft->has_ids && fill_ids(draft, first))
			return no_memory(error);
		if (live_rule(draft, rule->id)) {
			fdrop_error_set(error, "the id %u is taken by another rule", rule->id);
			return -EEXIST;
		}
		if (xa_is_err(xa_store(&draft->ids, rule->id, xa_mk_value(i), GFP_KERNEL)))
			return no_memory(error);
	}
	return 0;
}

static int add_text(struct fdrop_draft *draft, const char *text, size_t length,
		    struct fdrop_text_error *why)
{
	struct fdrop_text t = fdrop_text_of(text, length);

	t.rules_only = true;
	return fdrop_rule_list_add(&draft->list, &t, why);
}

int fdrop_draft_add(struct fdrop_draft *draft, const char *text, size_t length,
		    struct fdrop_error *error)
{
	struct fdrop_rule_list *list = &draft->list;
	struct fdrop_text_error why;
	u32 before = list->count;
	int err;

	err = add_text(draft, text, length, &why);
	if (err == -E2BIG) {
		/* Rules that were deleted are there yet. */
		compact(draft);
		before = list->count;
		err = add_text(draft, text, length, &why);
	}
	if (err)
		return report(&why, err, error);
	return compile(draft, list, before, error) ?: enter_ids(draft, before, error);
}

static int check_replaced(struct fdrop_draft *draft, const struct fdrop_rule_list *news,
			  struct fdrop_error *error)
{
	struct fdrop_rule *old;
	u32 i;

	for (i = 0; i < news->count; i++) {
		if (!news->rules[i].named) {
			fdrop_error_set(error, "a rule that replaces another says which: give it an id");
			return -EINVAL;
		}
		old = find_rule(draft, news->rules[i].id, error);
		if (IS_ERR(old))
			return PTR_ERR(old);
	}
	return 0;
}

int fdrop_draft_replace(struct fdrop_draft *draft, const char *text, size_t length,
			struct fdrop_error *error)
{
	struct fdrop_rule_list news = { .sets = fdrop_sets_get(draft->list.sets) };
	struct fdrop_text t = fdrop_text_of(text, length);
	struct fdrop_text_error why;
	struct fdrop_rule *old;
	u32 i;
	int err;

	t.rules_only = true;
	err = fdrop_rule_list_add(&news, &t, &why);
	if (err)
		report(&why, err, error);
	if (!err)
		err = compile(draft, &news, 0, error) ?: check_replaced(draft, &news, error);
	for (i = 0; !err && i < news.count; i++) {
		old = find_rule(draft, news.rules[i].id, error);
		fdrop_rule_release(old);
		*old = fdrop_rule_copy(&news.rules[i]);
	}
	fdrop_rule_list_free(&news);
	return err;
}

int fdrop_draft_del(struct fdrop_draft *draft, u32 id, struct fdrop_error *error)
{
	struct fdrop_rule *rule = find_rule(draft, id, error);

	if (IS_ERR(rule))
		return PTR_ERR(rule);
	if (fdrop_rule_is_own(rule)) {
		fdrop_error_set(error, "rule %u is the device's own: these go all together, with protect off",
				id);
		return -EPERM;
	}
	delete_rule(rule);
	return 0;
}

void fdrop_draft_flush(struct fdrop_draft *draft)
{
	struct fdrop_rule_list *list = &draft->list;
	u32 i;

	for (i = 0; i < list->count; i++)
		if (!fdrop_rule_is_own(&list->rules[i]))
			delete_rule(&list->rules[i]);
	compact(draft);
}

/* The sets are shared with the generation in force until they are changed. */
static int open_sets(struct fdrop_draft *draft, struct fdrop_error *error)
{
	struct fdrop_sets *sets = draft->list.sets, *copy;

	if (!sets->lpm)
		return 0;
	copy = fdrop_sets_copy(sets);
	if (!copy)
		return no_memory(error);
	fdrop_sets_put(sets);
	draft->list.sets = copy;
	return 0;
}

/* The place of a set that may be changed then, or a negative error. */
static int open_set(struct fdrop_draft *draft, const char *name, struct fdrop_error *error)
{
	int place = fdrop_sets_find(draft->list.sets, name, strlen(name));

	if (place < 0) {
		fdrop_error_set(error, "there is no set \"%.40s\"", name);
		return -ENOENT;
	}
	return open_sets(draft, error) ?: place;
}

int fdrop_draft_set_new(struct fdrop_draft *draft, const char *name, struct fdrop_error *error)
{
	size_t length = strlen(name);
	int err;

	if (!fdrop_sets_is_name(name, length)) {
		fdrop_error_set(error, "\"%.40s\" is no name of a set: a letter, then up to 30 letters, digits, \"_\", \"-\" or \".\"",
				name);
		return -EINVAL;
	}
	if (fdrop_sets_find(draft->list.sets, name, length) >= 0) {
		fdrop_error_set(error, "there is a set \"%s\" already", name);
		return -EEXIST;
	}
	err = open_sets(draft, error);
	if (err)
		return err;
	if (fdrop_sets_add(draft->list.sets, name, length) < 0) {
		fdrop_error_set(error, "there are %u sets already, and that is the limit",
				FDROP_SETS);
		return -E2BIG;
	}
	return 0;
}

static bool names_set(const struct fdrop_rule *rule, u32 place)
{
	return !is_deleted(rule) && (rule->mask.src_sets | rule->mask.dst_sets) & 1U << place;
}

static int check_unnamed(const struct fdrop_draft *draft, u32 place, struct fdrop_error *error)
{
	const struct fdrop_rule *rule = draft->list.rules;
	const char *name = draft->list.sets->set[place].name;

	for (; rule < draft->list.rules + draft->list.count; rule++) {
		if (!names_set(rule, place))
			continue;
		if (rule->id)
			fdrop_error_set(error, "rule %u names the set \"%s\": delete the rule first",
					rule->id, name);
		else
			fdrop_error_set(error, "a new rule names the set \"%s\"", name);
		return -EBUSY;
	}
	return 0;
}

int fdrop_draft_set_del(struct fdrop_draft *draft, const char *name, struct fdrop_error *error)
{
	int place = open_set(draft, name, error), err;

	if (place < 0)
		return place;
	err = check_unnamed(draft, place, error);
	if (err)
		return err;
	fdrop_sets_del(draft->list.sets, place);
	return 0;
}

int fdrop_draft_set_flush(struct fdrop_draft *draft, const char *name, struct fdrop_error *error)
{
	int place = open_set(draft, name, error);

	if (place < 0)
		return place;
	fdrop_set_free(&draft->list.sets->set[place]);
	return 0;
}

/* What is in the sets more than once counts as often. */
static u64 count_prefixes(const struct fdrop_sets *sets)
{
	u64 n = 0;
	u32 i;

	for (i = 0; i < sets->count; i++)
		n += (u64)sets->set[i].count4 + sets->set[i].count6;
	return n;
}

int fdrop_draft_set_fill(struct fdrop_draft *draft, const char *name, struct fdrop_set *part,
			 struct fdrop_error *error)
{
	int place = open_set(draft, name, error);

	if (place < 0)
		return place;
	if (count_prefixes(draft->list.sets) + part->count4 + part->count6 > FDROP_PREFIXES_MAX) {
		fdrop_error_set(error, "the sets would have more than %u prefixes together, and that is the limit",
				FDROP_PREFIXES_MAX);
		return -E2BIG;
	}
	return fdrop_set_append(&draft->list.sets->set[place], part) ? no_memory(error) : 0;
}

static int refuse_missing(const char *name, const struct fdrop_prefix *missing,
			  struct fdrop_error *error)
{
	__be32 addr[4] = {
		cpu_to_be32(missing->hi >> 32), cpu_to_be32(missing->hi),
		cpu_to_be32(missing->lo >> 32), cpu_to_be32(missing->lo),
	};

	if (missing->is_ip6)
		fdrop_error_set(error, "%pI6c/%u is not in the set \"%s\"", addr, missing->length,
				name);
	else
		fdrop_error_set(error, "%pI4/%u is not in the set \"%s\"", addr, missing->length,
				name);
	return -ENOENT;
}

int fdrop_draft_set_take(struct fdrop_draft *draft, const char *name, struct fdrop_set *part,
			 struct fdrop_error *error)
{
	int place = open_set(draft, name, error);
	struct fdrop_prefix missing;
	struct fdrop_set *set;

	if (place < 0)
		return place;
	set = &draft->list.sets->set[place];
	if (fdrop_set_finish(set) || fdrop_set_finish(part))
		return no_memory(error);
	if (!fdrop_set_remove(set, part, &missing))
		return refuse_missing(name, &missing, error);
	return 0;
}

/*
 * No generation comes while there is a draft but its own: what is in force now still
 * is when the draft is published. The lock, which RTNL may wait for, is not held
 * while all that is built.
 */
static u32 *find_heirs(const struct fdrop_draft *draft, struct fdrop_error *error)
{
	struct fdrop_generation *old = fdrop_ruleset_generation(draft->rules, NULL);
	u32 *heirs;

	if (!old) {
		fdrop_error_set(error, "the device is no longer protected");
		return ERR_PTR(-ENODEV);
	}
	heirs = fdrop_generation_heirs(&draft->list, old);
	fdrop_generation_put(old);
	return heirs ?: ERR_PTR(no_memory(error));
}

static int publish(struct fdrop_draft *draft, struct fdrop_generation *gen, u32 *heirs,
		   u32 confirm, u32 *number, struct fdrop_error *error)
{
	struct fdrop_ruleset *rs = draft->rules;
	int err = 0;

	mutex_lock(&rs->lock);
	if (rs->gone) {
		fdrop_error_set(error, "the device is no longer protected");
		fdrop_generation_put(gen);
		fdrop_free(heirs);
		err = -ENODEV;
	} else {
		fdrop_ruleset_publish(rs, gen, heirs, confirm);
		*number = rs->number;
		fdrop_ruleset_tell(rs, FDROP_RULESET_COMMITTED, 0, NULL);
	}
	mutex_unlock(&rs->lock);
	return err;
}

/* All that may fail comes before the generation has taken the rules. */
static int build_and_publish(struct fdrop_draft *draft, u32 confirm, u32 *number,
			     struct fdrop_error *error)
{
	struct fdrop_generation *gen;
	u32 *heirs;
	int err;

	compact(draft);
	err = fdrop_generation_prepare(&draft->list, draft->rules->dp->link, error);
	if (err)
		return err;
	heirs = find_heirs(draft, error);
	if (IS_ERR(heirs))
		return PTR_ERR(heirs);
	gen = fdrop_generation_create(&draft->list, error);
	if (IS_ERR(gen)) {
		fdrop_free(heirs);
		return PTR_ERR(gen);
	}
	return publish(draft, gen, heirs, confirm, number, error);
}

int fdrop_draft_commit(struct fdrop_draft *draft, u32 confirm, u32 *number,
		       struct fdrop_error *error)
{
	int err;

	if (confirm > FDROP_CONFIRM_MAX) {
		fdrop_error_set(error, "%u seconds to confirm are too many: up to %u can be given",
				confirm, FDROP_CONFIRM_MAX);
		return -EINVAL;
	}
	err = build_and_publish(draft, confirm, number, error);
	if (err)
		return err;
	fdrop_draft_abort(draft);
	return 0;
}

void fdrop_draft_abort(struct fdrop_draft *draft)
{
	struct fdrop_ruleset *rs = draft->rules;

	mutex_lock(&rs->lock);
	fdrop_ruleset_end_draft(rs);
	mutex_unlock(&rs->lock);
	free_draft(draft);
}

static int change_own(struct fdrop_draft *draft, bool protect, struct fdrop_error *error)
{
	struct fdrop_rule_list *list = &draft->list;
	u32 i;

	for (i = 0; i < list->count; i++)
		if (fdrop_rule_is_own(&list->rules[i]))
			delete_rule(&list->rules[i]);
	return protect ? fdrop_own_rules_add(list, error) : 0;
}

int fdrop_ruleset_set_protect(struct fdrop_ruleset *rs, bool protect, struct fdrop_error *error)
{
	struct fdrop_draft *draft = fdrop_draft_begin(rs, 0, error);
	u32 number;
	int err;

	if (IS_ERR(draft))
		return PTR_ERR(draft);
	err = change_own(draft, protect, error) ?: fdrop_draft_commit(draft, 0, &number, error);
	if (err)
		fdrop_draft_abort(draft);
	return err;
}
