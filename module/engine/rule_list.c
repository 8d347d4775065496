// SPDX-License-Identifier: GPL-2.0
#include "rule_list.h"
#include "table.h"

#define FIRST_ROOM	8

/* A rule, and by what it is sorted. */
struct place {
	u64 key;
	u32 rule;
};

static int compare(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return x->key < y->key ? -1 : x->key > y->key;
}

static int refuse(struct fdrop_text_error *error, u32 line, int err, const char *message)
{
	error->line = line;
	error->column = 1;
	snprintf(error->message, sizeof(error->message), "%s", message);
	return err;
}

static bool make_room(struct fdrop_rule_list *list)
{
	u32 room = list->room ? 2 * list->room : FIRST_ROOM;
	struct fdrop_rule *rules;

	if (list->count < list->room)
		return true;
	rules = fdrop_alloc(room * sizeof(*rules));
	if (!rules)
		return false;
	if (list->count)
		memcpy(rules, list->rules, list->count * sizeof(*rules));
	fdrop_free(list->rules);
	list->rules = rules;
	list->room = room;
	return true;
}

static int read_rules(struct fdrop_rule_list *list, struct fdrop_text *text,
		      struct fdrop_text_error *error)
{
	struct fdrop_rule rule;
	int more;

	while ((more = fdrop_rule_parse(text, &list->sets, &rule, error)) > 0) {
		if (list->count == FDROP_RULES_MAX)
			more = refuse(error, rule.line, -E2BIG, "there are 1048576 rules already, and that is the limit");
		else if (!make_room(list))
			more = refuse(error, rule.line, -ENOMEM, "no memory for the rules");
		if (more < 0) {
			fdrop_rule_release(&rule);
			return more;
		}
		list->rules[list->count++] = rule;
		if (list->count % 1024 == 0)
			fdrop_resched();
	}
	return more;
}

static int give_ids(struct fdrop_rule_list *list, struct fdrop_text_error *error)
{
	struct fdrop_rule *rule;
	u32 highest = 0, i;

	for (i = 0; i < list->count; i++)
		if (list->rules[i].id > highest)
			highest = list->rules[i].id;
	for (i = 0; i < list->count; i++) {
		rule = &list->rules[i];
		if (rule->named)
			continue;
		if (highest == ~0U)
			return refuse(error, rule->line, -EINVAL,
				      "no id is left above the highest one: give this rule an id");
		rule->id = ++highest;
	}
	return 0;
}

/* No id twice. */
static int check_ids(const struct fdrop_rule_list *list, struct place *places,
		     struct fdrop_text_error *error)
{
	char message[80];
	u32 i;

	for (i = 0; i < list->count; i++)
		places[i] = (struct place){ (u64)list->rules[i].id << 32 | i, i };
	fdrop_sort(places, list->count, sizeof(*places), compare);
	for (i = 1; i < list->count; i++) {
		if (places[i].key >> 32 != places[i - 1].key >> 32)
			continue;
		snprintf(message, sizeof(message), "the id %u is taken by the rule in line %u",
			 list->rules[places[i].rule].id, list->rules[places[i - 1].rule].line);
		return refuse(error, list->rules[places[i].rule].line, -EINVAL, message);
	}
	return 0;
}

static void put_places(const struct fdrop_rule_list *list, struct place *places)
{
	const struct fdrop_rule *rule;
	u32 i;

	for (i = 0; i < list->count; i++) {
		rule = &list->rules[i];
		places[i] = (struct place){ (u64)rule->prio << 32 | rule->id, i };
	}
	fdrop_sort(places, list->count, sizeof(*places), compare);
}

static bool is_in_order(const struct fdrop_rule_list *list)
{
	const struct fdrop_rule *r;
	u32 i;

	for (i = 1; i < list->count; i++) {
		r = &list->rules[i];
		if (((u64)r[-1].prio << 32 | r[-1].id) >= ((u64)r->prio << 32 | r->id))
			return false;
	}
	return true;
}

/* Only ids that the user chose may meet. */
static bool has_names(const struct fdrop_rule_list *list)
{
	u32 i;

	for (i = 0; i < list->count; i++)
		if (list->rules[i].named)
			return true;
	return false;
}

/* Also gives back the room that is left. */
static int put_in_order(struct fdrop_rule_list *list, struct fdrop_text_error *error)
{
	bool in_order = is_in_order(list);
	struct fdrop_rule *sorted;
	struct place *places;
	int err = 0;
	u32 i;

	places = fdrop_alloc((list->count + 1) * sizeof(*places));
	sorted = fdrop_alloc((list->count + 1) * sizeof(*sorted));
	if (!places || !sorted)
		err = refuse(error, 1, -ENOMEM, "no memory for the rules");
	if (!err && has_names(list))
		err = check_ids(list, places, error);
	if (err) {
		fdrop_free(sorted);
		fdrop_free(places);
		return err;
	}
	if (!in_order)
		put_places(list, places);
	for (i = 0; i < list->count; i++)
		sorted[i] = list->rules[in_order ? i : places[i].rule];
	fdrop_free(places);
	fdrop_free(list->rules);
	list->rules = sorted;
	list->room = list->count + 1;
	return 0;
}

static int finish_sets(struct fdrop_sets *sets, struct fdrop_text_error *error)
{
	u32 i;

	for (i = 0; i < sets->count; i++)
		if (fdrop_set_finish(&sets->set[i]))
			return refuse(error, 1, -ENOMEM, "no memory for the sets");
	return 0;
}

int fdrop_rule_list_parse(struct fdrop_rule_list *list, const char *text, size_t length,
			  struct fdrop_text_error *error)
{
	struct fdrop_text t = fdrop_text_of(text, length);

	return read_rules(list, &t, error) ?: give_ids(list, error) ?:
	       put_in_order(list, error) ?: finish_sets(&list->sets, error);
}

int fdrop_rule_list_build(struct fdrop_rule_list *list, struct fdrop_table **table)
{
	struct fdrop_lpm *lpm = NULL;
	int err = 0;

	if (list->sets.count)
		err = fdrop_lpm_build(list->sets.set, list->sets.count, &lpm);
	if (err)
		return err;
	*table = fdrop_table_build(list->rules, list->count, lpm);
	if (!*table) {
		fdrop_lpm_free(lpm);
		return -ENOMEM;
	}
	list->rules = NULL;
	list->count = 0;
	list->room = 0;
	return 0;
}

void fdrop_rule_list_free(struct fdrop_rule_list *list)
{
	u32 i;

	for (i = 0; i < list->count; i++)
		fdrop_rule_release(&list->rules[i]);
	fdrop_free(list->rules);
	for (i = 0; i < list->sets.count; i++)
		fdrop_set_free(&list->sets.set[i]);
	memset(list, 0, sizeof(*list));
}
