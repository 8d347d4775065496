/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * What userspace and the module say to each other: the generic netlink family
 * "fastdrop", and the rings of /dev/fastdrop. docs/netlink/fastdrop.yaml is the
 * family for machines, docs/ring.md tells how to read rings.
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

#include <linux/ioctl.h>
#include <linux/types.h>

#define FASTDROP_GENL_NAME	"fastdrop"
#define FASTDROP_GENL_VERSION	1

/* Multicast groups: ports and generations; what happened by itself. */
#define FASTDROP_GROUP_CONFIG	"config"
#define FASTDROP_GROUP_EVENTS	"events"

enum fastdrop_cmd {
	FASTDROP_CMD_UNSPEC,

	/* Ports. */
	FASTDROP_CMD_DEV_NEW,		/* port; HOOK, PRIORITY, XDP_LINK, DRYRUN, PROTECT */
	FASTDROP_CMD_DEV_DEL,		/* port */
	FASTDROP_CMD_DEV_GET,		/* port, or a dump of all */
	FASTDROP_CMD_DEV_SET,		/* port; ENABLED, DRYRUN, PROTECT, SAMPLE */

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
	FASTDROP_A_HOOK,		/* string: rx, ingress or xdp: where packets are taken */
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
	/* Nests of fastdrop_count_attr. */
	FASTDROP_A_SEEN,		/* passed + dropped + diverted */
	FASTDROP_A_PASSED,
	FASTDROP_A_DROPPED,
	FASTDROP_A_WOULD_DROP,		/* passed, because of a dry run */
	FASTDROP_A_TRUNCATED,		/* not read to the end, by reason */
	FASTDROP_A_MALFORMED,
	FASTDROP_A_TOO_MANY_HEADERS,

	FASTDROP_A_REASON,		/* string: why it happened */

	FASTDROP_A_SAMPLE,		/* u32: one of so many passed packets is shown; 0: none */
	/* Nests as above. */
	FASTDROP_A_DIVERTED,		/* to readers, and not to the stack */
	FASTDROP_A_SAMPLED,		/* due to be shown to readers */
	FASTDROP_A_RING_LOST,		/* of both, missing in at least one reader's ring */

