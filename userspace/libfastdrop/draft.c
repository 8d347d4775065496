// SPDX-License-Identifier: GPL-2.0
#include "draft.h"

#include "cmd.h"
#include "libfastdrop/state.h"
#include "progress.h"

#define PREFIXES4	(NL_ATTR_MAX / sizeof(struct fastdrop_prefix4))
#define PREFIXES6	(NL_ATTR_MAX / sizeof(struct fastdrop_prefix6))

/* A rule, and by what it is sorted. */
struct place {
	u64 key;
	const struct fdrop_rule *rule;
};

int draft_begin(struct nl *nl, u32 ifindex, const struct options *options)
{
	nl_begin(nl, FASTDROP_CMD_BEGIN);
	nl_put_u32(nl, FASTDROP_A_IFINDEX, ifindex);
	if (options->has_generation)
		nl_put_u32(nl, FASTDROP_A_EXPECTED, options->generation);
	return nl_send(nl, NULL, NULL);
}

int draft_do(struct nl *nl, enum fastdrop_cmd cmd, const char *set)
{
	nl_begin(nl, cmd);
	if (set)
		nl_put_string(nl, FASTDROP_A_SET, set);
	return nl_send(nl, NULL, NULL);
}

int draft_empty(struct nl *nl, u32 ifindex)
{
	struct set_states sets;
	int err;
	u32 i;

	err = draft_do(nl, FASTDROP_CMD_RULE_FLUSH, NULL) ?: state_sets(nl, ifindex, &sets);
	for (i = 0; !err && i < sets.count; i++)
		err = draft_do(nl, FASTDROP_CMD_SET_DEL, sets.set[i].name);
	return err;
}

static int compare(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return x->key < y->key ? -1 : x->key > y->key;
}

/*
 * Rules with an id of the user's first, so that no other gets it; the others as they
 * were written, which is the order of the ids that they have by now.
 */
static struct place *put_in_order(const struct fdrop_rule_list *list)
{
	struct place *places = need(malloc((list->count + 1) * sizeof(*places)));
	const struct fdrop_rule *rule;
	bool in_order = true;
	u32 i;

	for (i = 0; i < list->count; i++) {
		rule = &list->rules[i];
		places[i] = (struct place){ (u64)!rule->named << 32 | rule->id, rule };
		in_order &= !i || places[i - 1].key <= places[i].key;
	}
	if (!in_order)
		qsort(places, list->count, sizeof(*places), compare);
	return places;
}

/* Sends the rules that are in the request, the last one of which is before @next. */
static int send_rules(struct nl *nl, const struct place *first, u32 count,
		      struct progress *progress, const struct fdrop_rule **blamed)
{
	int err = nl_send(nl, NULL, NULL), place = nl_error_place(nl);

	if (err && place >= 0 && place < count)
		*blamed = first[place].rule;
	if (!err && progress)
		progress_add(progress, count);
	return err;
}

int draft_rules(struct nl *nl, enum fastdrop_cmd cmd, const struct fdrop_rule_list *list,
		struct progress *progress, const struct fdrop_rule **blamed)
{
	struct place *places = put_in_order(list);
	char text[FDROP_RULE_TEXT];
	u32 first, i = 0;
	int err = 0;

	*blamed = NULL;
	while (!err && i < list->count) {
		nl_begin(nl, cmd);
		for (first = i; i < list->count && nl_length(nl) < NL_TEXTS_MAX; i++) {
			fdrop_rule_print(places[i].rule, list->sets, text, sizeof(text));
			nl_put_string(nl, FASTDROP_A_RULE, text);
		}
		err = send_rules(nl, places + first, i - first, progress, blamed);
	}
	free(places);
	return err;
}

int draft_rule(struct nl *nl, const char *text)
{
	nl_begin(nl, FASTDROP_CMD_RULE_NEW);
	nl_put_string(nl, FASTDROP_A_RULE, text);
	return nl_send(nl, NULL, NULL);
}

int draft_rule_ids(struct nl *nl, const u32 *ids, u32 count, int *blamed)
{
	u32 first, i = 0;
	int err = 0;

	*blamed = -1;
	while (!err && i < count) {
		nl_begin(nl, FASTDROP_CMD_RULE_DEL);
		for (first = i; i < count && nl_length(nl) < NL_TEXTS_MAX; i++)
			nl_put_u32(nl, FASTDROP_A_RULE_ID, ids[i]);
		err = nl_send(nl, NULL, NULL);
		if (err && nl_error_place(nl) >= 0)
			*blamed = first + nl_error_place(nl);
	}
	return err;
}

static void put_bits(u8 addr[8], u64 bits)
{
	int i;

	for (i = 7; i >= 0; i--, bits >>= 8)
		addr[i] = bits;
}

static u32 put_prefixes4(struct nl *nl, const struct fdrop_set *set, u32 first)
{
	static struct fastdrop_prefix4 array[PREFIXES4];
	const struct fdrop_prefix4 *v = set->v4 + first;
	u32 i;

	for (i = 0; i < PREFIXES4 && first + i < set->count4; i++) {
		array[i].addr = cpu_to_be32(v[i].addr);
		array[i].length = v[i].length;
	}
	nl_put(nl, FASTDROP_A_PREFIXES4, array, i * sizeof(*array));
	return i;
}

static u32 put_prefixes6(struct nl *nl, const struct fdrop_set *set, u32 first)
{
	static struct fastdrop_prefix6 array[PREFIXES6];
	const struct fdrop_prefix6 *v = set->v6 + first;
	u32 i;

	for (i = 0; i < PREFIXES6 && first + i < set->count6; i++) {
		put_bits(array[i].addr, v[i].hi);
		put_bits(array[i].addr + 8, v[i].lo);
		array[i].length = v[i].length;
	}
	nl_put(nl, FASTDROP_A_PREFIXES6, array, i * sizeof(*array));
	return i;
}

/* All prefixes of one family, in requests with one array each. */
static int send_family(struct nl *nl, enum fastdrop_cmd cmd, const struct fdrop_set *set,
		       bool is_ip6, struct progress *progress)
{
	u32 count = is_ip6 ? set->count6 : set->count4, i, n;
	int err = 0;

	for (i = 0; !err && i < count; i += n) {
		nl_begin(nl, cmd);
		nl_put_string(nl, FASTDROP_A_SET, set->name);
		n = is_ip6 ? put_prefixes6(nl, set, i) : put_prefixes4(nl, set, i);
		err = nl_send(nl, NULL, NULL);
		if (!err && progress)
			progress_add(progress, n);
	}
	return err;
}

int draft_elements(struct nl *nl, enum fastdrop_cmd cmd, const struct fdrop_set *set,
		   struct progress *progress)
{
	return send_family(nl, cmd, set, false, progress) ?:
	       send_family(nl, cmd, set, true, progress);
}

static int note_generation(const struct nl_answer *answer, void *arg)
{
	if (answer->attr[FASTDROP_A_GENERATION])
		*(u32 *)arg = nl_u32(answer->attr[FASTDROP_A_GENERATION]);
	return 0;
}

int draft_commit(struct nl *nl, u32 confirm, u32 *generation)
{
	*generation = 0;
	nl_begin(nl, FASTDROP_CMD_COMMIT);
	if (confirm)
		nl_put_u32(nl, FASTDROP_A_CONFIRM, confirm);
	return nl_send(nl, note_generation, generation);
}
