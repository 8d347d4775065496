// SPDX-License-Identifier: GPL-2.0
#include "table.h"

/* So many entries are compared one by one: that is cheaper than a hash. */
#define FEW_ENTRIES	2

/* While a table is built: the tuples by their masks. */
struct builder {
	struct fdrop_table *table;
	u32 room;		/* for tuples */
	u32 *chain;		/* by hash of the mask: number of the first tuple, from 1 */
	u32 *next;		/* by tuple: the next one in its chain, from 1 */
	u32 *tuple_of;		/* by rule: its tuple */
	u32 chains;		/* a power of two */
	u32 *counts;		/* by tuple: its rules */
	u32 *end;		/* by tuple without buckets: where its next entry goes */
};

static u32 round_up_to_power(u32 n)
{
	u32 power = 1;

	while (power < n)
		power <<= 1;
	return power;
}

static u64 hash_mask(const struct fdrop_table *table, const struct fdrop_key *mask)
{
	u64 hash = 0;
	u32 i;

	for (i = 0; i < FDROP_KEY_WORDS; i++)
		hash += fdrop_table_hash(table, mask->word[i], i);
	return hash >> 32;
}

/* Keeps the words that are not 0. */
static void set_mask(struct fdrop_tuple *tuple, const struct fdrop_key *mask)
{
	u32 i;

	for (i = 0; i < FDROP_KEY_WORDS; i++) {
		if (!mask->word[i])
			continue;
		tuple->index[tuple->words] = i;
		tuple->mask[tuple->words++] = mask->word[i];
	}
	/* A second word that matches all is cheaper than a way of its own for one. */
	while (tuple->words < 2)
		tuple->words++;
}

static struct fdrop_key mask_of(const struct fdrop_tuple *tuple)
{
	struct fdrop_key mask = { 0 };
	u32 i;

	for (i = 0; i < tuple->words; i++)
		mask.word[tuple->index[i]] |= tuple->mask[i];
	return mask;
}

static bool has_mask(const struct fdrop_tuple *tuple, const struct fdrop_key *mask)
{
	struct fdrop_key own = mask_of(tuple);

	return !memcmp(own.word, mask->word, sizeof(own.word));
}

/* Doubles the room for tuples. */
static bool grow(struct builder *b)
{
	u32 room = b->room ? 2 * b->room : 8;
	struct fdrop_tuple *tuples;
	u32 *next, *counts, *end;

	tuples = fdrop_zalloc((room + 1) * sizeof(*tuples));
	next = fdrop_zalloc(room * sizeof(*next));
	counts = fdrop_zalloc(room * sizeof(*counts));
	end = fdrop_alloc(room * sizeof(*end));
	if (!tuples || !next || !counts || !end) {
		fdrop_free(tuples);
		fdrop_free(next);
		fdrop_free(counts);
		fdrop_free(end);
		return false;
	}
	if (b->room) {
		memcpy(tuples, b->table->tuples, b->room * sizeof(*tuples));
		memcpy(next, b->next, b->room * sizeof(*next));
		memcpy(counts, b->counts, b->room * sizeof(*counts));
	}
	fdrop_free(b->table->tuples);
	fdrop_free(b->next);
	fdrop_free(b->counts);
	fdrop_free(b->end);
	b->table->tuples = tuples;
	b->next = next;
	b->counts = counts;
	b->end = end;
	b->room = room;
	return true;
}

/* The number of the tuple of a mask, which may be a new one; from 1, 0 if there is no memory. */
static u32 find_tuple(struct builder *b, const struct fdrop_key *mask, u32 rank)
{
	struct fdrop_table *table = b->table;
	u32 *chain = &b->chain[hash_mask(table, mask) & (b->chains - 1)];
	u32 n;

	for (n = *chain; n; n = b->next[n - 1])
		if (has_mask(&table->tuples[n - 1], mask))
			return n;
	if (table->tuple_count == b->room && !grow(b))
		return 0;
	n = ++table->tuple_count;
	set_mask(&table->tuples[n - 1], mask);
	table->tuples[n - 1].best = rank;
	b->next[n - 1] = *chain;
	*chain = n;
	return n;
}

/* Rules that protect are the guard's. */
static bool is_looked_up(const struct fdrop_rule *rule)
{
	return rule->action != FDROP_ACTION_PROTECT;
}

