// SPDX-License-Identifier: GPL-2.0
#include "stats.h"

#include <linux/cache.h>
#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/topology.h>

static_assert(BITS_PER_LONG == 64);

struct fdrop_counts *fdrop_counts_alloc(u32 n)
{
	/* Whole cache lines: a neighbour in the slab may be another CPU's. */
	size_t size = L1_CACHE_ALIGN(max(n, 1U) * sizeof(struct fdrop_count));
	struct fdrop_counts *counts;
	int cpu;

	counts = kzalloc(struct_size(counts, cpu, nr_cpu_ids), GFP_KERNEL);
	if (!counts)
		return NULL;
	for_each_possible_cpu(cpu) {
		counts->cpu[cpu] = kvzalloc_node(size, GFP_KERNEL, cpu_to_node(cpu));
		if (!counts->cpu[cpu]) {
			fdrop_counts_free(counts);
			return NULL;
		}
	}
	return counts;
}

void fdrop_counts_free(struct fdrop_counts *counts)
{
	int cpu;

	if (!counts)
		return;
	for_each_possible_cpu(cpu)
		kvfree(counts->cpu[cpu]);
	kfree(counts);
}

struct fdrop_total fdrop_counts_sum(const struct fdrop_counts *counts, u32 i)
{
	struct fdrop_total total = { 0 };
	int cpu;

	for_each_possible_cpu(cpu) {
		total.packets += u64_stats_read(&counts->cpu[cpu][i].packets);
		total.bytes += u64_stats_read(&counts->cpu[cpu][i].bytes);
	}
	return total;
}