	FASTDROP_A_AUTO,		/* u8: 1: the hook was not asked for by name */
	FASTDROP_A_HOOK_REASON,		/* string: and why it is not rx, if it is not */
	FASTDROP_A_PRIORITY,		/* s32: at hook ingress, among others: lower ones first */
	FASTDROP_A_XDP_LINK,		/* u32: file descriptor of the BPF link; without it the
					 * XDP program is yours to attach and detach
					 */
	FASTDROP_A_XDP_MODE,		/* string: native, generic or offload; none: no program */
	FASTDROP_A_XDP_FRAGS,		/* u8: 1: the program takes frames in pieces, when added */

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

/*
 * Rings. An open /dev/fastdrop is a reader. It says with FASTDROP_SETUP what it
 * wants, once, and maps its rings: one for each CPU that there may be. Ring i has
 * two mappings, both MAP_SHARED and of just this size:
 *
 *	i * span		one page: struct fastdrop_consumer, to be written
 *	i * span + page size	one page: struct fastdrop_producer, and then the data,
 *				ring_bytes twice in a row, read-only
 *
 * A position is a number of bytes since the setup; it is in the data at position
 * modulo ring_bytes, and never wraps. What lies from the consumer's position to the
 * producer's are records. The reader loads the producer's position with acquire
 * semantics, reads, and stores its own with release semantics.
 */
#define FASTDROP_DEVICE		"/dev/fastdrop"

/**
 * struct fastdrop_setup - what a reader wants, and what it gets
 * @size: of this struct, as the caller knows it
 * @flags: 0
 * @ring_bytes: data in each ring, a power of two, at least a page and 256 bytes a
 *	port, at most the module's parameter ring_max, and 1 GiB; 0: 1 MiB, or what
 *	that parameter leaves
 * @snap_length: bytes of a packet that are kept, at most a fourth of a ring;
 *	0: 128
 * @watermark: bytes in a ring from which on poll() says that there is something;
 *	at most half of it; 0: half of it
 * @timeout_ms: and after which time, if there is less; 0: 10
 * @ports: how many devices, 1 to FASTDROP_SETUP_PORTS
 * @reserved: 0
 * @ifindex: pointer to their indices, as many __u32
 * @span: is set: see above
 * @rings: is set: how many there are
 * @reserved2: 0
 *
 * All of them are set to what is in force. Refused with EINVAL: a size, a flag, a
 * reserved field or a number that is not known, a port that is not protected or
 * there twice; EBUSY: a second time; ENOMEM.
 */
struct fastdrop_setup {
	__u32 size;
	__u32 flags;
	__u32 ring_bytes;
	__u32 snap_length;
	__u32 watermark;
	__u32 timeout_ms;
	__u32 ports;
	__u32 reserved;
	__u64 ifindex;
	__u64 span;
	__u32 rings;
	__u32 reserved2;
};

#define FASTDROP_SETUP_PORTS	64
#define FASTDROP_SETUP		_IO(0xfd, 1)	/* struct fastdrop_setup, by its size */

/**
 * struct fastdrop_consumer - what the reader writes
 * @position: up to here it has read
 */
struct fastdrop_consumer {
	__u64 position;
};

/**
 * struct fastdrop_producer - what the module writes
 * @position: up to here there are records
 * @records: how many records were written so far
 * @lost: how many more were due, but the ring was full
 * @cpu: whose ring this is
 * @reserved: 0
 */
struct fastdrop_producer {
	__u64 position;
	__u64 records;
	__u64 lost;
	__u32 cpu;
	__u32 reserved;
};

enum fastdrop_record_type {
	FASTDROP_RECORD_PACKET = 1,
	FASTDROP_RECORD_END,		/* @ifindex is no port any more: no packet */
};

/* What became of a packet, or what the rule did with it that shows it. */
enum fastdrop_verdict {
	FASTDROP_VERDICT_PASS,
	FASTDROP_VERDICT_DROP,
	FASTDROP_VERDICT_DIVERT,
	FASTDROP_VERDICT_WOULD_DROP,	/* a dry run: it was not dropped */
	FASTDROP_VERDICT_COUNT,		/* the rules behind decide */
	FASTDROP_VERDICT_PROTECT,	/* passed, though another rule would drop it */
};

enum fastdrop_record_flags {
	FASTDROP_RECORD_VLAN = 1,	/* there was a tag, which is not in the bytes */
};

/**
 * struct fastdrop_record - a record, and then the packet's first bytes
 * @length: of all of it, a multiple of 8: there the next one begins
 * @type: &enum fastdrop_record_type; skip what you do not know
 * @verdict: &enum fastdrop_verdict
 * @cpu: where it was received
 * @time: when, in nanoseconds since 1970 (UTC)
 * @lost: records of this ring that were lost since the record before
 * @ifindex: of the device
 * @rule: the id of the rule that shows it; 0: the device's own sample
 * @queue: receive queue, from 0
 * @wire_length: bytes that the frame has, without the tag of @flags
 * @captured: how many of them follow
 * @network: bytes before the network header: 14 with Ethernet, else 0
 * @protocol: ethertype of what is at @network, network byte order
 * @packets: how many it stands for, at most 65535: an aggregate (GRO) is one frame
 * @flags: &enum fastdrop_record_flags
 * @vlan: tag control information, where @flags say so; host byte order
 * @vlan_protocol: 0x8100 or 0x88a8 then, network byte order
 */
struct fastdrop_record {
	__u32 length;
	__u8 type;
	__u8 verdict;
	__u16 cpu;
	__u64 time;
	__u64 lost;
	__u32 ifindex;
	__u32 rule;
	__u32 queue;
	__u32 wire_length;
	__u32 captured;
	__u16 network;
	__be16 protocol;
	__u16 packets;
	__u16 flags;
	__u16 vlan;
	__be16 vlan_protocol;
};

#endif /* _UAPI_FASTDROP_H */