/* Gives each rule its tuple. Rules come by rank, so tuples stand in order of their best. */
static bool make_tuples(struct builder *b)
{
	u32 rank, n;

	if (!grow(b))
		return false;
	for (rank = 0; rank < b->table->count; rank++) {
		if (!is_looked_up(&b->table->rules[rank]))
			continue;
		n = find_tuple(b, &b->table->rules[rank].mask, rank);
		if (!n)
			return false;
		b->tuple_of[rank] = n - 1;
		b->counts[n - 1]++;
		if (rank % 1024 == 0)
			fdrop_resched();
	}
	b->table->tuples[b->table->tuple_count].best = ~0U;
	return true;
}

/* Buckets for @count entries: two to four of them for each, so that most are empty. */
static u32 buckets_for(u32 count)
{
	return count <= FEW_ENTRIES ? 0 : round_up_to_power(2 * count);
}

static u8 shift_of(u32 buckets)
{
	u8 shift = 64;

	for (; buckets > 1; buckets >>= 1)
		shift--;
	return shift;
}

/* Cuts the memory of all buckets and entries into those of each tuple. */
static bool allot(struct builder *b)
{
	struct fdrop_table *table = b->table;
	size_t buckets = 0, entries = 0;
	struct fdrop_tuple *tuple;
	u32 i, n;

	for (i = 0; i < table->tuple_count; i++) {
		n = buckets_for(b->counts[i]);
		buckets += n ? n + 2 : 0;
		entries += 1 + (size_t)b->counts[i] * (FDROP_ENTRY_HEAD + table->tuples[i].words);
	}
	table->buckets = fdrop_zalloc((buckets + 1) * sizeof(*table->buckets));
	table->entries = fdrop_zalloc((entries + 1) * sizeof(*table->entries));
	if (!table->buckets || !table->entries)
		return false;

	buckets = 0;
	entries = 0;
	for (i = 0; i < table->tuple_count; i++) {
		tuple = &table->tuples[i];
		tuple->entry = table->entries + entries;
		entries += 1 + b->counts[i] * (FDROP_ENTRY_HEAD + tuple->words);
		n = buckets_for(b->counts[i]);
		if (!n)
			continue;
		tuple->bucket = table->buckets + buckets;
		tuple->shift = shift_of(n);
		buckets += n + 2;
	}
	return true;
}

static u32 bucket_of(const struct fdrop_table *table, const struct fdrop_tuple *tuple,
		     const struct fdrop_rule *rule)
{
	u64 hash = 0;
	u32 i;

	for (i = 0; i < tuple->words; i++)
		hash += fdrop_table_hash(table, rule->value.word[tuple->index[i]], i);
	return hash >> tuple->shift;
}

/* A dry rule is counted, and the lookup goes on behind it. */
static enum fdrop_action entry_action(const struct fdrop_rule *rule)
{
	return rule->dryrun ? FDROP_ACTION_COUNT : rule->action;
}

/* It decides at once, and the hook can carry it out. */
static bool drops_or_passes(const struct fdrop_rule *rule)
{
	enum fdrop_action action = entry_action(rule);

	return action == FDROP_ACTION_DROP || action == FDROP_ACTION_PASS;
}

static u8 special(const struct fdrop_table *table, const struct fdrop_rule *rule)
{
	u8 bits = 0;

	if (!rule->dryrun && fdrop_rule_takes(rule) &&
	    fdrop_guard_overlaps(&table->guard, table->rules, rule))
		bits |= FDROP_SPECIAL_GUARDED;
	if (rule->sample)
		bits |= FDROP_SPECIAL_SAMPLED;
	if (!drops_or_passes(rule))
		bits |= FDROP_SPECIAL_ACTION;
	return bits;
}

static void put_entry(u64 *at, const struct fdrop_table *table, const struct fdrop_tuple *tuple,
		      u32 rank)
{
	struct fdrop_entry *entry = (struct fdrop_entry *)at;
	const struct fdrop_rule *rule = &table->rules[rank];
	u32 i;

	entry->rank = rank;
	entry->action = entry_action(rule);
	entry->checks = rule->checks != 0;
	entry->special = special(table, rule);
	for (i = 0; i < tuple->words; i++)
		entry->word[i] = rule->value.word[tuple->index[i]];
}

/*
 * Makes bucket[b + 1] the place for the first entry of bucket b. Each entry put
 * there moves it on, so that in the end it is where the next bucket begins.
 */
