/* SPDX-License-Identifier: GPL-2.0 */
/* What the fuzz targets share: reading the input, and packets in one piece or two. */
#ifndef FASTDROP_FUZZ_H
#define FASTDROP_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/parse.h"

/* What libFuzzer calls with each input, by the name that the Makefile gives it. */
int fuzz_one_input(const u8 *data, size_t size);

/* Ends the program, for libFuzzer to keep the input, unless @condition holds. */
#define fuzz_check(condition, ...)					\
	do {								\
		if (!(condition)) {					\
			fprintf(stderr, "%s:%d: ", __FILE__, __LINE__);	\
			fprintf(stderr, __VA_ARGS__);			\
			fputc('\n', stderr);				\
			abort();					\
		}							\
	} while (0)

/* The input, read from its front; behind its end there are zeros. */
struct input {
	const u8 *pos;
	const u8 *end;
};

static inline u8 take8(struct input *in)
{
	return in->pos < in->end ? *in->pos++ : 0;
}

static inline u16 take16(struct input *in)
{
	u16 high = take8(in);

	return high << 8 | take8(in);
}

static inline u32 take32(struct input *in)
{
	u32 high = take16(in);

	return high << 16 | take16(in);
}

/* A number below @n, which is at most 256. */
static inline u32 take_below(struct input *in, u32 n)
{
	return take8(in) % n;
}

/* A packet whose bytes at hand end where the memory does, for ASan to guard. */
struct fuzz_packet {
	struct fdrop_packet packet;
	u8 *linear;
	const u8 *all;
};

static inline int fuzz_read(const struct fdrop_packet *packet, u32 offset, void *to, u32 n)
{
	const struct fuzz_packet *f = packet->frame;

	fuzz_check(offset <= packet->len && n <= packet->len - offset,
		   "read of %u bytes at %u, of %u", n, offset, packet->len);
	memcpy(to, f->all + offset, n);
	return 0;
}

/* A different answer for each program, and always the same one. */
static inline bool fuzz_bpf(const struct fdrop_packet *packet, const void *program)
{
	return ((uintptr_t)program * 2654435761U) >> 16 & 1;
}

static const struct fdrop_packet_ops fuzz_ops = {
	.read = fuzz_read,
	.bpf = fuzz_bpf,
};

/* @all stays the caller's, until fuzz_packet_free(). */
static inline void fuzz_packet_set(struct fuzz_packet *f, const u8 *all, u32 length, u32 linear,
				   u16 ethertype)
{
	linear = linear < length ? linear : length;
	f->all = all;
	f->linear = malloc(linear ?: 1);
	if (linear)
		memcpy(f->linear, all, linear);
	f->packet = (struct fdrop_packet){
		.data = linear ? f->linear : f->linear + 1,
		.ops = &fuzz_ops,
		.frame = f,
		.linear = linear,
		.len = length,
		.packets = 1,
		.bytes = 14 + length,
		.ethertype = cpu_to_be16(ethertype),
	};
}

static inline void fuzz_packet_free(struct fuzz_packet *f)
{
	free(f->linear);
}

#endif /* FASTDROP_FUZZ_H */
