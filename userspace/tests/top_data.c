// SPDX-License-Identifier: GPL-2.0
/* What top makes of two readings of the counters, and of packets. */
#include "kselftest_harness.h"

#include "cmd.h"
#include "frame.h"
#include "top_data.h"

#define SECOND	1000000000ULL
#define QUEUES	2
#define RULES	3

/* These stand for the program's. */
void *need(void *p)
{
	assert(p);
	return p;
}

void state_rules_free(struct rule_states *states)
{
	u32 i;

	for (i = 0; i < states->count; i++)
		free(states->rule[i].text);
	free(states->rule);
	free(states->queue);
	*states = (struct rule_states){ };
}

FIXTURE(top) {
	struct top top;
};

FIXTURE_SETUP(top)
{
	top_begin(&self->top);
}

FIXTURE_TEARDOWN(top)
{
	top_end(&self->top);
}

/* A reading, with these packets of the queues and rules; rules have the ids 1, 2 and 3. */
static struct rule_states reading(const u64 seen[QUEUES], const u64 hits[RULES])
{
	struct rule_states states = { .generation = 5, .queues = QUEUES, .count = RULES };
	u32 i;

	states.queue = calloc(QUEUES, sizeof(*states.queue));
	states.rule = calloc(RULES, sizeof(*states.rule));
	for (i = 0; i < QUEUES; i++) {
		states.queue[i].queue = i;
		states.queue[i].seen.packets = seen[i];
		states.queue[i].dropped.packets = seen[i] / 2;
		states.queue[i].diverted.packets = seen[i] / 10;
		states.queue[i].passed.packets = seen[i] - seen[i] / 2 - seen[i] / 10;
	}
	for (i = 0; i < RULES; i++) {
		states.rule[i].text = strdup("udp drop");
		states.rule[i].id = i + 1;
		states.rule[i].hits = (struct count){ hits[i], 100 * hits[i] };
	}
	return states;
}

static void read_at(struct top *top, u64 time, const u64 seen[QUEUES], const u64 hits[RULES])
{
	struct rule_states states = reading(seen, hits);

	top_read(top, &states, time);
}

TEST_F(top, one_reading_has_no_rates)
{
	read_at(&self->top, 3 * SECOND, (u64[]){ 100, 200 }, (u64[]){ 1, 2, 3 });
	EXPECT_EQ(0, self->top.interval);
	EXPECT_EQ(0, self->top.total.seen);
	EXPECT_EQ(0, self->top.queue[1].seen);
	EXPECT_EQ(0, self->top.rule[0].rate.packets);
	EXPECT_EQ(1, self->top.rule[0].rule->id);
	EXPECT_EQ(3, self->top.rule[2].rule->id);
	EXPECT_EQ(5, self->top.states.generation);
}

TEST_F(top, queues_in_a_second)
{
	read_at(&self->top, 1 * SECOND, (u64[]){ 1000, 0 }, (u64[]){ 0, 0, 0 });
	read_at(&self->top, 3 * SECOND, (u64[]){ 2000, 200 }, (u64[]){ 0, 0, 0 });
	EXPECT_EQ(2 * SECOND, self->top.interval);
	EXPECT_EQ(1, self->top.queue[1].queue);
	EXPECT_EQ(500, self->top.queue[0].seen);
	EXPECT_EQ(250, self->top.queue[0].dropped);
	EXPECT_EQ(50, self->top.queue[0].diverted);
	EXPECT_EQ(200, self->top.queue[0].passed);
	EXPECT_EQ(100, self->top.queue[1].seen);
	EXPECT_EQ(600, self->top.total.seen);
	EXPECT_EQ(300, self->top.total.dropped);
	EXPECT_EQ(60, self->top.total.diverted);
	EXPECT_EQ(240, self->top.total.passed);
}

TEST_F(top, rates_of_less_and_of_much)
{
	u64 much = 1ULL << 40;

	read_at(&self->top, SECOND, (u64[]){ 0, 0 }, (u64[]){ 0, 0, 0 });
	read_at(&self->top, SECOND + SECOND / 4, (u64[]){ 1, much }, (u64[]){ 0, 0, 0 });
	EXPECT_EQ(4, self->top.queue[0].seen);
	EXPECT_EQ(4 * much, self->top.queue[1].seen);
	read_at(&self->top, SECOND + SECOND / 4, (u64[]){ 9, much }, (u64[]){ 0, 0, 0 });
	EXPECT_EQ(0, self->top.queue[0].seen);
	read_at(&self->top, 4 * SECOND + SECOND / 4, (u64[]){ 11, much }, (u64[]){ 0, 0, 0 });
	EXPECT_EQ(1, self->top.queue[0].seen);
}