static void place_buckets(struct builder *b)
{
	struct fdrop_table *table = b->table;
	struct fdrop_tuple *tuple;
	u32 rank, i, j, n;

	for (rank = 0; rank < table->count; rank++) {
		tuple = &table->tuples[b->tuple_of[rank]];
		if (is_looked_up(&table->rules[rank]) && tuple->bucket)
			tuple->bucket[bucket_of(table, tuple, &table->rules[rank]) + 2] +=
				FDROP_ENTRY_HEAD + tuple->words;
	}
	for (i = 0; i < table->tuple_count; i++) {
		n = buckets_for(b->counts[i]);
		if (!n)
			continue;
		tuple = &table->tuples[i];
		tuple->bucket[0] = 1;
		tuple->bucket[1] = 1;
		for (j = 2; j < n + 2; j++)
			tuple->bucket[j] += tuple->bucket[j - 1];
	}
}

/* In order of rank, so that it is so in each bucket too. */
static void put_entries(struct builder *b)
{
	struct fdrop_table *table = b->table;
	const struct fdrop_rule *rule;
	struct fdrop_tuple *tuple;
	u32 rank, *place;

	for (rank = 0; rank < table->tuple_count; rank++)
		b->end[rank] = 1;
	for (rank = 0; rank < table->count; rank++) {
		rule = &table->rules[rank];
		if (!is_looked_up(rule))
			continue;
		tuple = &table->tuples[b->tuple_of[rank]];
		if (tuple->bucket)
			place = &tuple->bucket[bucket_of(table, tuple, rule) + 1];
		else
			place = &b->end[b->tuple_of[rank]];
		put_entry(tuple->entry + *place, table, tuple, rank);
		*place += FDROP_ENTRY_HEAD + tuple->words;
		if (rank % 1024 == 0)
			fdrop_resched();
	}
}

static void mark_last(const struct fdrop_tuple *tuple, u32 end)
{
	struct fdrop_entry *entry;

	entry = (struct fdrop_entry *)(tuple->entry + end - FDROP_ENTRY_HEAD - tuple->words);
	entry->last = true;
}

/* Ends each bucket with its last entry, where it has any. */
static void end_buckets(struct builder *b)
{
	struct fdrop_tuple *tuple;
	u32 i, j, n;

	for (i = 0; i < b->table->tuple_count; i++) {
		tuple = &b->table->tuples[i];
		n = buckets_for(b->counts[i]);
		if (!n)
			mark_last(tuple, b->end[i]);
		for (j = 0; j < n; j++) {
			if (tuple->bucket[j] < tuple->bucket[j + 1])
				mark_last(tuple, tuple->bucket[j + 1]);
			else
				tuple->bucket[j] = 0;
		}
	}
}

/* What is looked for in the sets, and by which tuple first. */
static void ask_for_sets(struct fdrop_table *table)
{
	struct fdrop_tuple *tuple;
	struct fdrop_key mask;
	u32 wants;

	for (tuple = table->tuples; tuple < table->tuples + table->tuple_count; tuple++) {
		mask = mask_of(tuple);
		wants = (mask.src_sets ? FDROP_WANTS_SRC : 0) |
			(mask.dst_sets ? FDROP_WANTS_DST : 0);
		tuple->wants_sets = wants && !table->wants;
		table->wants |= wants;
	}
}

/* Two words, and none but what fdrop_parse_plain() writes. */
static bool is_plain(const struct fdrop_tuple *tuple)
{
	struct fdrop_key mask = mask_of(tuple);

	return tuple->words == 2 && !mask.flags &&
	       !(mask.word[1] | mask.word[2] | mask.word[3] | mask.word[6]);
}

static bool is_usual(const struct fdrop_table *table)
{
	const struct fdrop_tuple *tuple;
	const struct fdrop_rule *rule;

	for (tuple = table->tuples; tuple < table->tuples + table->tuple_count; tuple++)
		if (!is_plain(tuple))
			return false;
	for (rule = table->rules; rule < table->rules + table->count; rule++)
		if (is_looked_up(rule) &&
		    (rule->checks || !drops_or_passes(rule)))
			return false;
	return true;
}

static bool build(struct builder *b)
{
	u32 count = b->table->count;

	b->chains = round_up_to_power(count + 1);
	b->chain = fdrop_zalloc(b->chains * sizeof(*b->chain));
	b->tuple_of = fdrop_zalloc((size_t)(count + 1) * sizeof(*b->tuple_of));
	if (!b->chain || !b->tuple_of || !make_tuples(b) || !allot(b))
		return false;
	place_buckets(b);
	put_entries(b);
	end_buckets(b);
	ask_for_sets(b->table);
	b->table->usual = is_usual(b->table);
	return true;
}

struct fdrop_table *fdrop_table_build(struct fdrop_rule *rules, u32 count,
				      struct fdrop_sets *sets)
{
	struct builder b = { 0 };
	bool built;

