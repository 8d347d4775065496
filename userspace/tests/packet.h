/* SPDX-License-Identifier: GPL-2.0 */
/* Frames as the engine gets them, in one piece or in two. */
#ifndef FASTDROP_TESTS_PACKET_H
#define FASTDROP_TESTS_PACKET_H

#include <stdlib.h>
#include <string.h>

#include "engine/parse.h"
#include "frame.h"

struct test_packet {
	struct fdrop_packet packet;
	__u8 *linear;	/* exactly so long, for ASan to guard */
	__u8 *all;
	int reads;
};

static inline int test_read(const struct fdrop_packet *packet, u32 offset, void *to, u32 n)
{
	struct test_packet *t = (struct test_packet *)packet->frame;

	t->reads++;
	memcpy(to, t->all + offset, n);
	return 0;
}

static const struct fdrop_packet_ops test_ops = {
	.read = test_read,
};

/* The bytes behind an Ethernet header, of which the first @linear lie at hand. */
static inline void test_packet_set(struct test_packet *t, const __u8 *bytes, u32 length,
				   u32 linear, __u16 ethertype)
{
	linear = linear < length ? linear : length;
	t->all = malloc(length);
	t->linear = malloc(linear);
	t->reads = 0;
	memcpy(t->all, bytes, length);
	memcpy(t->linear, bytes, linear);
	t->packet = (struct fdrop_packet){
		.data = t->linear,
		.frame = t,
		.ops = &test_ops,
		.linear = linear,
		.len = length,
		.packets = 1,
		.bytes = ETH_HLEN + length,
		.ethertype = htons(ethertype),
	};
}

static inline void test_packet_build(struct test_packet *t, const struct frame *frame, u32 linear)
{
	static __u8 bytes[FRAME_MAX];
	__u16 ethertype;
	u32 length = frame_build(frame, bytes, &ethertype);

	test_packet_set(t, bytes, length, linear, ethertype);
}

static inline void test_packet_free(struct test_packet *t)
{
	free(t->all);
	free(t->linear);
}

#endif /* FASTDROP_TESTS_PACKET_H */
