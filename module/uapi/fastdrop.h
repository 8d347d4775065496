/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * What userspace and the module say to each other: the generic netlink family
 * "fastdrop". docs/netlink/fastdrop.yaml is the same for machines.
 *
 * A port is a device under protection, named by FASTDROP_A_IFINDEX or
 * FASTDROP_A_IFNAME (the index counts if both are given), in the network namespace
 * of the socket.
 *
 * A port's rules and sets change by transactions. FASTDROP_CMD_BEGIN makes a
 * draft of them that belongs to the socket: one a socket, and one a port. What
 * follows changes the draft; FASTDROP_CMD_COMMIT puts it in force as one new
 * generation, and no packet sees half of it. FASTDROP_CMD_ABORT, or the end of the
 * socket, throws it away. Once a change of a draft was refused for what it asks,
 * nothing is left but to abort. (What breaks the policy of its operation, such as
 * an attribute of a wrong length, is no request, and does not reach the draft.)
 *
 * Every refusal has a sentence (NLMSGERR_ATTR_MSG) for sockets with
 * NETLINK_EXT_ACK and, where one attribute is to blame, its offset
 * (NLMSGERR_ATTR_OFFS). Every change, and every answer that shows what the rules
 * are, takes CAP_NET_ADMIN in the initial user namespace.
 */
#ifndef _UAPI_FASTDROP_H
#define _UAPI_FASTDROP_H

#include <linux/types.h>

#define FASTDROP_GENL_NAME	"fastdrop"
#define FASTDROP_GENL_VERSION	1

/* Multicast groups: ports and generations; what happened by itself. */
#define FASTDROP_GROUP_CONFIG	"config"
#define FASTDROP_GROUP_EVENTS	"events"

enum fastdrop_cmd {
	FASTDROP_CMD_UNSPEC,

	/* Ports. */
	FASTDROP_CMD_DEV_NEW,		/* port; HOOK, DRYRUN, PROTECT */
	FASTDROP_CMD_DEV_DEL,		/* port */
	FASTDROP_CMD_DEV_GET,		/* port, or a dump of all */
	FASTDROP_CMD_DEV_SET,		/* port; ENABLED, DRYRUN, PROTECT */

	/* Dumps, each of one generation. The answers have GENERATION. */
	FASTDROP_CMD_RULE_GET,		/* port: RULE, RULE_ID, HITS and so on, in their order */
	FASTDROP_CMD_SET_GET,		/* port: SET, PREFIXES */
	FASTDROP_CMD_ELEMENT_GET,	/* port, SET: PREFIXES4, PREFIXES6 */
	FASTDROP_CMD_STATS_GET,		/* port: each QUEUE's counters, then RULE_GET's */

	/* Transactions. */
	FASTDROP_CMD_BEGIN,		/* port; EXPECTED. The answer: GENERATION */
	FASTDROP_CMD_RULE_NEW,		/* RULE... */
	FASTDROP_CMD_RULE_REPLACE,	/* RULE..., each with an id that there is */
	FASTDROP_CMD_RULE_DEL,		/* RULE_ID... */
	FASTDROP_CMD_RULE_FLUSH,	/* all rules but the port's own */
	FASTDROP_CMD_SET_NEW,		/* SET */
	FASTDROP_CMD_SET_DEL,		/* SET, which no rule may name any more */
	FASTDROP_CMD_SET_FLUSH,		/* SET: all that is in it */
	FASTDROP_CMD_ELEMENT_NEW,	/* SET, PREFIXES4..., PREFIXES6... */
	FASTDROP_CMD_ELEMENT_DEL,	/* SET, PREFIXES4..., PREFIXES6... */
	FASTDROP_CMD_COMMIT,		/* CONFIRM. The answer: GENERATION */
	FASTDROP_CMD_ABORT,

	/* After a commit with CONFIRM. */
	FASTDROP_CMD_CONFIRM,		/* port; EXPECTED */
	FASTDROP_CMD_ROLLBACK,		/* port; EXPECTED */

	/* Told to the group config. */
	FASTDROP_CMD_DEV_NEW_NTF,	/* as DEV_GET answers */
	FASTDROP_CMD_DEV_DEL_NTF,	/* IFINDEX, IFNAME, REASON */
	FASTDROP_CMD_DEV_SET_NTF,	/* as DEV_GET answers */
	FASTDROP_CMD_GENERATION_NTF,	/* as DEV_GET answers */