	b.table = fdrop_zalloc(sizeof(*b.table));
	if (!b.table)
		return NULL;
	fdrop_random(b.table->key, sizeof(b.table->key));
	b.table->rules = rules;
	b.table->count = count;
	b.table->none = (struct fdrop_entry){ .rank = count, .action = FDROP_ACTION_NONE };
	fdrop_guard_init(&b.table->guard, rules, count);
	built = build(&b);
	fdrop_free(b.chain);
	fdrop_free(b.next);
	fdrop_free(b.tuple_of);
	fdrop_free(b.counts);
	fdrop_free(b.end);
	if (built) {
		b.table->sets = sets ? fdrop_sets_get(sets) : NULL;
		b.table->lpm = sets ? sets->lpm : NULL;
		return b.table;
	}
	b.table->rules = NULL;
	b.table->count = 0;
	fdrop_table_free(b.table);
	return NULL;
}

void fdrop_table_free(struct fdrop_table *table)
{
	u32 i;

	if (!table)
		return;
	for (i = 0; i < table->count; i++)
		fdrop_rule_release(&table->rules[i]);
	fdrop_sets_put(table->sets);
	fdrop_free(table->rules);
	fdrop_free(table->entries);
	fdrop_free(table->buckets);
	fdrop_free(table->tuples);
	fdrop_free(table);
}

static void find_sets6(const struct fdrop_lpm *lpm, struct fdrop_key *key, u8 wants)
{
	u64 src[2], dst[2];
	u32 i;

	for (i = 0; i < 2; i++) {
		src[i] = (u64)be32_to_cpu(key->addr[2 * i].src) << 32 |
			 be32_to_cpu(key->addr[2 * i + 1].src);
		dst[i] = (u64)be32_to_cpu(key->addr[2 * i].dst) << 32 |
			 be32_to_cpu(key->addr[2 * i + 1].dst);
	}
	if (wants & FDROP_WANTS_SRC)
		key->src_sets = fdrop_lpm_find6(lpm, src[0], src[1]);
	if (wants & FDROP_WANTS_DST)
		key->dst_sets = fdrop_lpm_find6(lpm, dst[0], dst[1]);
}

static __always_inline void find_sets(const struct fdrop_lpm *lpm, struct fdrop_key *key, u8 wants)
{
	if (key->parts & FDROP_PART_IP6)
		find_sets6(lpm, key, wants);
	if (!(key->parts & FDROP_PART_IP4))
		return;
	if (wants & FDROP_WANTS_SRC)
		key->src_sets = fdrop_lpm_find4(lpm, be32_to_cpu(key->addr[0].src));
	if (wants & FDROP_WANTS_DST)
		key->dst_sets = fdrop_lpm_find4(lpm, be32_to_cpu(key->addr[0].dst));
}

void fdrop_table_find_sets(const struct fdrop_table *table, struct fdrop_key *key)
{
	find_sets(table->lpm, key, table->wants);
}

u32 fdrop_table_guard(const struct fdrop_table *table, struct fdrop_key *key,
		      const struct fdrop_packet *packet)
{
	const struct fdrop_guard *guard = &table->guard;
	u32 i;

	if (!fdrop_guard_may_hold(guard, key->proto, key->dport))
		return table->count;
	if (guard->has_sets)
		find_sets(table->lpm, key, FDROP_WANTS_SRC | FDROP_WANTS_DST);
	for (i = 0; i < guard->count; i++)
		if (fdrop_rule_matches(&table->rules[guard->rank[i]], key, packet))
			return guard->rank[i];
	return table->count;
}

const struct fdrop_entry *fdrop_bucket_find(const struct fdrop_table *table,
					    const struct fdrop_tuple *tuple,
					    const struct fdrop_key *key,
					    const struct fdrop_packet *packet, u32 from,
					    const struct fdrop_entry *best,
					    const struct fdrop_entry *entry)
{
	for (; entry->rank < best->rank; entry = fdrop_entry_next(entry, tuple->words)) {
		if (entry->rank >= from &&
		    fdrop_rule_matches(&table->rules[entry->rank], key, packet))
			return entry;
		if (entry->last)
			break;
	}
	return best;
}

const struct fdrop_entry *fdrop_tuple_find_any(const struct fdrop_table *table,
					       const struct fdrop_tuple *tuple,
					       const struct fdrop_key *key,
					       const struct fdrop_packet *packet, u32 from,
					       const struct fdrop_entry *best)
{
	switch (tuple->words) {
	case 3:
		return fdrop_tuple_find(table, tuple, key, packet, from, best, 3);
	default:
		return fdrop_tuple_find(table, tuple, key, packet, from, best, tuple->words);
	}
}