TEST_F(top, counters_that_begin_anew)
{
	read_at(&self->top, 1 * SECOND, (u64[]){ 1000, 0 }, (u64[]){ 500, 0, 0 });
	read_at(&self->top, 2 * SECOND, (u64[]){ 30, 0 }, (u64[]){ 20, 0, 0 });
	EXPECT_EQ(30, self->top.queue[0].seen);
	EXPECT_EQ(20, self->top.rule[0].rate.packets);
}

TEST_F(top, rules_by_their_rate)
{
	read_at(&self->top, 1 * SECOND, (u64[]){ 0, 0 }, (u64[]){ 9000, 10, 0 });
	read_at(&self->top, 3 * SECOND, (u64[]){ 0, 0 }, (u64[]){ 9010, 10, 400 });
	EXPECT_EQ(3, self->top.rule[0].rule->id);
	EXPECT_EQ(200, self->top.rule[0].rate.packets);
	EXPECT_EQ(20000, self->top.rule[0].rate.bytes);
	EXPECT_EQ(1, self->top.rule[1].rule->id);
	EXPECT_EQ(5, self->top.rule[1].rate.packets);
	EXPECT_EQ(2, self->top.rule[2].rule->id);
	EXPECT_EQ(0, self->top.rule[2].rate.packets);
}

TEST_F(top, rules_that_come_go_and_move)
{
	struct rule_states states = reading((u64[]){ 0, 0 }, (u64[]){ 1000, 2000, 3000 });

	top_read(&self->top, &states, SECOND);
	EXPECT_EQ(0, states.count);
	states = reading((u64[]){ 0, 0 }, (u64[]){ 3001, 1002, 7 });
	states.rule[0].id = 3;
	states.rule[1].id = 1;
	states.rule[2].id = 9;
	top_read(&self->top, &states, 2 * SECOND);
	EXPECT_EQ(9, self->top.rule[0].rule->id);
	EXPECT_EQ(7, self->top.rule[0].rate.packets);
	EXPECT_EQ(1, self->top.rule[1].rule->id);
	EXPECT_EQ(2, self->top.rule[1].rate.packets);
	EXPECT_EQ(3, self->top.rule[2].rule->id);
	EXPECT_EQ(1, self->top.rule[2].rate.packets);
}

TEST_F(top, an_own_rule_is_another_than_the_one_of_its_number)
{
	struct rule_states states = reading((u64[]){ 0, 0 }, (u64[]){ 10, 20, 30 });

	states.rule[0].own = true;
	states.rule[0].id = 3;
	top_read(&self->top, &states, SECOND);
	states = reading((u64[]){ 0, 0 }, (u64[]){ 35, 20, 11 });
	states.rule[0].id = 3;
	states.rule[2].own = true;
	top_read(&self->top, &states, 2 * SECOND);
	EXPECT_FALSE(self->top.rule[0].rule->own);
	EXPECT_EQ(5, self->top.rule[0].rate.packets);
	EXPECT_TRUE(self->top.rule[1].rule->own);
	EXPECT_EQ(1, self->top.rule[1].rate.packets);
}

TEST_F(top, nothing_is_there)
{
	struct rule_states none = { };

	top_read(&self->top, &none, SECOND);
	top_read(&self->top, &none, 2 * SECOND);
	EXPECT_EQ(0, self->top.total.seen);
	EXPECT_EQ(0, top_weight(&self->top));
}

/* A record of a frame, cut at @captured, exactly as long as that, for ASan to guard. */
static struct fastdrop_record *record_of(const struct frame *frame, u32 captured, u16 packets)
{
	static u8 bytes[FRAME_MAX + ETH_HLEN];
	struct fastdrop_record *record;
	__u16 ethertype;
	u32 length = ETH_HLEN + frame_build(frame, bytes + ETH_HLEN, &ethertype);

	captured = captured < length ? captured : length;
	record = calloc(1, sizeof(*record) + captured);
	*record = (struct fastdrop_record){
		.length = sizeof(*record) + captured,
		.type = FASTDROP_RECORD_PACKET,
		.wire_length = length,
		.captured = captured,
		.packets = packets,
		.network = ETH_HLEN,
		.protocol = htons(ethertype),
	};
	memcpy(record + 1, bytes, captured);
	return record;
}

static void sample_cut(struct top *top, const struct frame *frame, u32 captured, u16 packets)
{
	struct fastdrop_record *record = record_of(frame, captured, packets);

	top_sample(top, record);
	free(record);
}

static void sample(struct top *top, const struct frame *frame, u16 packets)
{
	sample_cut(top, frame, FRAME_MAX, packets);
}

