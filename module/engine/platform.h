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
#include <linux/filter.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/types.h>
#include <asm/byteorder.h>

/* Large sets are to be refused where memory is short, not to cost others their lives. */
#define FDROP_GFP	(GFP_KERNEL | __GFP_RETRY_MAYFAIL | __GFP_NOWARN)

static inline void *fdrop_alloc(size_t size)
{
	return kvmalloc(size, FDROP_GFP);
}

static inline void *fdrop_zalloc(size_t size)
{
	return kvzalloc(size, FDROP_GFP);
}

static inline void fdrop_free(const void *p)
{
	kvfree(p);
}

static inline void fdrop_random(void *to, size_t n)
{
	get_random_bytes(to, n);
}

/* Seconds since some moment, those asleep included. */
static inline u64 fdrop_seconds(void)
{
	return ktime_get_boottime_seconds();
}

/* Let others run amid long work. */
static inline void fdrop_resched(void)
{
	cond_resched();
}

/* How many have a thing that is shared. */
typedef refcount_t fdrop_users;

static inline void fdrop_users_init(fdrop_users *users)
{
	refcount_set(users, 1);
}

static inline void fdrop_users_get(fdrop_users *users)
{
	refcount_inc(users);
}

/* Whether that was the last one. */
static inline bool fdrop_users_put(fdrop_users *users)
{
	return refcount_dec_and_test(users);
}

static inline void fdrop_sort(void *base, size_t n, size_t size,
			      int (*compare)(const void *a, const void *b))
{
	sort(base, n, size, compare, NULL);
}

#else

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/types.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
typedef __s64 s64;

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
#define READ_ONCE(x)		__atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, v)	__atomic_store_n(&(x), v, __ATOMIC_RELAXED)
/* Whoever uses one says what it pairs with. */
#define smp_load_acquire(p)	__atomic_load_n(p, __ATOMIC_ACQUIRE)
/* As above. */
#define smp_store_release(p, v)	__atomic_store_n(p, v, __ATOMIC_RELEASE)

/* A test may have this function, to run out of memory when it wants to. */
bool fdrop_test_alloc_fails(void);
#pragma weak fdrop_test_alloc_fails

static inline void *fdrop_alloc(size_t size)
{
	return fdrop_test_alloc_fails && fdrop_test_alloc_fails() ? NULL : malloc(size);
}

static inline void *fdrop_zalloc(size_t size)
{
	return fdrop_test_alloc_fails && fdrop_test_alloc_fails() ? NULL : calloc(1, size);
}

static inline void fdrop_free(const void *p)
{
	free((void *)p);
}

static inline void fdrop_random(void *to, size_t n)
{
	if (getrandom(to, n, 0) != (ssize_t)n)
		abort();
}

static inline u64 fdrop_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec;
}

static inline void fdrop_sort(void *base, size_t n, size_t size,
			      int (*compare)(const void *a, const void *b))
{
	qsort(base, n, size, compare);
}

static inline void fdrop_resched(void)
{
}

/* One thread: no need for atomics. */
typedef u32 fdrop_users;

static inline void fdrop_users_init(fdrop_users *users)
{
	*users = 1;
}

static inline void fdrop_users_get(fdrop_users *users)
{
	(*users)++;
}

static inline bool fdrop_users_put(fdrop_users *users)
{
	return !--*users;
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
