/* SPDX-License-Identifier: GPL-2.0 */
/* What differs between the kernels that this builds for, and until when. */
#ifndef FDROP_COMPAT_H
#define FDROP_COMPAT_H

#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/mm.h>
#include <linux/version.h>
#include <net/genetlink.h>

/* The attributes of a dump's request, by type. Before 6.7 there was no genl_info in it. */
static inline struct nlattr **fdrop_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
	return genl_dumpit_info(cb)->attrs;
#else
	return genl_info_dump(cb)->attrs;
#endif
}

/* Flags of a mapping that is being made. Before 6.3 they were set as they are. */
static inline void fdrop_vm_flags_set(struct vm_area_struct *vma, unsigned long flags)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
	vma->vm_flags |= flags;
#else
	vm_flags_set(vma, flags);
#endif
}

static inline void fdrop_vm_flags_clear(struct vm_area_struct *vma, unsigned long flags)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
	vma->vm_flags &= ~flags;
#else
	vm_flags_clear(vma, flags);
#endif
}

/* Functions for BPF programs. Before 6.2 they had no mark. */
#ifndef __bpf_kfunc
#define __bpf_kfunc	__used noinline
#endif

/* And before 6.9 their sets had none. */
#ifndef BTF_KFUNCS_START
#define BTF_KFUNCS_START(name)	BTF_SET8_START(name)
#define BTF_KFUNCS_END(name)	BTF_SET8_END(name)
#endif

#endif /* FDROP_COMPAT_H */
