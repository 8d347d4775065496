/* SPDX-License-Identifier: GPL-2.0 */
/* The frames and the rows of differential.c. */
#ifndef FASTDROP_TESTS_DIFFERENTIAL_H
#define FASTDROP_TESTS_DIFFERENTIAL_H

#include "frame.h"

/**
 * struct named_frame - a frame
 * @name: what rows call it
 * @frame: what it is
 * @set: bytes that are changed in it, counted from the network header
 * @set_count: how many
 */
struct named_frame {
	const char *name;
	struct frame frame;
	struct {
		__u16 at;
		__u8 value;
	} set[8];
	__u8 set_count;
};

#define EXT(...)	.ext = { __VA_ARGS__ }, \
			.ext_count = sizeof((const __u8[]){ __VA_ARGS__ })
#define SET(n, ...)	.set = { __VA_ARGS__ }, .set_count = n
#define FLAGS4(f)	SET(2, { 20 + 12, 0x50 }, { 20 + 13, f })
#define FLAGS6(f)	SET(2, { 40 + 12, 0x50 }, { 40 + 13, f })
#define ICMP(t, c)	.sport = (t) << 8 | (c)

static const struct named_frame frames[] = {
	/* UDP over IPv4 */
	{ "udp4",	{ } },
	{ "udp4-src2",	{ .src = "192.0.2.2" } },
	{ "udp4-src200", { .src = "192.0.2.200" } },
	{ "udp4-src3",	{ .src = "192.0.3.0" } },
	{ "udp4-back",	{ .src = FRAME_DST4, .dst = FRAME_SRC4, .sport = 4321, .dport = 1024 } },
	{ "udp4-dst6",	{ .dst = "198.51.100.6" } },
	{ "udp4-dst8",	{ .dst = "198.51.100.8" } },
	{ "udp4-mcast",	{ .dst = "224.0.0.251", .sport = 5353, .dport = 5353 } },
	{ "dns4",	{ .dport = 53, .payload = 40 } },
	{ "dns4-reply",	{ .sport = 53, .dport = 40000, .payload = 500 } },
	{ "udp4-3999",	{ .dport = 3999 } },
	{ "udp4-4000",	{ .dport = 4000 } },
	{ "udp4-5000",	{ .dport = 5000 } },
	{ "udp4-5001",	{ .dport = 5001 } },
	{ "udp4-nodata", { .payload = 4 } },
	{ "udp4-long",	{ .payload = 1400 } },
	{ "udp4-dtls",	{ .payload = 40 },
	  SET(4, { 28, 0x16 }, { 29, 0xfe }, { 30, 0xfd }, { 31, 0x01 }) },
	{ "udp4-dtls-opt", { .payload = 40, .options = 8 },
	  SET(3, { 36, 0x16 }, { 37, 0xfe }, { 38, 0xfd }) },
	{ "udp4-ttl1",	{ }, SET(1, { 8, 1 }) },
	{ "udp4-ttl5",	{ }, SET(1, { 8, 5 }) },
	{ "udp4-ttl255", { }, SET(1, { 8, 255 }) },
	{ "udp4-ef",	{ }, SET(1, { 1, 0xb8 }) },
	{ "udp4-ef-ecn", { }, SET(1, { 1, 0xba }) },
	{ "udp4-ecn",	{ }, SET(1, { 1, 0x02 }) },
	{ "udp4-df",	{ }, SET(1, { 6, 0x40 }) },
	{ "udp4-evil",	{ }, SET(1, { 6, 0x80 }) },
	{ "udp4-opt4",	{ .options = 4 } },
	{ "udp4-opt40",	{ .options = 40 } },
	{ "udp4-first",	{ .more = true, .payload = 1400 } },
	{ "udp4-later",	{ .more = true, .offset = 1408, .payload = 1400 } },
	{ "udp4-last",	{ .offset = 2816 } },
	{ "udp4-pad",	{ .pad = 30 } },

	/* TCP over IPv4 */
	{ "tcp4-syn",	{ .proto = 6 }, FLAGS4(0x02) },
	{ "tcp4-synack", { .proto = 6 }, FLAGS4(0x12) },
	{ "tcp4-ack",	{ .proto = 6 }, FLAGS4(0x10) },
	{ "tcp4-rst",	{ .proto = 6 }, FLAGS4(0x04) },
	{ "tcp4-finack", { .proto = 6 }, FLAGS4(0x11) },
	{ "tcp4-none",	{ .proto = 6 }, FLAGS4(0) },
	{ "tcp4-xmas",	{ .proto = 6 }, FLAGS4(0x29) },
	{ "tcp4-synece", { .proto = 6 }, FLAGS4(0xc2) },
	{ "tcp4-80",	{ .proto = 6, .dport = 80 }, FLAGS4(0x02) },
	{ "tcp4-443",	{ .proto = 6, .dport = 443, .src = "192.0.2.2" }, FLAGS4(0x10) },
	{ "tcp4-get",	{ .proto = 6, .dport = 80, .payload = 60 },
	  SET(5, { 32, 0x80 }, { 33, 0x18 }, { 52, 'G' }, { 53, 'E' }, { 54, 'T' }) },
	{ "tcp4-opt",	{ .proto = 6, .options = 8 }, SET(2, { 40, 0x50 }, { 41, 0x02 }) },
	{ "tcp4-later",	{ .proto = 6, .offset = 1408, .dport = 80 } },
	{ "tcp4-noflags", { .proto = 6, .payload = 6 } },

	/* other protocols over IPv4 */
	{ "icmp4-echo",	{ .proto = 1, ICMP(8, 0) } },
	{ "icmp4-reply", { .proto = 1 }, SET(2, { 20, 0 }, { 21, 0 }) },
	{ "icmp4-port",	{ .proto = 1, ICMP(3, 3) } },
	{ "icmp4-net",	{ .proto = 1, ICMP(3, 0) } },
	{ "icmp4-later", { .proto = 1, ICMP(8, 0), .offset = 1480 } },
	{ "igmp4",	{ .proto = 2 } },
	{ "gre4",	{ .proto = 47 } },
	{ "esp4",	{ .proto = 50 } },
	{ "ah4",	{ .proto = 51 } },
	{ "sctp4",	{ .proto = 132 } },
	{ "sctp4-80",	{ .proto = 132, .dport = 80 } },
	{ "dccp4",	{ .proto = 33 } },
	{ "udplite4",	{ .proto = 136 } },
	{ "proto58-4",	{ .proto = 58, ICMP(128, 0) } },
	{ "proto255-4",	{ .proto = 255 } },

	/* IPv4 that is not as it should be */
	{ "udp4-cut",	{ .payload = 60, .cut = 40 } },
	{ "udp4-cut22",	{ .cut = 22 } },
	{ "udp4-cut10",	{ .cut = 10 } },
	{ "udp4-short",	{ .cut = 22, .total = 22 } },
	{ "udp4-inpad",	{ .total = 20 } },
	{ "udp4-total19", { .total = 19 } },
	{ "udp4-ihl4",	{ .first = 0x44 } },
	{ "udp4-ver5",	{ .first = 0x55 } },

	/* IPv6 */
	{ "udp6",	{ .ip6 = true } },
	{ "udp6-src2",	{ .src = "2001:db8::2" } },
	{ "udp6-dst9",	{ .dst = "2001:db9::7" } },
	{ "dns6",	{ .ip6 = true, .dport = 53 } },
	{ "udp6-4500",	{ .ip6 = true, .dport = 4500 } },
	{ "udp6-long",	{ .ip6 = true, .payload = 1400 } },
	{ "udp6-dtls",	{ .ip6 = true, .payload = 40 },
	  SET(3, { 48, 0x16 }, { 49, 0xfe }, { 50, 0xfd }) },
	{ "tcp6-syn",	{ .ip6 = true, .proto = 6 }, FLAGS6(0x02) },
	{ "tcp6-ack80",	{ .ip6 = true, .proto = 6, .dport = 80 }, FLAGS6(0x10) },
	{ "icmp6-echo",	{ .ip6 = true, .proto = 58, ICMP(128, 0) } },
	{ "icmp6-ns",	{ .ip6 = true, .proto = 58, ICMP(135, 0) } },
	{ "proto1-6",	{ .ip6 = true, .proto = 1, ICMP(8, 0) } },
	{ "sctp6-80",	{ .ip6 = true, .proto = 132, .dport = 80 } },
	{ "gre6",	{ .ip6 = true, .proto = 47 } },
	{ "udp6-ttl1",	{ .ip6 = true }, SET(1, { 7, 1 }) },
	{ "udp6-ef",	{ .ip6 = true }, SET(2, { 0, 0x6b }, { 1, 0x80 }) },
	{ "udp6-flow",	{ .ip6 = true }, SET(1, { 1, 0x0f }) },
	{ "udp6-hop",	{ .ip6 = true, EXT(0) } },
	{ "udp6-dstopt", { .ip6 = true, EXT(60) } },
	{ "udp6-route",	{ .ip6 = true, EXT(43) } },
	{ "tcp6-hop",	{ .ip6 = true, .proto = 6, EXT(0), .dport = 80 },
	  SET(2, { 60, 0x50 }, { 61, 0x02 }) },
	{ "icmp6-mld",	{ .ip6 = true, .proto = 58, EXT(0), ICMP(143, 0) } },
	{ "udp6-first",	{ .ip6 = true, EXT(44), .more = true } },
	{ "udp6-later",	{ .ip6 = true, EXT(44), .offset = 1408 } },
	{ "udp6-atomic", { .ip6 = true, EXT(44) } },
	{ "udp6-ah",	{ .ip6 = true, EXT(51) } },
	{ "udp6-9ext",	{ .ip6 = true, EXT(0, 60, 60, 60, 60, 60, 60, 60, 60) } },
	{ "udp6-cut",	{ .ip6 = true, .cut = 45 } },
	{ "udp6-cut30",	{ .ip6 = true, .cut = 30 } },
	{ "udp6-ver4",	{ .ip6 = true, .first = 0x40 } },

	/* no IP */
	{ "arp",	{ .ethertype = ETH_P_ARP } },
	{ "arp-src",	{ .ethertype = ETH_P_ARP },
	  SET(4, { 14, 192 }, { 15, 0 }, { 16, 2 }, { 17, 1 }) },
	{ "lldp",	{ .ethertype = 0x88cc } },
	{ "llc",	{ .ethertype = 22 } },

	/* tags */
	{ "udp4-vlan10", { .vlan = 10 } },
	{ "udp4-vlan20", { .vlan = 20 } },
	{ "dns4-vlan10", { .vlan = 10, .dport = 53 } },
	{ "tcp4-vlan10", { .vlan = 10, .proto = 6, .dport = 80 }, FLAGS4(0x02) },
	{ "udp6-vlan10", { .vlan = 10, .ip6 = true } },
	{ "udp6-hop-vlan10", { .vlan = 10, .ip6 = true, EXT(0) } },
	{ "arp-vlan10",	{ .vlan = 10, .ethertype = ETH_P_ARP } },
	{ "udp4-ad30",	{ .outer = 30 } },
	{ "udp4-qinq",	{ .outer = 100, .vlan = 10 } },
	{ "udp4-qinq10", { .outer = 10, .vlan = 20 } },
	{ "udp6-qinq",	{ .outer = 100, .vlan = 10, .ip6 = true } },
	{ "udp4-3tags",	{ .outer = 100, .vlan = 10, .third = 20 } },
	{ "udp4-4tags",	{ .outer = 100, .vlan = 10, .third = 20, .ethertype = ETH_P_8021Q } },
};

/* In @through of a row. */
#define TAGS	1

/**
 * struct row - an expression of tcpdump, and the rule that is to say the same
 * @expression: of tcpdump
 * @rule: without its action; BPF in it stands for the expression, compiled
 * @through: of frames with tags the rule matches those that the expression
 *	matches without them: TAGS or 0
 * @engine: names of frames that the rule matches for all that, and tcpdump does not
 * @tcpdump: names of frames that tcpdump matches, and the rule does not
 * @why: the reason why they differ at all; NULL if they do not
 */
struct row {
	const char *expression;
	const char *rule;
	unsigned int through;
	const char *engine;
	const char *tcpdump;
	const char *why;
};

#include "differential_rows.h"

#endif /* FASTDROP_TESTS_DIFFERENTIAL_H */