/* Whether the @n-th of a list is so. */
static bool is_hit(const struct top *top, enum top_list list, u32 n, const char *text, u64 packets)
{
	struct hitter hits[8];
	char is[TOP_TEXT] = "none";
	u32 count = top_hits(top, list, hits, 8);

	if (n < count)
		top_text(list, &hits[n], is);
	if (n < count && !strcmp(is, text) && hits[n].packets == packets)
		return true;
	printf("# %s: %s, %llu of %u\n", top_name(list), is, n < count ? hits[n].packets : 0, count);
	return false;
}

/* How many there are. */
static u32 hits(const struct top *top, enum top_list list)
{
	struct hitter hits[8];

	return top_hits(top, list, hits, 8);
}

TEST_F(top, a_packet_is_in_each_list)
{
	sample(&self->top, &(struct frame){ .ttl = 63, .payload = 100 }, 1);
	EXPECT_TRUE(is_hit(&self->top, TOP_SOURCES, 0, FRAME_SRC4, 1));
	EXPECT_TRUE(is_hit(&self->top, TOP_DESTINATIONS, 0, FRAME_DST4, 1));
	EXPECT_TRUE(is_hit(&self->top, TOP_PORTS, 0, "udp dport 4321", 1));
	EXPECT_TRUE(is_hit(&self->top, TOP_PROTOCOLS, 0, "udp", 1));
	EXPECT_TRUE(is_hit(&self->top, TOP_LENGTHS, 0, "len 124", 1));
	EXPECT_TRUE(is_hit(&self->top, TOP_TTLS, 0, "ttl 63", 1));
	EXPECT_EQ(1, top_weight(&self->top));
}

TEST_F(top, one_of_ip6_too)
{
	sample(&self->top, &(struct frame){ .ip6 = true, .proto = 6, .dport = 443 }, 1);
	EXPECT_TRUE(is_hit(&self->top, TOP_SOURCES, 0, FRAME_SRC6, 1));
	EXPECT_TRUE(is_hit(&self->top, TOP_DESTINATIONS, 0, FRAME_DST6, 1));
	EXPECT_TRUE(is_hit(&self->top, TOP_PORTS, 0, "tcp dport 443", 1));
	EXPECT_TRUE(is_hit(&self->top, TOP_PROTOCOLS, 0, "tcp", 1));
	EXPECT_TRUE(is_hit(&self->top, TOP_LENGTHS, 0, "len 62", 1));
	EXPECT_TRUE(is_hit(&self->top, TOP_TTLS, 0, "ttl 64", 1));
}

TEST_F(top, a_record_weighs_what_it_stands_for)
{
	sample(&self->top, &(struct frame){ .src = "192.0.2.9" }, 45);
	sample(&self->top, &(struct frame){ .src = "192.0.2.8" }, 1);
	sample(&self->top, &(struct frame){ .src = "192.0.2.8" }, 0);
	EXPECT_TRUE(is_hit(&self->top, TOP_SOURCES, 0, "192.0.2.9", 45));
	EXPECT_TRUE(is_hit(&self->top, TOP_SOURCES, 1, "192.0.2.8", 2));
	EXPECT_TRUE(is_hit(&self->top, TOP_LENGTHS, 0, "len 42", 2));
	EXPECT_EQ(47, top_weight(&self->top));
	EXPECT_EQ(0, self->top.shown);
	read_at(&self->top, SECOND, (u64[]){ 0, 0 }, (u64[]){ 0, 0, 0 });
	EXPECT_EQ(47, self->top.shown);
	read_at(&self->top, 2 * SECOND, (u64[]){ 0, 0 }, (u64[]){ 0, 0, 0 });
	EXPECT_EQ(0, self->top.shown);
	EXPECT_EQ(47, top_weight(&self->top));
}

TEST_F(top, protocols_by_their_names_or_numbers)
{
	sample(&self->top, &(struct frame){ .proto = 99 }, 5);
	sample(&self->top, &(struct frame){ .ethertype = 0x88cc }, 4);
	sample(&self->top, &(struct frame){ .ethertype = 0x0806 }, 3);
	sample(&self->top, &(struct frame){ .ip6 = true, .proto = 58 }, 2);
	EXPECT_TRUE(is_hit(&self->top, TOP_PROTOCOLS, 0, "proto 99", 5));
	EXPECT_TRUE(is_hit(&self->top, TOP_PROTOCOLS, 1, "ether 0x88cc", 4));
	EXPECT_TRUE(is_hit(&self->top, TOP_PROTOCOLS, 2, "arp", 3));
	EXPECT_TRUE(is_hit(&self->top, TOP_PROTOCOLS, 3, "icmp6", 2));
	EXPECT_EQ(2, hits(&self->top, TOP_SOURCES));
	EXPECT_EQ(0, hits(&self->top, TOP_PORTS));
}

