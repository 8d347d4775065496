/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rings in a test's memory, of the devices eth2 and tun3. The functions that would ask
 * the module are here: the linker puts __wrap_x() in the place of x().
 */
#ifndef FASTDROP_TESTS_RINGS_H
#define FASTDROP_TESTS_RINGS_H

#include <net/if_arp.h>

#include "libfastdrop/link.h"
#include "libfastdrop/state.h"
#include "record.h"

#define RINGS		2
#define RING_BYTES	65536

static struct port ports[FASTDROP_SETUP_PORTS + 1] = {
	{ .ifindex = 2, .name = "eth2", .queues = 4 },
	{ .ifindex = 3, .name = "tun3", .queues = 1 },
};

static u32 ports_count = 1;

static struct fastdrop_setup setup;	/* what was asked for */
static u32 setup_ifindex[FASTDROP_SETUP_PORTS];
static int open_error;

static struct fastdrop_consumer consumers[RINGS];
static struct fastdrop_producer producers[RINGS];
static u8 data[RINGS][RING_BYTES] __attribute__((aligned(8)));
static struct ring rings[RINGS];
static int waits, wait_error;
static int asked_for_terminal;
static void (*while_waiting)(void);

struct nl *__wrap_need_module(void);
struct nl *__wrap_need_module(void)
{
	return (struct nl *)ports;
}

void __wrap_nl_close(struct nl *nl);
void __wrap_nl_close(struct nl *nl)
{
}

int __wrap_state_ports(struct nl *nl, struct ports *found);
int __wrap_state_ports(struct nl *nl, struct ports *found)
{
	found->count = ports_count;
	found->port = calloc(ports_count + 1, sizeof(*ports));
	memcpy(found->port, ports, ports_count * sizeof(*ports));
	return 0;
}

void __wrap_need_port(struct nl *nl, const char *dev, struct port *port);
void __wrap_need_port(struct nl *nl, const char *dev, struct port *port)
{
	*port = ports[!strcmp(dev, ports[1].name)];
}

int __wrap_links_read(struct links *links);
int __wrap_links_read(struct links *links)
{
	links->link = calloc(2, sizeof(*links->link));
	links->count = 2;
	links->link[0] = (struct link){ .index = 2, .type = ARPHRD_ETHER };
	links->link[1] = (struct link){ .index = 3, .type = ARPHRD_NONE };
	return 0;
}

int __wrap_ring_open(struct ring_reader *reader, const struct fastdrop_setup *wanted);
int __wrap_ring_open(struct ring_reader *reader, const struct fastdrop_setup *wanted)
{
	u32 i;

	setup = *wanted;
	memcpy(setup_ifindex, (void *)(uintptr_t)wanted->ifindex, wanted->ports * sizeof(u32));
	*reader = (struct ring_reader){ .setup = *wanted, .ring = rings };
	reader->setup.rings = RINGS;
	for (i = 0; i < RINGS; i++)
		rings[i] = (struct ring){ .consumer = &consumers[i], .producer = &producers[i],
					  .data = data[i], .mask = RING_BYTES - 1 };
	return open_error;
}

void __wrap_ring_close(struct ring_reader *reader);
void __wrap_ring_close(struct ring_reader *reader)
{
}

int __wrap_isatty(int fd);
int __wrap_isatty(int fd)
{
	asked_for_terminal++;
	return 0;
}

int __wrap_ring_wait(struct ring_reader *reader, int timeout_ms);
int __wrap_ring_wait(struct ring_reader *reader, int timeout_ms)
{
	waits++;
	if (while_waiting)
		while_waiting();
	return wait_error;
}

static inline void put(u32 ring, const struct fastdrop_record *record)
{
	memcpy(data[ring] + producers[ring].position, record, record->length);
	producers[ring].position += record->length;
	producers[ring].records++;
}

/* A packet of @frame that was shown by the rule @rule at @time. */
static inline void put_frame(u32 ring, u64 time, u32 rule, const struct frame *frame)
{
	static struct test_record test;

	test_record_build(&test, frame);
	test.record.time = time;
	test.record.rule = rule;
	test.record.cpu = ring;
	put(ring, &test.record);
}

static inline void put_end(u32 ring, u64 time, u32 ifindex)
{
	const struct fastdrop_record record = {
		.length = sizeof(record),
		.type = FASTDROP_RECORD_END,
		.time = time,
		.ifindex = ifindex,
	};

	put(ring, &record);
}

#endif /* FASTDROP_TESTS_RINGS_H */
