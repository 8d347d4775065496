// SPDX-License-Identifier: GPL-2.0
#include "compare.h"

#include "cmd.h"

#define NOWHERE	(~0U)

/* A rule by its text. */
struct entry {
	const char *text;
	u32 place;
};

static int by_text(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = strcmp(x->text, y->text);

	return order ?: x->place < y->place ? -1 : x->place > y->place;
}

static char **print_rules(const struct fdrop_rule_list *list)
{
	char **texts = need(calloc(list->count + 1, sizeof(*texts)));
	char text[FDROP_RULE_TEXT];
	u32 i;

	for (i = 0; i < list->count; i++) {
		fdrop_rule_print(&list->rules[i], list->sets, text, sizeof(text));
		texts[i] = need(strdup(text));
	}
	return texts;
}

static struct entry *sort(char **texts, const struct rule_states *rules, u32 count)
{
	struct entry *entries = need(calloc(count + 1, sizeof(*entries)));
	u32 i;

	for (i = 0; i < count; i++)
		entries[i] = (struct entry){ texts ? texts[i] : rules->rule[i].text, i };
	qsort(entries, count, sizeof(*entries), by_text);
	return entries;
}

/* Where each of the old rules is among the new ones, and each new one among the old ones. */
static void pair(const struct entry *old, u32 old_count, const struct entry *new, u32 new_count,
		 u32 *to_new, u32 *to_old)
{
	u32 i = 0, j = 0;
	int order;

	memset(to_new, 0xff, old_count * sizeof(*to_new));
	memset(to_old, 0xff, new_count * sizeof(*to_old));
	while (i < old_count && j < new_count) {
		order = strcmp(old[i].text, new[j].text);
		if (!order) {
			to_new[old[i].place] = new[j].place;
			to_old[new[j].place] = old[i].place;
		}
		i += order <= 0;
		j += order >= 0;
	}
}

/* Takes what is needed of @texts, and frees the others. */
static void take_rules(const struct snapshot *old, char **texts, u32 count, const u32 *to_new,
		       const u32 *to_old, struct comparison *c)
{
	u32 i, last = 0;

	c->removed = need(calloc(old->rules.count + 1, sizeof(*c->removed)));
	for (i = 0; i < old->rules.count; i++) {
		if (to_new[i] == NOWHERE)
			c->removed[c->removed_count++] = old->rules.rule[i].text;
		else if (to_new[i] < last)
			c->moved++;
		else
			last = to_new[i];
	}
	for (i = 0; i < count; i++) {
		if (to_old[i] == NOWHERE)
			texts[c->added_count++] = texts[i];
		else
			free(texts[i]);
	}
	c->added = texts;
}

static void compare_rules(const struct snapshot *old, const struct fdrop_rule_list *new,
			  struct comparison *c)
{
	u32 old_count = old->rules.count;
	u32 *to_new = need(malloc((old_count + 1) * sizeof(*to_new)));
	u32 *to_old = need(malloc((new->count + 1) * sizeof(*to_old)));
	char **texts = print_rules(new);
	struct entry *old_entries = sort(NULL, &old->rules, old_count);
	struct entry *new_entries = sort(texts, NULL, new->count);

	pair(old_entries, old_count, new_entries, new->count, to_new, to_old);
	take_rules(old, texts, new->count, to_new, to_old, c);
	free(old_entries);
	free(new_entries);
	free(to_new);
	free(to_old);
}

static void put(struct fdrop_set *set, const struct fdrop_prefix *prefix)
{
	if (fdrop_set_add(set, prefix))
		fail("no memory");
}

static void put4(struct fdrop_set *set, const struct fdrop_prefix4 *v)
{
	put(set, &(struct fdrop_prefix){ .hi = (u64)v->addr << 32, .length = v->length });
}

static void put6(struct fdrop_set *set, const struct fdrop_prefix6 *v)
{
	put(set, &(struct fdrop_prefix){
		.hi = v->hi, .lo = v->lo, .length = v->length, .is_ip6 = true,
	});
}

