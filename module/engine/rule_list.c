// SPDX-License-Identifier: GPL-2.0
#include "guard.h"
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

static int add_rule(struct fdrop_rule_list *list, struct fdrop_rule *rule,
		    struct fdrop_text_error *error)
{
	if (list->count == FDROP_RULES_MAX)
		return refuse(error, rule->line, -E2BIG, "there are 1048576 rules already, and that is the limit");
	if (!make_room(list))
		return refuse(error, rule->line, -ENOMEM, "no memory for the rules");
	list->rules[list->count++] = *rule;
	if (list->count % 1024 == 0)
		fdrop_resched();
	return 0;
}

int fdrop_rule_list_add(struct fdrop_rule_list *list, struct fdrop_text *text,
			struct fdrop_text_error *error)
{
	u32 before = list->count;
	struct fdrop_rule rule;
	int more;

	if (!list->sets)
		list->sets = fdrop_sets_create();
	if (!list->sets)
		return refuse(error, text->line, -ENOMEM, "no memory for the sets");
	while ((more = fdrop_rule_parse(text, list->sets, &rule, error)) > 0) {
		more = add_rule(list, &rule, error);
		if (more < 0) {
			fdrop_rule_release(&rule);
			break;
		}
	}
	if (more < 0)
		while (list->count > before)
			fdrop_rule_release(&list->rules[--list->count]);
	return more;
}

static int give_ids(struct fdrop_rule_list *list, struct fdrop_text_error *error)
{
	struct fdrop_rule *rule;
	u32 highest = 0, i;

	for (i = 0; i < list->count; i++)
		if (list->rules[i].id > highest && list->rules[i].id <= FDROP_ID_MAX)
			highest = list->rules[i].id;
	for (i = 0; i < list->count; i++) {
		rule = &list->rules[i];
		if (rule->id)
			continue;
		if (highest == FDROP_ID_MAX)
			return refuse(error, rule->line, -EINVAL,
				      "no id is left above the highest one: give this rule an id");
		rule->id = ++highest;
	}
	return 0;
}

static int refuse_id(struct fdrop_text_error *error, const struct fdrop_rule *rule, u32 line)
{
	char message[80];

	if (line)
		snprintf(message, sizeof(message), "the id %u is taken by the rule in line %u",
			 rule->id, line);
	else
		snprintf(message, sizeof(message), "the id %u is taken by another rule", rule->id);
	return refuse(error, rule->line, -EINVAL, message);
}

/* No id twice. */
static int check_ids(const struct fdrop_rule_list *list, struct place *places,
		     struct fdrop_text_error *error)
{
	u32 i;

	for (i = 0; i < list->count; i++)
		places[i] = (struct place){ (u64)list->rules[i].id << 32 | i, i };
	fdrop_sort(places, list->count, sizeof(*places), compare);
	for (i = 1; i < list->count; i++)
		if (places[i].key >> 32 == places[i - 1].key >> 32)
			return refuse_id(error, &list->rules[places[i].rule],
					 list->rules[places[i - 1].rule].line);
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

static int check_protects(const struct fdrop_rule_list *list, struct fdrop_text_error *error)
{
	char message[80];
	u32 i, n = 0;

	for (i = 0; i < list->count; i++)
		n += list->rules[i].action == FDROP_ACTION_PROTECT;
	if (n <= FDROP_PROTECTS_MAX)
		return 0;
	snprintf(message, sizeof(message), "%u rules protect, and %u is the limit: put addresses into a set",
		 n, FDROP_PROTECTS_MAX);
	return refuse(error, 1, -E2BIG, message);
}

static int finish_sets(struct fdrop_rule_list *list, struct fdrop_text_error *error)
{
	char message[80];
	int err;

	if (!list->sets)
		list->sets = fdrop_sets_create();
	err = list->sets ? fdrop_sets_finish(list->sets) : -ENOMEM;
	if (err == -ENOMEM)
		return refuse(error, 1, err, "no memory for the sets");
	if (!err)
		return 0;
	snprintf(message, sizeof(message), "the sets hold more than %u prefixes together, and that is the limit",
		 FDROP_PREFIXES_MAX);
	return refuse(error, 1, err, message);
}

int fdrop_rule_list_finish(struct fdrop_rule_list *list, struct fdrop_text_error *error)
{
	return check_protects(list, error) ?: give_ids(list, error) ?:
	       put_in_order(list, error) ?: finish_sets(list, error);
}

int fdrop_rule_list_parse(struct fdrop_rule_list *list, const char *text, size_t length,
			  struct fdrop_text_error *error)
{
	struct fdrop_text t = fdrop_text_of(text, length);

	return fdrop_rule_list_add(list, &t, error) ?: fdrop_rule_list_finish(list, error);
}

int fdrop_rule_list_copy(struct fdrop_rule_list *list, const struct fdrop_table *table)
{
	u32 i;

	list->rules = fdrop_alloc((table->count + 1) * sizeof(*list->rules));
	if (!list->rules)
		return -ENOMEM;
	list->room = table->count + 1;
	list->sets = fdrop_sets_get(table->sets);
	for (i = 0; i < table->count; i++) {
		list->rules[i] = fdrop_rule_copy(&table->rules[i]);
		list->rules[i].line = 0;
	}
	list->count = table->count;
	return 0;
}

int fdrop_rule_list_build(struct fdrop_rule_list *list, struct fdrop_table **table)
{
	*table = fdrop_table_build(list->rules, list->count, list->sets);
	if (!*table)
		return -ENOMEM;
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
	fdrop_sets_put(list->sets);
	memset(list, 0, sizeof(*list));
}
