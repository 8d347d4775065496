/* SPDX-License-Identifier: GPL-2.0 */
/* The memory of a ring, and how userspace maps it. */
#ifndef FDROP_RING_PAGES_H
#define FDROP_RING_PAGES_H

#include <linux/types.h>

struct page;
struct vm_area_struct;

/**
 * struct fdrop_ring_pages - the pages of a ring
 * @page: the consumer's, the producer's, and those of the data twice in a row
 * @count: how many of the data
 * @kernel: where all of them are mapped for us, in that order
 */
struct fdrop_ring_pages {
	struct page **page;
	u32 count;
	void *kernel;
};

/* How many pages there are in the order of @page; the rings lie so far apart for mmap(). */
static inline u32 fdrop_ring_span(u32 count)
{
	return 2 + 2 * count;
}

/**
 * fdrop_ring_pages_alloc() - get them, all zero, on the node of a CPU
 * @pages: all 0
 * @count: how many for the data
 * @cpu: whose ring it will be
 *
 * They are charged to the caller's memory cgroup.
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM; for fdrop_ring_pages_free() in any case.
 */
int fdrop_ring_pages_alloc(struct fdrop_ring_pages *pages, u32 count, int cpu);
void fdrop_ring_pages_free(struct fdrop_ring_pages *pages);

/**
 * fdrop_ring_pages_map() - map a part of a ring into a process
 * @pages: the pages
 * @vma: where to; its offset has been judged
 * @first: the page of the ring that it begins with
 *
 * The consumer's page alone, or all others; these cannot be written, and will not be.
 *
 * Return: 0, -EINVAL for any other part, -EPERM for a right too many, -ENOMEM.
 */
int fdrop_ring_pages_map(const struct fdrop_ring_pages *pages, struct vm_area_struct *vma,
			 u32 first);

#endif /* FDROP_RING_PAGES_H */