static int order4(const struct fdrop_prefix4 *a, const struct fdrop_prefix4 *b)
{
	u64 x = (u64)a->addr << 32 | a->length, y = (u64)b->addr << 32 | b->length;

	return x < y ? -1 : x > y;
}

static int order6(const struct fdrop_prefix6 *a, const struct fdrop_prefix6 *b)
{
	if (a->hi != b->hi)
		return a->hi < b->hi ? -1 : 1;
	if (a->lo != b->lo)
		return a->lo < b->lo ? -1 : 1;
	return a->length < b->length ? -1 : a->length > b->length;
}

static void compare4(const struct fdrop_set *old, const struct fdrop_set *new,
		     struct set_change *change)
{
	u32 i = 0, j = 0;
	int order;

	while (i < old->count4 || j < new->count4) {
		order = i == old->count4 ? 1 : j == new->count4 ? -1 :
			order4(&old->v4[i], &new->v4[j]);
		if (order < 0)
			put4(&change->removed, &old->v4[i]);
		else if (order > 0)
			put4(&change->added, &new->v4[j]);
		i += order <= 0;
		j += order >= 0;
	}
}

static void compare6(const struct fdrop_set *old, const struct fdrop_set *new,
		     struct set_change *change)
{
	u32 i = 0, j = 0;
	int order;

	while (i < old->count6 || j < new->count6) {
		order = i == old->count6 ? 1 : j == new->count6 ? -1 :
			order6(&old->v6[i], &new->v6[j]);
		if (order < 0)
			put6(&change->removed, &old->v6[i]);
		else if (order > 0)
			put6(&change->added, &new->v6[j]);
		i += order <= 0;
		j += order >= 0;
	}
}

static bool has_any(const struct fdrop_set *set)
{
	return set->count4 || set->count6;
}

/* Either may be NULL, for none. */
static void compare_set(const struct fdrop_set *old, const struct fdrop_set *new,
			struct comparison *c)
{
	static const struct fdrop_set none;
	struct set_change *change = &c->sets[c->set_count];

	*change = (struct set_change){ .is_new = !old, .is_gone = !new };
	memcpy(change->name, old ? old->name : new->name, FDROP_SET_NAME);
	compare4(old ?: &none, new ?: &none, change);
	compare6(old ?: &none, new ?: &none, change);
	if (change->is_new || change->is_gone || has_any(&change->added) ||
	    has_any(&change->removed))
		c->set_count++;
}

static const struct fdrop_set *find_old(const struct snapshot *old, const char *name)
{
	u32 i;

	for (i = 0; i < old->count; i++)
		if (!strcmp(old->sets[i].name, name))
			return &old->sets[i];
	return NULL;
}

static void compare_sets(const struct snapshot *old, const struct fdrop_sets *new,
			 struct comparison *c)
{
	const char *name;
	u32 i;

	for (i = 0; i < old->count; i++) {
		name = old->sets[i].name;
		if (!new || fdrop_sets_find(new, name, strlen(name)) < 0)
			compare_set(&old->sets[i], NULL, c);
	}
	for (i = 0; new && i < new->count; i++)
		if (new->set[i].name[0])
			compare_set(find_old(old, new->set[i].name), &new->set[i], c);
}

void compare(const struct snapshot *old, const struct fdrop_rule_list *new,
	     struct comparison *comparison)
{
	*comparison = (struct comparison){ };
	compare_rules(old, new, comparison);
	compare_sets(old, new->sets, comparison);
}

void comparison_free(struct comparison *comparison)
{
	u32 i;

	for (i = 0; i < comparison->added_count; i++)
		free(comparison->added[i]);
	free(comparison->added);
	free(comparison->removed);
	for (i = 0; i < comparison->set_count; i++) {
		fdrop_set_free(&comparison->sets[i].added);
		fdrop_set_free(&comparison->sets[i].removed);
	}
	*comparison = (struct comparison){ };
}

bool comparison_is_empty(const struct comparison *comparison)
{
	return !comparison->added_count && !comparison->removed_count && !comparison->moved &&
	       !comparison->set_count;
}
