/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rules in order of priority, and the first of them that matches a key.
 *
 * Tuple-space search: the rules that have the same mask are a tuple, and a
 * tuple is a hash table of their values. A packet's key is masked, hashed and
 * looked for once a tuple, so that the cost grows with the number of masks, not
 * of rules. Tuples stand in the order of their best rule; when one has been
 * found, those behind that have none better are not looked at.
 *
 * The hash is keyed: sum of (k[2i] + low half) * (k[2i+1] + high half) over the
 * words, modulo 2^64, of which the upper bits count. With random keys any two
 * values share the upper 32 bits with a probability of 2^-32, whoever chose
 * them (multilinear-HM: Lemire, Kaser, "Strongly universal string hashing is
 * fast", 2014), for about a quarter of what jhash takes.
 */
#ifndef FDROP_ENGINE_TABLE_H
#define FDROP_ENGINE_TABLE_H

#include "guard.h"
#include "rule.h"
#include "sets.h"

/* Which addresses are looked for in the sets. */
enum fdrop_wants {
	FDROP_WANTS_SRC	= 1 << 0,
	FDROP_WANTS_DST	= 1 << 1,
};

/* What is special about an entry, besides its checks. */
enum fdrop_special {
	FDROP_SPECIAL_GUARDED	= 1 << 0,	/* a rule that protects may have a say */
	FDROP_SPECIAL_SAMPLED	= 1 << 1,	/* packets are to be shown now and then */
	FDROP_SPECIAL_ACTION	= 1 << 2,	/* neither drop nor pass */
};

/**
 * struct fdrop_entry - a rule in the hash table of its tuple
 * @rank: its rank
 * @checks: whether there is more to check than words
 * @last: whether it is the last one of its bucket
 * @action: its &enum fdrop_action
 * @special: &enum fdrop_special
 * @no_drop: both of them: 0 if it drops, and there is nothing special
 * @word: as many as the mask of the tuple uses
 */
struct fdrop_entry {
	u32 rank;
	bool checks;
	bool last;
	union {
		struct {
			u8 action;
			u8 special;
		};
		u16 no_drop;
	};
	u64 word[];
};

static_assert(FDROP_ACTION_DROP == 0);

/* What no_drop is of a rule that drops, and that packets are shown of. */
#define FDROP_DROP_SAMPLED	((__force u16)cpu_to_le16(FDROP_SPECIAL_SAMPLED << 8))

/* Words of an entry before those of the mask. */
#define FDROP_ENTRY_HEAD	(sizeof(struct fdrop_entry) / sizeof(u64))

/**
 * struct fdrop_tuple - the rules of one mask
 * @best: rank of the first of them
 * @words: how many words of the key the mask uses, at least 2
 * @index: which
 * @wants_sets: it is the first whose mask has sets
 * @shift: how far the hash is shifted to be the number of a bucket
 * @mask: of these words
 * @bucket: where each bucket begins in @entry, 0 if it is empty; NULL if there are
 *	so few entries that all are one bucket, which begins at 1
 * @entry: from 1 on a struct fdrop_entry for each rule; in a bucket, in order
 *	of rank
 */
struct fdrop_tuple {
	u32 best;
	u8 words;
	u8 index[FDROP_KEY_WORDS];
	bool wants_sets;
	u8 shift;
	u64 mask[FDROP_KEY_WORDS];
	u32 *bucket;
	u64 *entry;
};

/**
 * struct fdrop_table - rules, ready to be looked up
 * @tuples: in order of their best rule; behind them one whose best is ~0
 * @count: how many rules
 * @rules: the rules; the rank of one is its place here
 * @sets: the sets that they ask for, or NULL
 * @lpm: the search over these
 * @guard: the rules that protect, which are in no tuple
 * @key: of the hash
 * @tuple_count: how many tuples
 * @buckets: of all tuples
 * @entries: of all tuples
 * @wants: &enum fdrop_wants of all its tuples
 * @usual: all masks are of two words out of those that fdrop_parse_plain() writes,
 *	no rule has checks, and all drop or pass. It is for fdrop_table_find()
 * @none: what is found where no rule matches; its rank is @count
 */
struct fdrop_table {
	struct fdrop_tuple *tuples;
	u32 count;
	struct fdrop_rule *rules;
	struct fdrop_sets *sets;
	const struct fdrop_lpm *lpm;
	u64 key[2 * FDROP_KEY_WORDS];
	u32 tuple_count;
	u32 *buckets;
	u64 *entries;
	u8 wants;
	bool usual;
	struct fdrop_entry none;
	struct fdrop_guard guard;
};

/**
 * fdrop_table_build() - make a table, which nothing changes from then on
 * @rules: the rules, from fdrop_alloc(), first the one to be tried first. They
 *	are the table's from then on, if it comes to be
 * @count: how many, at most %FDROP_RULES_MAX
 * @sets: the sets that they ask for, finished, or NULL. The table shares them
 *
 * Context: may sleep.
 * Return: the table, for fdrop_table_free(); NULL if there is no memory.
 */
struct fdrop_table *fdrop_table_build(struct fdrop_rule *rules, u32 count,
				      struct fdrop_sets *sets);

/**
 * fdrop_table_free() - the end of a table that no reader has any more
 * @table: the table, or NULL
 */
void fdrop_table_free(struct fdrop_table *table);

/**
 * fdrop_table_guard() - find the rule that protects a packet which another would drop
 * @table: the table
 * @key: the packet, parsed; its sets may be filled in
 * @packet: the packet
 *
 * Context: as with fdrop_table_lookup().
 * Return: the rank of the rule; the number of rules if none protects it.
 */
u32 fdrop_table_guard(const struct fdrop_table *table, struct fdrop_key *key,
		      const struct fdrop_packet *packet);

/* Fills in the sets of a key: of the addresses that any tuple wants. */
void fdrop_table_find_sets(const struct fdrop_table *table, struct fdrop_key *key);

static __always_inline u64 fdrop_table_hash(const struct fdrop_table *table, u64 word, u32 i)
{
	return (table->key[2 * i] + (u32)word) * (table->key[2 * i + 1] + (word >> 32));
}

static inline const struct fdrop_entry *fdrop_entry_next(const struct fdrop_entry *entry, u32 words)
{
	return (const struct fdrop_entry *)&entry->word[words];
}

/* The entry of a bucket that matches, from @entry on: of a rank from @from to below @best's. */
const struct fdrop_entry *fdrop_bucket_find(const struct fdrop_table *table,
					    const struct fdrop_tuple *tuple,
					    const struct fdrop_key *key,
					    const struct fdrop_packet *packet, u32 from,
					    const struct fdrop_entry *best,
					    const struct fdrop_entry *entry);

/* Whether a tuple has the words of the key; then *@found is the first entry that does. */
static __always_inline bool
fdrop_tuple_search(const struct fdrop_table *table, const struct fdrop_tuple *tuple,
		   const struct fdrop_key *key, const u32 words,
		   const struct fdrop_entry **found)
{
	u64 word[FDROP_KEY_WORDS] fdrop_uninitialized;
	const struct fdrop_entry *entry;
	u32 offset = 1, i;
	u64 hash = 0;

	for (i = 0; i < words; i++)
		word[i] = key->word[tuple->index[i]] & tuple->mask[i];
	if (tuple->bucket) {
		for (i = 0; i < words; i++)
			hash += fdrop_table_hash(table, word[i], i);
		offset = tuple->bucket[hash >> tuple->shift];
		if (!offset)
			return false;
	}

	entry = (const struct fdrop_entry *)(tuple->entry + offset);
	for (;; entry = fdrop_entry_next(entry, words)) {
		for (i = 0; i < words; i++)
			if (entry->word[i] != word[i])
				break;
		if (i == words) {
			*found = entry;
			return true;
		}
		if (entry->last)
			return false;
	}
}

/* The best rule of one tuple, if there is one of a rank from @from to below @best's; else @best. */
static __always_inline const struct fdrop_entry *
fdrop_tuple_find(const struct fdrop_table *table, const struct fdrop_tuple *tuple,
		 const struct fdrop_key *key, const struct fdrop_packet *packet, u32 from,
		 const struct fdrop_entry *best, const u32 words)
{
	const struct fdrop_entry *entry;

	if (!fdrop_tuple_search(table, tuple, key, words, &entry))
		return best;
	if (unlikely(entry->checks || entry->rank < from))
		return fdrop_bucket_find(table, tuple, key, packet, from, best, entry);
	return entry->rank < best->rank ? entry : best;
}

/* fdrop_tuple_find() for any number of words. */
const struct fdrop_entry *fdrop_tuple_find_any(const struct fdrop_table *table,
					       const struct fdrop_tuple *tuple,
					       const struct fdrop_key *key,
					       const struct fdrop_packet *packet, u32 from,
					       const struct fdrop_entry *best);

/**
 * fdrop_table_lookup() - find the first rule that matches
 * @table: the table
 * @key: the packet, parsed; its sets are filled in
 * @packet: the packet
 * @from: the first rank to look at: 0, or behind the rule that was found before
 *
 * Context: any; readers need no lock as long as the table lives.
 * Return: the entry of the rule; the table's none if no rule matches.
 */
static __always_inline const struct fdrop_entry *
fdrop_table_lookup(const struct fdrop_table *table, struct fdrop_key *key,
		   const struct fdrop_packet *packet, u32 from)
{
	const struct fdrop_entry *best = &table->none;
	const struct fdrop_tuple *tuple;

	for (tuple = table->tuples; tuple->best < best->rank; tuple++) {
		if (unlikely(tuple->wants_sets))
			fdrop_table_find_sets(table, key);
		if (likely(tuple->words == 2))
			best = fdrop_tuple_find(table, tuple, key, packet, from, best, 2);
		else
			best = fdrop_tuple_find_any(table, tuple, key, packet, from, best);
	}
	return best;
}

/**
 * fdrop_table_find() - fdrop_table_lookup() from rank 0, in a table that is usual
 * @table: the table
 * @key: the packet, from fdrop_parse_plain()
 *
 * It calls nothing, which keeps whoever has it inlined free of saved registers.
 *
 * Context: as with fdrop_table_lookup().
 * Return: the entry of the first rule that matches; the table's none if none does.
 */
static __always_inline const struct fdrop_entry *
fdrop_table_find(const struct fdrop_table *table, const struct fdrop_key *key)
{
	const struct fdrop_entry *best = &table->none, *entry;
	const struct fdrop_tuple *tuple;

	for (tuple = table->tuples; tuple->best < best->rank; tuple++)
		if (fdrop_tuple_search(table, tuple, key, 2, &entry) && entry->rank < best->rank)
			best = entry;
	return best;
}

#endif /* FDROP_ENGINE_TABLE_H */