	/* Told to the group events. */
	FASTDROP_CMD_EXPIRE_NTF,	/* IFINDEX, IFNAME, GENERATION, RULES: how many */
	FASTDROP_CMD_ROLLBACK_NTF,	/* IFINDEX, IFNAME, GENERATION, REASON */

	__FASTDROP_CMD_MAX,
};

#define FASTDROP_CMD_MAX	(__FASTDROP_CMD_MAX - 1)

enum fastdrop_attr {
	FASTDROP_A_UNSPEC,
	FASTDROP_A_PAD,

	FASTDROP_A_IFINDEX,		/* u32 */
	FASTDROP_A_IFNAME,		/* string */
	FASTDROP_A_HOOK,		/* string: where packets are taken: "rx" */
	FASTDROP_A_ENABLED,		/* u8: 0 passes everything, uncounted */
	FASTDROP_A_DRYRUN,		/* u8: 1 counts and drops nothing */
	FASTDROP_A_PROTECT,		/* u8: 1 has the port's own protect rules */
	FASTDROP_A_QUEUES,		/* u32: how many receive queues */

	FASTDROP_A_GENERATION,		/* u32: of the rules in force, from 1 */
	FASTDROP_A_EXPECTED,		/* u32: refuse if it is another generation */
	FASTDROP_A_CONFIRM,		/* u32: seconds until the rollback, unless confirmed */
	FASTDROP_A_RULES,		/* u32: how many */
	FASTDROP_A_SETS,		/* u32: how many */
	FASTDROP_A_PREFIXES,		/* u32: how many */

	FASTDROP_A_RULE,		/* string: a rule as text */
	FASTDROP_A_RULE_ID,		/* u32 */
	FASTDROP_A_OWN,			/* flag: a protect rule of the port's own */
	FASTDROP_A_EXPIRES,		/* u32: seconds left, of a rule that expires */
	FASTDROP_A_HITS,		/* nest of fastdrop_count_attr: what a rule matched */

	FASTDROP_A_SET,			/* string: the name of a set */
	FASTDROP_A_PREFIXES4,		/* array of struct fastdrop_prefix4 */
	FASTDROP_A_PREFIXES6,		/* array of struct fastdrop_prefix6 */

	FASTDROP_A_QUEUE,		/* u32: a receive queue, from 0 */
	FASTDROP_A_SEEN,		/* nests of fastdrop_count_attr: passed + dropped */
	FASTDROP_A_PASSED,
	FASTDROP_A_DROPPED,
	FASTDROP_A_WOULD_DROP,		/* passed, because of a dry run */
	FASTDROP_A_TRUNCATED,		/* not read to the end, by reason */
	FASTDROP_A_MALFORMED,
	FASTDROP_A_TOO_MANY_HEADERS,

	FASTDROP_A_REASON,		/* string: why it happened */

	__FASTDROP_A_MAX,
};

#define FASTDROP_A_MAX		(__FASTDROP_A_MAX - 1)

enum fastdrop_count_attr {
	FASTDROP_COUNT_UNSPEC,
	FASTDROP_COUNT_PAD,
	FASTDROP_COUNT_PACKETS,		/* u64 */
	FASTDROP_COUNT_BYTES,		/* u64 */

	__FASTDROP_COUNT_MAX,
};

#define FASTDROP_COUNT_MAX	(__FASTDROP_COUNT_MAX - 1)

/**
 * struct fastdrop_prefix4 - IPv4 addresses that share their first bits
 * @addr: the address, network byte order; bits behind the prefix are 0
 * @length: how many bits count, 0 to 32
 * @reserved: 0
 */
struct fastdrop_prefix4 {
	__be32 addr;
	__u8 length;
	__u8 reserved[3];
};

/**
 * struct fastdrop_prefix6 - the same of IPv6
 * @addr: the address; bits behind the prefix are 0
 * @length: how many bits count, 0 to 128
 * @reserved: 0
 */
struct fastdrop_prefix6 {
	__u8 addr[16];
	__u8 length;
	__u8 reserved[7];
};

#endif /* _UAPI_FASTDROP_H */
