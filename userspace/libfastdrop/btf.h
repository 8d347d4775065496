/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module's BTF. A BPF program finds the kfunc that it calls, fdrop_xdp(), by that
 * alone: types by number, of which the lower ones are those of the kernel that it was
 * made for, the base. With none the module loads all the same, and only programs that
 * call the kfunc do not; so it does with that of another kernel, but only where the
 * running one has CONFIG_MODULE_ALLOW_BTF_MISMATCH.
 */
#ifndef FASTDROP_BTF_H
#define FASTDROP_BTF_H

#include "libfastdrop/image.h"

#define BTF_KFUNC	"fdrop_xdp"
#define BTF_RUNNING	"/sys/kernel/btf/vmlinux"

struct btf_base;

/* What a module's BTF is to a base. */
enum btf_fit {
	BTF_FITS,
	BTF_NONE,		/* there is none, or none for the kfunc */
	BTF_FOREIGN,		/* it was made for another base */
};

/**
 * btf_base_open() - the BTF of a kernel
 * @path: of a file of BTF such as BTF_RUNNING, an ELF file with BTF, or a vmlinuz
 * @reason: why not
 *
 * Return: for btf_base_close(); NULL if there is none.
 */
struct btf_base *btf_base_open(const char *path, struct reason *reason);
void btf_base_close(struct btf_base *base);

/* Whether it is a module that calls for BTF, of a machine that we can write for. */
bool btf_is_wanted(const struct image *module, struct reason *reason);

/* Whether a signature is at its end, which a change makes invalid. */
bool btf_is_signed(const struct image *module);

/* What modinfo shows under @key, to be freed; NULL if there is none. */
char *btf_modinfo(const struct image *module, const char *key);

/**
 * btf_check() - whether BPF programs find the kfunc
 * @module: one that btf_is_wanted()
 * @base: of the kernel that is to load it
 */
enum btf_fit btf_check(const struct image *module, const struct btf_base *base);

/**
 * btf_put() - give a module BTF for a base
 * @module: one that btf_is_wanted(); it stays as it is
 * @base: of the kernel that is to load it
 * @to: the same module with that BTF, in place of any that it has
 * @reason: why not
 */
bool btf_put(const struct image *module, const struct btf_base *base, struct image *to,
	     struct reason *reason);

/* The number of the kfunc in the BTF of the module that is loaded; 0, and why there is none. */
u32 btf_loaded(struct reason *reason);

#endif /* FASTDROP_BTF_H */
