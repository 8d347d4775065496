// SPDX-License-Identifier: GPL-2.0
/*
 * A feed without the module: linked before the real one (--wrap), it gives the command
 * capture records that are made up. $FEED says which:
 *
 *	all	one of each kind, of the devices v1 and tun0
 *	flood N	N packets of v1
 *	wait N	the same, and then none until a signal comes
 *	slow N	one each 100 ms
 *
 * 7 records are lost behind the last one.
 */
#include <pcap/dlt.h>
#include <poll.h>
#include <signal.h>

#include "feed.h"

#define START		1700000000123456789ULL
#define STEP		1000
#define ETHERNET	14
#define IP_UDP		28
#define PAYLOAD		18
#define FRAME		(ETHERNET + IP_UDP + PAYLOAD)
#define V1		2
#define TUN0		3

struct test_record {
	struct fastdrop_record record;
	u8 bytes[FRAME];
};

static const struct fastdrop_record kinds[] = {
	{ .ifindex = V1, .verdict = FASTDROP_VERDICT_DROP, .rule = 3 },
	{ .ifindex = V1, .verdict = FASTDROP_VERDICT_DROP, .rule = 3, .queue = 1,
	  .flags = FASTDROP_RECORD_VLAN, .vlan = 0x6064 },
	{ .ifindex = TUN0, .verdict = FASTDROP_VERDICT_PASS },
	{ .ifindex = TUN0, .type = FASTDROP_RECORD_END, .lost = 3 },
	{ .ifindex = V1, .verdict = FASTDROP_VERDICT_DIVERT, .rule = 7, .packets = 12 },
	{ .ifindex = V1, .verdict = FASTDROP_VERDICT_WOULD_DROP, .rule = 3, .lost = 5000000000 },
	{ .ifindex = V1, .verdict = FASTDROP_VERDICT_COUNT, .rule = 8, .queue = 4000000000 },
	{ .ifindex = V1, .verdict = FASTDROP_VERDICT_PROTECT, .rule = 4294967040 },
	{ .ifindex = V1, .verdict = 200, .rule = 3, .captured = 41 },
	{ .ifindex = 99, .verdict = FASTDROP_VERDICT_DROP, .rule = 3 },
};

static struct feed_device devices[] = {
	{ .ifindex = V1, .name = "v1", .link = DLT_EN10MB, .queues = 2 },
	{ .ifindex = TUN0, .name = "tun0", .link = DLT_RAW, .queues = 1 },
};

static struct feed feed = { .device = devices };
static const char *scene;
static bool hides_ends;
static u32 left, made;
static struct test_record *last;
static volatile sig_atomic_t interrupted;

static void interrupt(int signal)
{
	interrupted = signal;
}

struct feed *__wrap_feed_open(const struct feed_options *options)
{
	char *number;

	hides_ends = options->hides_ends;
	scene = getenv("FEED");
	assert(scene);
	number = strchr(scene, ' ');
	left = number ? strtoul(number, NULL, 10) : ARRAY_SIZE(kinds);
	feed.devices = number ? 1 : 2;
	sigaction(SIGINT, &(struct sigaction){ .sa_handler = interrupt }, NULL);
	return &feed;
}

void __wrap_feed_close(struct feed *closed)
{
	free(last);
}

const struct feed_device *__wrap_feed_device(const struct feed *of,
					     const struct fastdrop_record *record)
{
	static const struct feed_device unknown = { .name = "?" };
	u32 i;

	for (i = 0; i < of->devices; i++)
		if (devices[i].ifindex == record->ifindex)
			return &devices[i];
	return &unknown;
}

/* UDP from 192.0.2.1 to 198.51.100.7, port 4321. */
static void put_frame(u8 *p, bool is_raw)
{
	static const u8 ethernet[] = { 2, 0, 0, 0, 0, 7, 2, 0, 0, 0, 0, 1, 8, 0 };
	static const u8 ip_udp[] = {
		0x45, 0, 0, IP_UDP + PAYLOAD, 0, 0, 0, 0, 64, 17, 0, 0,
		192, 0, 2, 1, 198, 51, 100, 7,
		0x30, 0x39, 0x10, 0xe1, 0, 8 + PAYLOAD, 0, 0,
	};

	if (!is_raw) {
		memcpy(p, ethernet, sizeof(ethernet));
		p += ETHERNET;
	}
	memcpy(p, ip_udp, sizeof(ip_udp));
	memset(p + sizeof(ip_udp), 'B', PAYLOAD);
}

static const struct fastdrop_record *make_record(const struct fastdrop_record *kind)
{
	bool is_raw = kind->ifindex == TUN0;
	struct fastdrop_record *record;
	u32 length = is_raw ? FRAME - ETHERNET : FRAME;

	free(last);
	last = calloc(1, sizeof(last->record) + length);
	assert(last);
	put_frame(last->bytes, is_raw);
	record = &last->record;
	*record = *kind;
	record->type = kind->type ?: FASTDROP_RECORD_PACKET;
	record->time = START + made * STEP;
	record->packets = kind->packets ?: 1;
	record->wire_length = length;
	record->captured = kind->captured ?: length;
	record->network = is_raw ? 0 : ETHERNET;
	record->protocol = htons(0x0800);
	record->vlan_protocol = htons(0x8100);
	made++;
	return record;
}

enum feed_state __wrap_feed_next(struct feed *of, int timeout_ms,
				 const struct fastdrop_record **record)
{
	bool waits = !strncmp(scene, "wait", 4), is_slow = !strncmp(scene, "slow", 4);

	feed.lost = left ? 0 : 7;
	if (interrupted)
		return FEED_INTERRUPTED;
	if (!left && !waits)
		return FEED_ENDED;
	if (!left || (is_slow && !timeout_ms)) {
		poll(NULL, 0, timeout_ms);
		return FEED_IDLE;
	}
	if (is_slow)
		poll(NULL, 0, 100);
	feed.lost_before = 0;
	do {
		*record = make_record(&kinds[strcmp(scene, "all") ? 0 : made]);
		left--;
		feed.lost_before += (*record)->lost;
	} while (hides_ends && (*record)->type == FASTDROP_RECORD_END);
	return FEED_RECORD;
}
