/* SPDX-License-Identifier: GPL-2.0 */
/* The words that the parser and the printer of rules share. */
#ifndef FDROP_ENGINE_RULE_NAMES_H
#define FDROP_ENGINE_RULE_NAMES_H

#include "rule.h"

/* What a rule says of the packet's network protocol. */
enum fdrop_family {
	FDROP_FAMILY_ANY,
	FDROP_FAMILY_IP,	/* IPv4 or IPv6 */
	FDROP_FAMILY_IP4,
	FDROP_FAMILY_IP6,
	FDROP_FAMILY_ETHER,	/* a number, and nothing inside */
};

/* A word of the language and what it stands for. */
struct fdrop_name {
	const char *name;
	u32 value;
};

/* Transport protocols, and in which family each is at home. */
struct fdrop_protocol {
	const char *name;
	u8 number;
	enum fdrop_family family;
};

/* Each ends with a name that is NULL. */
extern const struct fdrop_protocol fdrop_protocols[];
extern const struct fdrop_name fdrop_actions[];
extern const struct fdrop_name fdrop_fragments[];	/* values: parts << 16 | mask of parts */
extern const struct fdrop_name fdrop_tcp_flags[];
extern const struct fdrop_name fdrop_time_units[];	/* in seconds; the longest first */

#define FDROP_PORT_MAX	65535
#define FDROP_LEN_MAX	65535
#define FDROP_TTL_MAX	255
#define FDROP_DSCP	0xfc	/* its bits in the tos of a key */

#endif /* FDROP_ENGINE_RULE_NAMES_H */
