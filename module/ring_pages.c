// SPDX-License-Identifier: GPL-2.0
#include "ring_pages.h"

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/topology.h>
#include <linux/vmalloc.h>

#include "compat.h"

/* A ring that is too large is to be refused, and not to cost others their lives. */
#define PAGE_GFP	(GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_RETRY_MAYFAIL | __GFP_NOWARN)

/* What is not to be mapped together begins here. */
enum place {
	CONSUMER,
	PRODUCER,
	DATA,
};

static int alloc_pages_of(struct fdrop_ring_pages *pages, int node)
{
	u32 i;

	for (i = 0; i < DATA + pages->count; i++) {
		pages->page[i] = alloc_pages_node(node, PAGE_GFP, 0);
		if (!pages->page[i])
			return -ENOMEM;
		if (i >= DATA)
			pages->page[i + pages->count] = pages->page[i];
		cond_resched();
	}
	return 0;
}

int fdrop_ring_pages_alloc(struct fdrop_ring_pages *pages, u32 count, int cpu)
{
	u32 span = fdrop_ring_span(count);
	int err;

	pages->page = kvcalloc(span, sizeof(*pages->page), PAGE_GFP);
	if (!pages->page)
		return -ENOMEM;
	pages->count = count;
	err = alloc_pages_of(pages, cpu_to_node(cpu));
	if (err)
		return err;
	pages->kernel = vmap(pages->page, span, VM_MAP, PAGE_KERNEL);
	return pages->kernel ? 0 : -ENOMEM;
}

void fdrop_ring_pages_free(struct fdrop_ring_pages *pages)
{
	u32 i;

	if (!pages->page)
		return;
	vunmap(pages->kernel);
	for (i = 0; i < DATA + pages->count; i++)
		if (pages->page[i])
			__free_page(pages->page[i]);
	kvfree(pages->page);
}

static int check_part(const struct fdrop_ring_pages *pages, struct vm_area_struct *vma,
		      u32 first)
{
	const bool whole = (first == CONSUMER && vma_pages(vma) == 1) ||
			   (first == PRODUCER && vma_pages(vma) == 1 + 2 * pages->count);

	if (!whole || !(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	if (vma->vm_flags & VM_EXEC || (first != CONSUMER && vma->vm_flags & VM_WRITE))
		return -EPERM;
	return 0;
}

int fdrop_ring_pages_map(const struct fdrop_ring_pages *pages, struct vm_area_struct *vma,
			 u32 first)
{
	unsigned long left = vma_pages(vma);
	int err;

	err = check_part(pages, vma, first);
	if (err)
		return err;
	/* A child maps its own; nothing that is refused here comes by mprotect(). */
	fdrop_vm_flags_set(vma, VM_DONTCOPY | VM_DONTEXPAND | VM_DONTDUMP);
	fdrop_vm_flags_clear(vma, first == CONSUMER ? VM_MAYEXEC : VM_MAYEXEC | VM_MAYWRITE);
	return vm_insert_pages(vma, vma->vm_start, pages->page + first, &left);
}