TEST_F(top, ports_of_a_protocol)
{
	sample(&self->top, &(struct frame){ .dport = 53 }, 3);
	sample(&self->top, &(struct frame){ .dport = 53, .proto = 6 }, 2);
	sample(&self->top, &(struct frame){ .dport = 53, .proto = 136 }, 1);
	EXPECT_TRUE(is_hit(&self->top, TOP_PORTS, 0, "udp dport 53", 3));
	EXPECT_TRUE(is_hit(&self->top, TOP_PORTS, 1, "tcp dport 53", 2));
	EXPECT_TRUE(is_hit(&self->top, TOP_PORTS, 2, "proto 136 dport 53", 1));
}

TEST_F(top, what_is_behind_a_tag)
{
	sample(&self->top, &(struct frame){ .vlan = 5 }, 1);
	EXPECT_TRUE(is_hit(&self->top, TOP_SOURCES, 0, FRAME_SRC4, 1));
	EXPECT_TRUE(is_hit(&self->top, TOP_PROTOCOLS, 0, "udp", 1));
}

TEST_F(top, what_was_not_captured_is_left_out)
{
	sample_cut(&self->top, &(struct frame){ .payload = 1000 }, ETH_HLEN + 20, 1);
	EXPECT_EQ(0, hits(&self->top, TOP_PORTS));
	EXPECT_TRUE(is_hit(&self->top, TOP_LENGTHS, 0, "len 1024", 1));
	sample_cut(&self->top, &(struct frame){ .payload = 1000 }, ETH_HLEN, 1);
	sample_cut(&self->top, &(struct frame){ .payload = 1000 }, 3, 1);
	sample_cut(&self->top, &(struct frame){ .payload = 1000 }, 0, 1);
	EXPECT_EQ(4, top_weight(&self->top));
	sample_cut(&self->top, &(struct frame){ .payload = 1000 }, ETH_HLEN + 24, 1);
	EXPECT_TRUE(is_hit(&self->top, TOP_PORTS, 0, "udp dport 4321", 1));
	EXPECT_TRUE(is_hit(&self->top, TOP_LENGTHS, 0, "len 1024", 2));
}

TEST_F(top, the_end_of_a_device_is_no_packet)
{
	struct fastdrop_record *record = record_of(&(struct frame){ }, FRAME_MAX, 1);

	record->type = FASTDROP_RECORD_END;
	top_sample(&self->top, record);
	free(record);
	EXPECT_EQ(0, top_weight(&self->top));
}

TEST_F(top, what_is_of_late_counts_more)
{
	sample(&self->top, &(struct frame){ .src = "192.0.2.1" }, 100);
	top_decay(&self->top);
	sample(&self->top, &(struct frame){ .src = "192.0.2.2" }, 60);
	EXPECT_TRUE(is_hit(&self->top, TOP_SOURCES, 0, "192.0.2.2", 60));
	EXPECT_TRUE(is_hit(&self->top, TOP_SOURCES, 1, "192.0.2.1", 50));
	EXPECT_TRUE(is_hit(&self->top, TOP_TTLS, 0, "ttl 64", 110));
	EXPECT_EQ(110, top_weight(&self->top));
}

TEST_F(top, random_sources_do_not_stand_out)
{
	char src[INET_ADDRSTRLEN];
	u32 i;

	for (i = 0; i < TOP_MANY; i++) {
		snprintf(src, sizeof(src), "10.255.%u.2", i);
		EXPECT_EQ(i < 8 ? i : 8, hits(&self->top, TOP_SOURCES));
		sample(&self->top, &(struct frame){ .src = src }, 1);
	}
	EXPECT_EQ(0, hits(&self->top, TOP_SOURCES));
	for (i = 0; i < 20000; i++) {
		snprintf(src, sizeof(src), "10.%u.%u.1", i >> 8, i & 0xff);
		sample(&self->top, &(struct frame){ .src = src }, 1 + i % 3);
	}
	EXPECT_EQ(0, hits(&self->top, TOP_SOURCES));
	EXPECT_EQ(1, hits(&self->top, TOP_DESTINATIONS));
	for (i = 0; i < 400; i++)
		sample(&self->top, &(struct frame){ .src = "192.0.2.1" }, 1);
	EXPECT_EQ(1, hits(&self->top, TOP_SOURCES));
}

TEST_HARNESS_MAIN
