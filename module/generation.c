// SPDX-License-Identifier: GPL-2.0
#include "generation.h"

#include <linux/err.h>
#include <linux/slab.h>

#include "bpf.h"
#include "engine/rule_list.h"
#include "error.h"

/* Without these a host is not to be reached by any rule's doing. */
static const char own_rules[] =
	"arp protect prio 0\n"
	"icmp6 type 133 protect prio 0\n"	/* RFC 4861: router solicitation, */
	"icmp6 type 134 protect prio 0\n"	/* router advertisement, */
	"icmp6 type 135 protect prio 0\n"	/* neighbour solicitation, */
	"icmp6 type 136 protect prio 0\n"	/* neighbour advertisement */
	"ip udp sport 67 dport 68 protect prio 0\n"	/* RFC 2131: DHCP replies */
	"ip6 udp sport 547 dport 546 protect prio 0\n";	/* RFC 8415 */

/* The id of a rule, and its place in its generation. */
struct place {
	u32 id;
	u32 rank;
};

int fdrop_own_rules_add(struct fdrop_rule_list *list, struct fdrop_error *error)
{
	struct fdrop_text text = fdrop_text_of(own_rules, sizeof(own_rules) - 1);
	struct fdrop_text_error why;
	u32 first = list->count, i;
	int err;

	err = fdrop_rule_list_add(list, &text, &why);
	if (err)
		fdrop_error_set(error, "%s", why.message);
	for (i = first; i < list->count; i++)
		list->rules[i].id = FDROP_ID_MAX + 1 + i - first;
	return err;
}

int fdrop_rule_compile(struct fdrop_rule *rule, u32 link, struct fdrop_error *error)
{
	int err;

	if (!rule->bpf || rule->bpf->program)
		return 0;
	err = fdrop_bpf_compile(rule->bpf, link);
	if (err && rule->line)
		fdrop_error_set(error, "line %u: the kernel refuses the BPF program of the rule (error %d)",
				rule->line, -err);
	else if (err)
		fdrop_error_set(error, "the kernel refuses the BPF program of the rule (error %d)",
				-err);
	return err;
}

int fdrop_generation_prepare(struct fdrop_rule_list *list, u32 link, struct fdrop_error *error)
{
	struct fdrop_text_error why;
	struct fdrop_rule *rule;
	int err;

	for (rule = list->rules; rule < list->rules + list->count; rule++) {
		err = fdrop_rule_compile(rule, link, error);
		if (err)
			return err;
		if (rule->expire && !rule->deadline) {
			rule->deadline = fdrop_seconds() + rule->expire;
			rule->checks |= FDROP_CHECK_DEADLINE;
		}
	}
	err = fdrop_rule_list_finish(list, &why);
	if (err)
		fdrop_error_set(error, "%s", why.message);
	return err;
}

/* When the first rule ends; ~0 if none does. */
static u64 first_end(const struct fdrop_rule_list *list)
{
	u64 first = ~0ULL;
	u32 i;

	for (i = 0; i < list->count; i++)
		if (list->rules[i].expire && list->rules[i].deadline < first)
			first = list->rules[i].deadline;
	return first;
}

static bool has_samples(const struct fdrop_rule_list *list)
{
	u32 i;

	for (i = 0; i < list->count; i++)
		if (list->rules[i].sample)
			return true;
	return false;
}

static void set_turns(struct fdrop_generation *gen)
{
	u32 rank;

	for (rank = 0; rank < gen->table->count; rank++) {
		if (gen->table->rules[rank].sample)
			fdrop_counts_set_turn(gen->hits, rank, gen->table->rules[rank].sample);
		if (rank % 1024 == 0)
			fdrop_resched();
	}
}

static int build(struct fdrop_generation *gen, struct fdrop_rule_list *list)
{
	bool samples = has_samples(list);
	int err;

	gen->first_end = first_end(list);
	gen->hits = fdrop_counts_alloc(list->count, samples ? list->count : 0);
	gen->before = fdrop_zalloc((list->count + 1) * sizeof(*gen->before));
	if (!gen->hits || !gen->before)
		return -ENOMEM;
	err = fdrop_rule_list_build(list, &gen->table);
	if (!err && samples)
		set_turns(gen);
	return err;
}

