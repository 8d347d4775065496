// SPDX-License-Identifier: GPL-2.0
#include "rule_names.h"

const struct fdrop_protocol fdrop_protocols[] = {
	{ "udp", FDROP_PROTO_UDP, FDROP_FAMILY_IP },
	{ "tcp", FDROP_PROTO_TCP, FDROP_FAMILY_IP },
	{ "icmp", FDROP_PROTO_ICMP, FDROP_FAMILY_IP4 },
	{ "icmp6", FDROP_PROTO_ICMP6, FDROP_FAMILY_IP6 },
	{ "sctp", FDROP_PROTO_SCTP, FDROP_FAMILY_IP },
	{ "gre", 47, FDROP_FAMILY_IP },
	{ "esp", 50, FDROP_FAMILY_IP },
	{ "ah", 51, FDROP_FAMILY_IP },
	{ }
};

const struct fdrop_name fdrop_actions[] = {
	{ "drop", FDROP_ACTION_DROP },
	{ "pass", FDROP_ACTION_PASS },
	{ "count", FDROP_ACTION_COUNT },
	{ "divert", FDROP_ACTION_DIVERT },
	{ "protect", FDROP_ACTION_PROTECT },
	{ }
};

const struct fdrop_name fdrop_fragments[] = {
	{ "no", FDROP_PART_FRAGMENT },
	{ "any", FDROP_PART_FRAGMENT << 16 | FDROP_PART_FRAGMENT },
	{ "first", FDROP_PART_FRAGMENT << 16 | FDROP_PART_FRAGMENT | FDROP_PART_LATER },
	{ "later", FDROP_PART_LATER << 16 | FDROP_PART_LATER },
	{ }
};

/* RFC 9293, section 3.1; in the order in which tcpdump prints them. */
const struct fdrop_name fdrop_tcp_flags[] = {
	{ "fin", 0x01 },
	{ "syn", 0x02 },
	{ "rst", 0x04 },
	{ "psh", 0x08 },
	{ "ack", 0x10 },
	{ "urg", 0x20 },
	{ "ece", 0x40 },
	{ "cwr", 0x80 },
	{ }
};

const struct fdrop_name fdrop_time_units[] = {
	{ "d", 86400 },
	{ "h", 3600 },
	{ "m", 60 },
	{ "s", 1 },
	{ }
};
