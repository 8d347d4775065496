/* SPDX-License-Identifier: GPL-2.0 */
/* Records as the module writes them, with frames in them. */
#ifndef FASTDROP_TESTS_RECORD_H
#define FASTDROP_TESTS_RECORD_H

#include <assert.h>

#include "frame.h"
#include "libfastdrop/ring.h"

struct test_record {
	struct fastdrop_record record;
	__u8 bytes[ETH_HLEN + FRAME_MAX];
};

static_assert(offsetof(struct test_record, bytes) == sizeof(struct fastdrop_record));

static inline void test_record_build(struct test_record *t, const struct frame *frame)
{
	__u16 ethertype;
	size_t length = ETH_HLEN + frame_build(frame, t->bytes + ETH_HLEN, &ethertype);

	memset(t->bytes, 0x02, 2 * ETH_ALEN);
	frame_put16(t->bytes + 2 * ETH_ALEN, ethertype);
	t->record = (struct fastdrop_record){
		.length = (sizeof(t->record) + length + 7) / 8 * 8,
		.type = FASTDROP_RECORD_PACKET,
		.verdict = FASTDROP_VERDICT_DROP,
		.time = 1700000000123456789ULL,
		.ifindex = 2,
		.rule = 5,
		.queue = 3,
		.wire_length = length,
		.captured = length,
		.cpu = 1,
		.packets = 1,
		.network = ETH_HLEN,
		.protocol = htons(ethertype),
	};
}

/* As the module does with a tag that the NIC or the stack took off. */
static inline void test_record_tag(struct test_record *t, __u16 tci)
{
	t->record.flags |= FASTDROP_RECORD_VLAN;
	t->record.vlan = tci;
	t->record.vlan_protocol = htons(ETH_P_8021Q);
}

/* The same record with no more than @captured bytes, and not one behind: to be freed. */
static inline struct fastdrop_record *test_record_cut(const struct test_record *t, size_t captured)
{
	struct fastdrop_record *record;

	if (captured > t->record.captured)
		captured = t->record.captured;
	record = malloc(sizeof(*record) + captured);
	memcpy(record, t, sizeof(*record) + captured);
	record->captured = captured;
	return record;
}

#endif /* FASTDROP_TESTS_RECORD_H */