struct fdrop_generation *fdrop_generation_create(struct fdrop_rule_list *list,
						 struct fdrop_error *error)
{
	struct fdrop_generation *gen;

	gen = kzalloc(sizeof(*gen), GFP_KERNEL);
	if (gen)
		fdrop_users_init(&gen->users);
	if (gen && !build(gen, list))
		return gen;
	fdrop_generation_put(gen);
	fdrop_error_set(error, "no memory for the rules");
	return ERR_PTR(-ENOMEM);
}

void fdrop_generation_put(struct fdrop_generation *gen)
{
	if (!gen || !fdrop_users_put(&gen->users))
		return;
	fdrop_table_free(gen->table);
	fdrop_counts_free(gen->hits);
	fdrop_free(gen->before);
	kfree(gen);
}

struct fdrop_total fdrop_generation_hits(const struct fdrop_generation *gen, u32 rank)
{
	struct fdrop_total total = fdrop_counts_sum(gen->hits, rank);

	total.packets += READ_ONCE(gen->before[rank].packets);
	total.bytes += READ_ONCE(gen->before[rank].bytes);
	return total;
}

static int compare(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/* The places of rules, by id. */
static struct place *sort_places(const struct fdrop_rule *rules, u32 count)
{
	struct place *places;
	bool sorted = true;
	u32 i;

	places = fdrop_alloc((count + 1) * sizeof(*places));
	if (!places)
		return NULL;
	for (i = 0; i < count; i++) {
		places[i] = (struct place){ rules[i].id, i };
		sorted &= !i || places[i - 1].id < places[i].id;
	}
	if (!sorted)
		fdrop_sort(places, count, sizeof(*places), compare);
	return places;
}

static bool goes_on_for(const struct fdrop_rule *rule, const struct fdrop_rule *before,
			const u8 *places)
{
	return (rule->named && before->named) || fdrop_rule_same(rule, before, places);
}

u32 *fdrop_generation_heirs(const struct fdrop_rule_list *list,
			    const struct fdrop_generation *from)
{
	struct place *places = sort_places(list->rules, list->count);
	const struct fdrop_table *old = from->table;
	struct place *olds = sort_places(old->rules, old->count);
	u32 *heirs, i, j = 0, rank;
	u8 sets[FDROP_SETS];

	fdrop_sets_match(list->sets, old->sets, sets);
	heirs = fdrop_alloc((list->count + 1) * sizeof(*heirs));
	for (i = 0; heirs && places && olds && i < list->count; i++) {
		while (j < old->count && olds[j].id < places[i].id)
			j++;
		rank = places[i].rank;
		if (i % 1024 == 0)
			fdrop_resched();
		heirs[rank] = FDROP_NO_HEIR;
		if (j < old->count && olds[j].id == places[i].id &&
		    goes_on_for(&list->rules[rank], &old->rules[olds[j].rank], sets))
			heirs[rank] = olds[j].rank;
	}
	if (!places || !olds) {
		fdrop_free(heirs);
		heirs = NULL;
	}
	fdrop_free(places);
	fdrop_free(olds);
	return heirs;
}

void fdrop_generation_inherit_turns(struct fdrop_generation *gen,
				    const struct fdrop_generation *from, const u32 *heirs)
{
	const struct fdrop_rule *rules = gen->table->rules;
	u32 rank;

	for (rank = 0; rank < gen->table->count; rank++) {
		if (rules[rank].sample && heirs[rank] != FDROP_NO_HEIR &&
		    from->table->rules[heirs[rank]].sample)
			fdrop_counts_inherit_turn(gen->hits, rank, from->hits, heirs[rank],
						  rules[rank].sample);
		if (rank % 1024 == 0)
			fdrop_resched();
	}
}
