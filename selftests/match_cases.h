/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What each match of the rule language holds for, and what not: the engine's
 * unit tests and the module's selftest both go by this table.
 */
#ifndef FASTDROP_MATCH_CASES_H
#define FASTDROP_MATCH_CASES_H

#include "frame.h"

struct match_case {
	const char *rule;	/* without its action */
	bool holds;
	const char *what;	/* the frame, in words */
	struct frame frame;
};

#define EXT(...)	.ext = { __VA_ARGS__ }, \
			.ext_count = sizeof((const __u8[]){ __VA_ARGS__ })

#define HOPOPTS		0
#define ROUTING		43
#define FRAGMENT	44
#define AUTH		51
#define DSTOPTS		60

#define TCP		6
#define SCTP		132
#define DCCP		33
#define UDPLITE		136
#define ICMP		1
#define ICMP6		58
#define GRE		47
#define ESP		50

/* A driver may have a large frame in pieces, of which the first ends somewhere here. */
#define ACROSS(n)	{ "payload 3440:696e207069656365", true, \
			  "8 bytes across pieces, " #n " of options", \
			  { .payload = 8000, .at = 3440, .data = "in piece", .options = n } }

static const struct match_case match_cases[] = {
	/* family */
	{ "ip",	true,	"IPv4",			{ } },
	{ "ip",	false,	"IPv6",			{ .ip6 = true } },
	{ "ip",	false,	"ARP",			{ .ethertype = ETH_P_ARP } },
	{ "ip",	true,	"IPv4 in a VLAN",	{ .vlan = 10 } },
	{ "ip",	true,	"IPv4 in QinQ",		{ .outer = 10, .vlan = 20 } },
	{ "ip6", true,	"IPv6",			{ .ip6 = true } },
	{ "ip6", true,	"IPv6 in a VLAN",	{ .ip6 = true, .vlan = 10 } },
	{ "ip6", false,	"IPv4",			{ } },
	{ "arp", true,	"ARP",			{ .ethertype = ETH_P_ARP } },
	{ "arp", true,	"ARP in a VLAN",	{ .ethertype = ETH_P_ARP, .vlan = 10 } },
	{ "arp", false,	"IPv4",			{ } },
	{ "ether 0x88cc", true,	"LLDP",		{ .ethertype = 0x88cc } },
	{ "ether 0x88cc", false, "ARP",		{ .ethertype = ETH_P_ARP } },
	{ "ether 0x0800", true,	"IPv4",		{ } },
	{ "ether 0x0800", true,	"IPv4 that cannot be read", { .first = 0x55 } },
	{ "ether 0x0800", false, "IPv6",	{ .ip6 = true } },

	/* protocol */
	{ "udp", true,	"UDP",			{ } },
	{ "udp", true,	"UDP over IPv6",	{ .ip6 = true } },
	{ "udp", false,	"TCP",			{ .proto = TCP } },
	{ "udp", false,	"ARP",			{ .ethertype = ETH_P_ARP } },
	{ "tcp", true,	"TCP",			{ .proto = TCP } },
	{ "tcp", true,	"TCP over IPv6",	{ .ip6 = true, .proto = TCP } },
	{ "tcp", false,	"UDP",			{ } },
	{ "icmp", true,	"ICMP",			{ .proto = ICMP } },
	{ "icmp", false, "IPv6 with proto 1",	{ .ip6 = true, .proto = ICMP } },
	{ "icmp6", true, "ICMPv6",		{ .ip6 = true, .proto = ICMP6 } },
	{ "icmp6", false, "IPv4 with proto 58",	{ .proto = ICMP6 } },
	{ "sctp", true,	"SCTP",			{ .proto = SCTP } },
	{ "gre", true,	"GRE",			{ .proto = GRE } },
	{ "gre", false,	"ESP",			{ .proto = ESP } },
	{ "esp", true,	"ESP",			{ .proto = ESP } },
	{ "ah", true,	"AH",			{ .proto = AUTH } },
	{ "ah", true,	"AH over IPv6",		{ .ip6 = true, .proto = AUTH } },
	{ "proto 0", true, "IPv4 with proto 0",	{ .proto0 = true } },
	{ "proto 0", false, "UDP",		{ } },
	{ "proto 0", false, "IPv4 that cannot be read", { .first = 0x55 } },
	{ "proto 255", true, "proto 255",	{ .proto = 255 } },
	{ "ip6 proto 17", true, "UDP over IPv6", { .ip6 = true } },
	{ "ip6 proto 17", false, "UDP over IPv4", { } },

	/* source and destination, IPv4 */
	{ "src 192.0.2.1", true, "this source",	{ } },
	{ "src 192.0.2.1", false, "the next",	{ .src = "192.0.2.2" } },
	{ "src 192.0.2.1", false, "it as destination", { .src = "192.0.2.2", .dst = "192.0.2.1" } },
	{ "src 192.0.2.0/24", true, "first of the prefix", { .src = "192.0.2.0" } },
	{ "src 192.0.2.0/24", true, "last of the prefix", { .src = "192.0.2.255" } },
	{ "src 192.0.2.0/24", false, "one above", { .src = "192.0.3.0" } },
	{ "src 192.0.2.0/24", false, "one below", { .src = "192.0.1.255" } },
	{ "src 128.0.0.0/1", true, "its half",	{ .src = "255.255.255.255" } },
	{ "src 128.0.0.0/1", false, "the other", { .src = "127.255.255.255" } },
	{ "src 0.0.0.0/0", true, "any IPv4",	{ .src = "255.255.255.255" } },
	{ "src 0.0.0.0/0", false, "IPv6",	{ .ip6 = true } },
	{ "src 0.0.0.0", false, "IPv4 that cannot be read", { .first = 0x55 } },
	{ "dst 198.51.100.7", true, "this destination", { } },
	{ "dst 198.51.100.7", false, "the next", { .dst = "198.51.100.8" } },
	{ "dst 198.51.100.7", true, "with IP options", { .options = 40 } },
	{ "dst 198.51.100.7", true, "in a later fragment", { .offset = 8 } },
	{ "dst 198.51.100.7", true, "with half of the ports", { .cut = 22, .total = 22 } },
	{ "dst 198.51.100.6/31", true, "in the prefix", { } },
	{ "dst 198.51.100.4/31", false, "behind the prefix", { } },
	{ "src 192.0.2.1 dst 198.51.100.7", true, "both", { } },
	{ "src 192.0.2.1 dst 198.51.100.7", false, "the destination only", { .src = "192.0.2.2" } },
	{ "src 192.0.2.1 dst 198.51.100.7", false, "the source only", { .dst = "192.0.2.2" } },

	/* source and destination, IPv6 */
	{ "src 2001:db8::1", true, "this source", { .ip6 = true } },
	{ "src 2001:db8::1", false, "the next",	{ .src = "2001:db8::2" } },
	{ "dst 2001:db8:1::7", true, "this destination", { .ip6 = true } },
	{ "dst 2001:db8:1::7", false, "other in the first word", { .dst = "2002:db8:1::7" } },
	{ "dst 2001:db8:1::7", false, "other in the second word", { .dst = "2001:db8:2::7" } },
	{ "dst 2001:db8:1::7", false, "other in the third word", { .dst = "2001:db8:1:0:1::7" } },
	{ "dst 2001:db8:1::7", false, "other in the last word", { .dst = "2001:db8:1::8" } },
	{ "dst 2001:db8::/32", true, "first of the prefix", { .dst = "2001:db8::" } },
	{ "dst 2001:db8::/32", true, "last of the prefix",
	  { .dst = "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff" } },
	{ "dst 2001:db8::/32", false, "one above", { .dst = "2001:db9::" } },
	{ "dst 2001:db8::/33", false, "the other half", { .dst = "2001:db8:8000::" } },
	{ "dst 2001:db8::/127", true, "a prefix of 127", { .dst = "2001:db8::1" } },
	{ "dst 2001:db8::/127", false, "one above", { .dst = "2001:db8::2" } },
	{ "src ::/0", true, "any IPv6",		{ .ip6 = true } },
	{ "src ::/0", false, "IPv4",		{ } },
	{ "src ::c000:201", false, "IPv4 with the same bits", { } },
	{ "dst 2001:db8:1::7", true, "in a later fragment", { .ip6 = true, EXT(FRAGMENT), .offset = 8 } },
	{ "dst 2001:db8:1::7", true, "behind too many headers",
	  { .ip6 = true, EXT(0, 60, 60, 60, 60, 60, 60, 60, 60) } },

	/* ports */
	{ "dport 4321", true, "UDP",		{ } },
	{ "dport 4321", true, "TCP",		{ .proto = TCP } },
	{ "dport 4321", true, "SCTP",		{ .proto = SCTP } },
	{ "dport 4321", true, "DCCP",		{ .proto = DCCP } },
	{ "dport 4321", true, "UDP-Lite",	{ .proto = UDPLITE } },
	{ "dport 4321", false, "ICMP",		{ .proto = ICMP } },
	{ "dport 4321", false, "GRE",		{ .proto = GRE } },
	{ "dport 4321", false, "the next port",	{ .dport = 4322 } },
	{ "dport 4321", false, "as source port", { .sport = 4321, .dport = 1024 } },
	{ "sport 1024", true, "this source port", { } },
	{ "sport 1024", false, "another",	{ .sport = 1025 } },
	{ "udp dport 4321", true, "UDP",	{ } },
	{ "udp dport 4321", false, "TCP",	{ .proto = TCP } },
	{ "dport 4000-5000", true, "within",	{ } },
	{ "dport 4000-5000", true, "its first",	{ .dport = 4000 } },
	{ "dport 4000-5000", true, "its last",	{ .dport = 5000 } },
	{ "dport 4000-5000", false, "one below", { .dport = 3999 } },
	{ "dport 4000-5000", false, "one above", { .dport = 5001 } },
	{ "dport 0-65535", true, "any port",	{ .dport = 65535 } },
	{ "dport 0-65535", false, "no ports",	{ .proto = ICMP } },
	{ "dport 0-100", false, "no ports",	{ .proto = ICMP } },
	{ "sport 1000-2000 dport 4000-5000", true, "both", { } },
	{ "sport 1000-2000 dport 4000-5000", false, "the source only", { .dport = 1 } },
	{ "sport 1000-2000 dport 4000-5000", false, "the destination only", { .sport = 1 } },
	{ "src 192.0.2.1 udp sport 1024 dport 4321", true, "all of it", { } },
	{ "dport 4321", true, "in a VLAN",	{ .vlan = 10 } },
	{ "dport 4321", true, "in QinQ",	{ .outer = 10, .vlan = 20 } },

	/* odd headers: ports are where the IP header says, or nowhere */
	{ "dport 4321", true, "4 bytes of options", { .options = 4 } },
	{ "dport 4321", true, "40 bytes of options", { .options = 40 } },
	{ "dport 4321", true, "the first fragment", { .more = true } },
	{ "dport 4321", false, "a later fragment", { .offset = 8, .more = true } },
	{ "dport 4321", false, "the last fragment", { .offset = 1480 } },
	{ "dport 4321", true, "nothing behind the ports", { .no_payload = true } },
	{ "dport 4321", false, "half of the ports", { .cut = 22, .total = 22 } },
	{ "dport 4321", false, "ports in the padding", { .total = 20 } },
	{ "dport 4321", false, "a length of 22, and padding", { .total = 22, .pad = 30 } },
	{ "dport 4321", false, "a length beyond the frame", { .total = 1000 } },
	{ "dport 4321", false, "a length below the header", { .total = 19 } },
	{ "dport 4321", false, "a header of 16 bytes", { .first = 0x44 } },
	{ "dport 4321", false, "a header beyond the length", { .first = 0x4f } },
	{ "dport 4321", false, "IPv4 of version 5", { .first = 0x55 } },
	{ "dport 4321", false, "IPv6 of version 4", { .ip6 = true, .first = 0x40 } },
	{ "dport 4321", true, "padding behind",	{ .pad = 100 } },

	/* IPv6 extension headers */
	{ "udp dport 4321", true, "hop-by-hop",	{ .ip6 = true, EXT(HOPOPTS) } },
	{ "udp dport 4321", true, "routing",	{ .ip6 = true, EXT(ROUTING) } },
	{ "udp dport 4321", true, "destination options", { .ip6 = true, EXT(DSTOPTS) } },
	{ "udp dport 4321", true, "four of them", { .ip6 = true,
		EXT(HOPOPTS, DSTOPTS, ROUTING, DSTOPTS) } },
	{ "udp dport 4321", true, "eight of them", { .ip6 = true,
		EXT(0, 60, 60, 60, 60, 60, 60, 60) } },
	{ "udp dport 4321", false, "nine of them", { .ip6 = true,
		EXT(0, 60, 60, 60, 60, 60, 60, 60, 60) } },
	{ "udp dport 4321", true, "long ones",	{ .ip6 = true, EXT(HOPOPTS, DSTOPTS), .ext_bytes = 96 } },
	{ "udp dport 4321", false, "too long ones", { .ip6 = true,
		EXT(HOPOPTS, DSTOPTS), .ext_bytes = 112 } },
	{ "udp dport 4321", true, "the first fragment", { .ip6 = true, EXT(FRAGMENT), .more = true } },
	{ "udp dport 4321", true, "an atomic fragment", { .ip6 = true, EXT(FRAGMENT) } },
	{ "udp dport 4321", false, "a later fragment", { .ip6 = true, EXT(FRAGMENT), .offset = 8 } },
	{ "udp", true,	"a later fragment",	{ .ip6 = true, EXT(FRAGMENT), .offset = 8 } },
	{ "udp", false,	"a later fragment of options", { .ip6 = true,
		EXT(FRAGMENT, DSTOPTS), .offset = 8 } },
	{ "udp", true, "the first fragment, with options", { .ip6 = true,
		EXT(FRAGMENT, DSTOPTS), .more = true } },
	{ "udp", false, "behind AH",		{ .ip6 = true, EXT(AUTH) } },
	{ "ah", true,	"before UDP",		{ .ip6 = true, EXT(AUTH) } },
	{ "udp dport 4321", false, "an extension header cut off", { .ip6 = true,
		EXT(HOPOPTS), .ext_bytes = 64, .cut = 60, .total = 20 } },
	{ "udp", false, "an extension header cut off", { .ip6 = true,
		EXT(HOPOPTS), .ext_bytes = 64, .cut = 60, .total = 20 } },

	/* VLAN: the outermost tag */
	{ "vlan 10", true, "that id",		{ .vlan = 10 } },
	{ "vlan 10", false, "another",		{ .vlan = 11 } },
	{ "vlan 10", false, "no tag",		{ } },
	{ "vlan 10", true, "the outer one",	{ .outer = 10, .vlan = 20 } },
	{ "vlan 10", false, "the inner one",	{ .outer = 20, .vlan = 10 } },
	{ "vlan none", true, "no tag",		{ } },
	{ "vlan none", false, "a tag",		{ .vlan = 10 } },
	{ "vlan 10 arp", true, "ARP",		{ .vlan = 10, .ethertype = ETH_P_ARP } },
	{ "vlan 10 udp dport 4321", true, "UDP", { .vlan = 10 } },

	/* TCP flags: 0x02 SYN, 0x10 ACK */
	{ "flags syn/syn,ack", true, "SYN",	{ .proto = TCP, .flags = 0x02 } },
	{ "flags syn/syn,ack", false, "SYN ACK", { .proto = TCP, .flags = 0x12 } },
	{ "flags syn/syn,ack", true, "SYN and others", { .proto = TCP, .flags = 0xc2 } },
	{ "flags none/fin,syn,rst,psh,ack,urg", true, "none", { .proto = TCP } },
	{ "flags none/fin,syn,rst,psh,ack,urg", false, "ACK", { .proto = TCP, .flags = 0x10 } },
	{ "flags none/syn", false, "UDP",	{ } },
	{ "tcp flags cwr/cwr", true, "CWR over IPv6", { .ip6 = true, .proto = TCP, .flags = 0x80 } },
	{ "flags none/syn", false, "TCP without flags", { .proto = TCP, .cut = 33, .total = 33 } },
	{ "tcp dport 4321", true, "TCP without flags", { .proto = TCP, .cut = 33, .total = 33 } },
	{ "flags none/syn", false, "flags in the padding", { .proto = TCP, .total = 33 } },
	{ "flags none/syn", false, "a later fragment", { .proto = TCP, .offset = 8 } },

	/* ICMP: type and code lie where others have the source port */
	{ "icmp type 8", true, "that type",	{ .proto = ICMP, .sport = 0x0800 } },
	{ "icmp type 8", false, "another",	{ .proto = ICMP, .sport = 0x0300 } },
	{ "icmp type 8", false, "as ICMPv6",	{ .ip6 = true, .proto = ICMP6, .sport = 0x0800 } },
	{ "icmp type 3 code 4", true, "both",	{ .proto = ICMP, .sport = 0x0304 } },
	{ "icmp type 3 code 4", false, "another code", { .proto = ICMP, .sport = 0x0301 } },
	{ "icmp code 1", true, "of any type",	{ .proto = ICMP, .sport = 0x0801 } },
	{ "icmp6 type 128", true, "that type",	{ .ip6 = true, .proto = ICMP6, .sport = 0x8000 } },
	{ "icmp6 type 128", true, "behind headers", { .ip6 = true, EXT(HOPOPTS), .proto = ICMP6,
		.sport = 0x8000 } },
	{ "icmp6 type 128", false, "a later fragment", { .ip6 = true, EXT(FRAGMENT), .offset = 8,
		.proto = ICMP6, .sport = 0x8000 } },
	{ "icmp type 8", false, "UDP from port 2048", { .sport = 0x0800 } },

	/* lengths, hop limits, DSCP; a frame has 42 or 62 bytes of IP */
	{ "len 42", true, "IPv4",		{ } },
	{ "len 62", true, "IPv6: with its header", { .ip6 = true } },
	{ "len 42", true, "with padding",	{ .pad = 4 } },
	{ "len 42", false, "43",		{ .payload = 19 } },
	{ "len 42", false, "ARP",		{ .ethertype = ETH_P_ARP } },
	{ "len 40-45", true, "within",		{ .payload = 21 } },
	{ "len 40-45", false, "above",		{ .payload = 22 } },
	{ "len 40-45", true, "below by the frame, not by IP", { .payload = 16, .pad = 20 } },
	{ "len 0-65535", true, "any IPv6",	{ .ip6 = true } },
	{ "len 0-65535", false, "IPv4 that cannot be read", { .first = 0x55 } },
	{ "ttl 1", true, "1",			{ .ttl = 1 } },
	{ "ttl 1", false, "2",			{ .ttl = 2 } },
	{ "ttl 1-5", true, "hop limit 5",	{ .ip6 = true, .ttl = 5 } },
	{ "ttl 1-5", false, "6",		{ .ttl = 6 } },
	{ "dscp 46", true, "EF",		{ .tos = 46 << 2 } },
	{ "dscp 46", true, "EF with ECN",	{ .tos = 46 << 2 | 3 } },
	{ "dscp 46", true, "EF, IPv6",		{ .ip6 = true, .tos = 46 << 2 | 1 } },
	{ "dscp 46", false, "AF41",		{ .tos = 34 << 2 } },
	{ "dscp 0", true, "best effort",	{ } },
	{ "dscp 0", false, "ARP",		{ .ethertype = ETH_P_ARP } },

	/* fragments */
	{ "frag no", true, "no fragment",	{ } },
	{ "frag no", false, "the first",	{ .more = true } },
	{ "frag no", false, "the last",		{ .offset = 8 } },
	{ "frag no", true, "an atomic fragment", { .ip6 = true, EXT(FRAGMENT) } },
	{ "frag no", false, "ARP",		{ .ethertype = ETH_P_ARP } },
	{ "frag no", false, "IPv6 with too many headers", { .ip6 = true,
		EXT(0, 60, 60, 60, 60, 60, 60, 60, 60) } },
	{ "frag any", false, "no fragment",	{ } },
	{ "frag any", true, "the first",	{ .more = true } },
	{ "frag any", true, "a later one",	{ .offset = 8, .more = true } },
	{ "frag any", true, "of IPv6",		{ .ip6 = true, EXT(HOPOPTS, FRAGMENT), .more = true } },
	{ "frag first", true, "the first",	{ .more = true } },
	{ "frag first", false, "a later one",	{ .offset = 8, .more = true } },
	{ "frag first", false, "no fragment",	{ .ip6 = true } },
	{ "frag later", true, "a later one",	{ .ip6 = true, EXT(FRAGMENT), .offset = 8 } },
	{ "frag later", false, "the first",	{ .ip6 = true, EXT(FRAGMENT), .more = true } },
	{ "frag later dst 198.51.100.7", true, "by address", { .offset = 1480 } },

	/* payload */
	{ "payload 0:47455420", true, "UDP",	{ .data = "GET /" } },
	{ "payload 0:47455420", false, "shifted", { .data = " GET /" } },
	{ "payload 1:47455420", true, "shifted", { .data = " GET /" } },
	{ "payload 0:47455420", true, "TCP",	{ .proto = TCP, .payload = 60, .data = "GET /" } },
	{ "payload 0:47455420", true, "TCP with options", { .proto = TCP, .tcp_options = 12,
		.payload = 60, .data = "GET /" } },
	{ "payload 0:47455420", true, "UDP over IPv6", { .ip6 = true, EXT(HOPOPTS), .data = "GET /" } },
	{ "payload 0:47455420", true, "in a VLAN", { .vlan = 10, .data = "GET /" } },
	{ "payload 0:47455420", true, "ICMP",	{ .proto = ICMP, .data = "GET /" } },
	{ "payload 0:47455420", false, "behind the packet's end", { .data = "GET /", .total = 31 } },
	{ "payload 0:47455420", false, "a later fragment", { .data = "GET /", .offset = 8 } },
	{ "payload 0:00450020/00ff00ff", true, "its bits", { .data = "xEx " } },
	{ "payload 0:00450020/00ff00ff", false, "another bit", { .data = "xFx " } },
	{ "payload 300:47", false, "a short packet", { } },
	{ "proto 47 payload 0:040010e1", true, "GRE: all behind IP", { .proto = GRE } },
	{ "tcp payload 0:00", false, "a TCP header that is cut", { .proto = TCP, .payload = 8 } },
	ACROSS(0), ACROSS(4), ACROSS(8), ACROSS(12), ACROSS(16), ACROSS(20), ACROSS(24), ACROSS(28),
	ACROSS(32), ACROSS(36), ACROSS(40),
	{ "payload 3440:696e207069656365", false, "a byte further", { .payload = 8000, .at = 3441,
		.data = "in piece" } },
	{ "payload 4500:696e207069656365", true, "in a later piece", { .payload = 8000, .at = 4500,
		.data = "in piece" } },
	{ "payload 4500:696e207069656365", true, "the same in QinQ", { .payload = 8000, .at = 4500,
		.data = "in piece", .outer = 10, .vlan = 20 } },
	{ "payload 4500:696e207069656365", false, "a packet that ends before", { .payload = 8000,
		.at = 4500, .data = "in piece", .total = 4500 } },
	{ "payload 7988:696e207069656365", true, "the last bytes", { .payload = 8000, .at = 7988,
		.data = "in piece" } },
	{ "payload 7989:6e207069656365", true, "the last seven", { .payload = 8000, .at = 7988,
		.data = "in piece" } },
	{ "len 8024", true, "a large one",	{ .payload = 8000 } },
	{ "len 8024", false, "one byte more",	{ .payload = 8001 } },
};

#endif /* FASTDROP_MATCH_CASES_H */
