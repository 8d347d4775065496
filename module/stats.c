// SPDX-License-Identifier: GPL-2.0
#include "stats.h"

#include <linux/cache.h>
#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/topology.h>

static_assert(BITS_PER_LONG == 64);

struct fdrop_counts __percpu *fdrop_counts_alloc(u32 n, u32 turns)
{
	/* Whole cache lines: a neighbour in the slab may be another CPU's. */
	size_t size = L1_CACHE_ALIGN(max(n, 1U) * sizeof(struct fdrop_count) +
				     turns * sizeof(u32));
	struct fdrop_counts __percpu *counts;
	struct fdrop_count *mine;
	int cpu;

	counts = alloc_percpu(struct fdrop_counts);
	if (!counts)
		return NULL;
	for_each_possible_cpu(cpu) {
		mine = kvzalloc_node(size, FDROP_GFP, cpu_to_node(cpu));
		if (!mine) {
			fdrop_counts_free(counts);
			return NULL;
		}
		per_cpu_ptr(counts, cpu)->mine = mine;
		per_cpu_ptr(counts, cpu)->turn = (u32 *)(mine + n);
	}
	return counts;
}

void fdrop_counts_free(struct fdrop_counts __percpu *counts)
{
	int cpu;

	if (!counts)
		return;
	for_each_possible_cpu(cpu)
		kvfree(per_cpu_ptr(counts, cpu)->mine);
	free_percpu(counts);
}

void fdrop_counts_set_turn(struct fdrop_counts __percpu *counts, u32 i, u32 turn)
{
	int cpu;

	for_each_possible_cpu(cpu)
		per_cpu_ptr(counts, cpu)->turn[i] = turn;
}

void fdrop_counts_inherit_turn(struct fdrop_counts __percpu *counts, u32 i,
			       const struct fdrop_counts __percpu *from, u32 j, u32 most)
{
	int cpu;

	for_each_possible_cpu(cpu)
		per_cpu_ptr(counts, cpu)->turn[i] =
			clamp(READ_ONCE(per_cpu_ptr(from, cpu)->turn[j]), 1U, most);
}

struct fdrop_total fdrop_counts_sum(const struct fdrop_counts __percpu *counts, u32 i)
{
	struct fdrop_total total = { 0 };
	const struct fdrop_count *count;
	int cpu;

	for_each_possible_cpu(cpu) {
		count = &per_cpu_ptr(counts, cpu)->mine[i];
		total.packets += u64_stats_read(&count->packets);
		total.bytes += u64_stats_read(&count->bytes);
	}
	return total;
}
