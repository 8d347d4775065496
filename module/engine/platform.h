/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only file of the engine that knows where it runs: in the kernel or in
 * a program.
 */
#ifndef FDROP_ENGINE_PLATFORM_H
#define FDROP_ENGINE_PLATFORM_H

#ifdef __KERNEL__

#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/types.h>
#include <asm/byteorder.h>

static inline void *fdrop_zalloc(size_t size)
{
	return kvzalloc(size, GFP_KERNEL);
}

static inline void fdrop_free(const void *p)
{
	kvfree(p);
}

#else

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <linux/types.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)
#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#endif
#define noinline	__attribute__((noinline))
#ifndef __always_inline
#define __always_inline	inline __attribute__((always_inline))
#endif
#define __force
#define __printf(a, b)	__attribute__((format(printf, a, b)))
#define be16_to_cpu(x)	ntohs(x)
#define be32_to_cpu(x)	ntohl(x)
#define cpu_to_be16(x)	htons(x)
#define cpu_to_be32(x)	htonl(x)

static inline void *fdrop_zalloc(size_t size)
{
	return calloc(1, size);
}

static inline void fdrop_free(const void *p)
{
	free((void *)p);
}

#endif /* __KERNEL__ */

/* Kernels that zero every local need not zero those that are filled in full. */
#define fdrop_uninitialized	__attribute__((__uninitialized__))

/* Headers of a packet may lie at any address. */
static inline __be16 fdrop_load16(const u8 *p)
{
	__be16 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline __be32 fdrop_load32(const u8 *p)
{
	__be32 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

#endif /* FDROP_ENGINE_PLATFORM_H */
