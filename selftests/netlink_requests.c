// SPDX-License-Identifier: GPL-2.0
/* Requests one by one: what each takes, and how it refuses the rest. */
#include "netlink.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#define BIT(n)	(1ULL << (n))

#define PORT	(BIT(FASTDROP_A_IFINDEX) | BIT(FASTDROP_A_IFNAME))

/* Every operation, and the attributes that it takes. */
static const struct operation {
	const char *name;
	__u8 cmd;
	bool is_do, is_dump;
	__u64 takes;
} operations[] = {
#define DO(cmd, takes)		{ #cmd, FASTDROP_CMD_##cmd, true, false, takes }
#define DUMP(cmd, takes)	{ #cmd, FASTDROP_CMD_##cmd, false, true, takes }
	DO(DEV_NEW, PORT | BIT(FASTDROP_A_HOOK) | BIT(FASTDROP_A_DRYRUN) | BIT(FASTDROP_A_PROTECT) |
	   BIT(FASTDROP_A_PRIORITY) | BIT(FASTDROP_A_XDP_LINK)),
	DO(DEV_DEL, PORT),
	{ "DEV_GET", FASTDROP_CMD_DEV_GET, true, true, PORT },
	DO(DEV_SET, PORT | BIT(FASTDROP_A_ENABLED) | BIT(FASTDROP_A_DRYRUN) |
	   BIT(FASTDROP_A_PROTECT) | BIT(FASTDROP_A_SAMPLE)),
	DUMP(RULE_GET, PORT),
	DUMP(SET_GET, PORT),
	DUMP(ELEMENT_GET, PORT | BIT(FASTDROP_A_SET)),
	DUMP(STATS_GET, PORT),
	DO(BEGIN, PORT | BIT(FASTDROP_A_EXPECTED)),
	DO(RULE_NEW, BIT(FASTDROP_A_RULE)),
	DO(RULE_REPLACE, BIT(FASTDROP_A_RULE)),
	DO(RULE_DEL, BIT(FASTDROP_A_RULE_ID)),
	DO(RULE_FLUSH, 0),
	DO(SET_NEW, BIT(FASTDROP_A_SET)),
	DO(SET_DEL, BIT(FASTDROP_A_SET)),
	DO(SET_FLUSH, BIT(FASTDROP_A_SET)),
	DO(ELEMENT_NEW, BIT(FASTDROP_A_SET) | BIT(FASTDROP_A_PREFIXES4) |
	   BIT(FASTDROP_A_PREFIXES6)),
	DO(ELEMENT_DEL, BIT(FASTDROP_A_SET) | BIT(FASTDROP_A_PREFIXES4) |
	   BIT(FASTDROP_A_PREFIXES6)),
	DO(COMMIT, BIT(FASTDROP_A_CONFIRM)),
	DO(ABORT, 0),
	DO(CONFIRM, PORT | BIT(FASTDROP_A_EXPECTED)),
	DO(ROLLBACK, PORT | BIT(FASTDROP_A_EXPECTED)),
};

/* How long a value of an attribute is; 0 for a text, or bytes of any number. */
static size_t size_of(int type)
{
	switch (type) {
	case FASTDROP_A_ENABLED:
	case FASTDROP_A_DRYRUN:
	case FASTDROP_A_PROTECT:
		return 1;
	case FASTDROP_A_IFINDEX:
	case FASTDROP_A_EXPECTED:
	case FASTDROP_A_CONFIRM:
	case FASTDROP_A_RULE_ID:
	case FASTDROP_A_SAMPLE:
	case FASTDROP_A_PRIORITY:
	case FASTDROP_A_XDP_LINK:
		return 4;
	}
	return 0;
}

static bool is_text(int type)
{
	return !size_of(type) && type != FASTDROP_A_PREFIXES4 && type != FASTDROP_A_PREFIXES6;
}

static struct nl_answer send_op(struct nl *nl, const struct operation *op, struct nl_msg *msg)
{
	return op->is_do ? nl_talk(nl, msg) : nl_dump(nl, msg, NULL, NULL);
}

/* Refused for its only attribute, with a sentence. */
static bool blames(struct nl *nl, const struct operation *op, __u16 type, const void *data,
		   size_t length)
{
	struct nl_answer answer;
	static struct nl_msg msg;

	nl_begin(&msg, op->cmd);
	nl_put(&msg, type, data, length);
	answer = send_op(nl, op, &msg);
	if ((answer.err == EINVAL || answer.err == ERANGE) && answer.sentence[0] &&
	    answer.offset == NL_FIRST)
		return true;
	note("%s with attribute %#x of %zu bytes: %s, \"%s\", offset %u", op->name, type, length,
	     strerror(answer.err), answer.sentence, answer.offset);
	return false;
}

static void test_other_attributes(struct nl *nl, const struct operation *op)
{
	bool good = true;
	int type;

	for (type = 0; type <= FASTDROP_A_MAX + 3; type++)
		if (!(op->takes & BIT(type)))
			good &= blames(nl, op, type, "\1\0\0", 4);
	good &= blames(nl, op, 0x3fff, "\1\0\0", 4);
	ok(good, "%s takes no other attribute", op->name);
}

static void test_lengths(struct nl *nl, const struct operation *op)
{
	bool good = true;
	size_t size;
	int type;

	for (type = 1; type <= FASTDROP_A_MAX; type++) {
		if (!(op->takes & BIT(type)))
			continue;
		size = size_of(type);
		if (size)
			good &= blames(nl, op, type, "", 0) &&
				blames(nl, op, type, "\1\0\0\0", size - 1) &&
				blames(nl, op, type, "\1\0\0\0\0", size + 1);
		if (is_text(type))
			good &= blames(nl, op, type, "", 0) && blames(nl, op, type, "udp", 3);
		good &= blames(nl, op, type | NLA_F_NESTED, "\1\0\0", size ?: 4);
	}
	ok(good, "%s takes them in their length and type only", op->name);
}

/* What is no attribute, and what is wrong before the first one. */
static void test_frame(struct nl *nl, const struct operation *op)
{
	struct nl_answer answer;
	static struct nl_msg msg;
	bool good;

	nl_begin(&msg, op->cmd);
	msg.header.nlmsg_len += 2;
	answer = send_op(nl, op, &msg);
	good = is(&answer, EINVAL, "leftover");

	nl_begin(&msg, op->cmd);
	memcpy(msg.room + NL_FIRST, "\xff\xff\2\0\0\0\0", 8);
	msg.header.nlmsg_len += 8;
	answer = send_op(nl, op, &msg);
	good &= is(&answer, EINVAL, "leftover");

	nl_begin(&msg, op->cmd);
	((struct genlmsghdr *)(msg.room + NLMSG_HDRLEN))->reserved = 1;
	answer = send_op(nl, op, &msg);
	good &= is(&answer, EINVAL, "reserved");

	nl_begin(&msg, op->cmd);
	msg.header.nlmsg_flags |= 0x1000;
	answer = send_op(nl, op, &msg);
	good &= is(&answer, EINVAL, "reserved");
	ok(good, "%s refuses bytes left over, and what is reserved", op->name);
}

static void test_doors(struct nl *nl, const struct operation *op)
{
	struct nl_answer answer = { .err = EOPNOTSUPP };
	static struct nl_msg msg;

	nl_begin(&msg, op->cmd);
	if (!op->is_dump)
		answer = nl_dump(nl, &msg, NULL, NULL);
	else if (!op->is_do)
		answer = nl_talk(nl, &msg);
	ok(answer.err == EOPNOTSUPP, "%s is %s", op->name,
	   op->is_do && op->is_dump ? "a request and a dump" : op->is_do ? "no dump" : "a dump only");
}

static void test_unknown(struct nl *nl)
{
	struct nl_answer answer;
	static struct nl_msg msg;
	bool good = true;
	int cmd;

	for (cmd = 0; cmd < 256; cmd++) {
		if (cmd >= FASTDROP_CMD_DEV_NEW && cmd <= FASTDROP_CMD_ROLLBACK)
			continue;
		nl_begin(&msg, cmd);
		answer = nl_talk(nl, &msg);
		good &= answer.err == EOPNOTSUPP;
		nl_begin(&msg, cmd);
		answer = nl_dump(nl, &msg, NULL, NULL);
		good &= answer.err == EOPNOTSUPP;
	}
	ok(good, "commands that are none, and notifications, are refused");
	nl_begin(&msg, FASTDROP_CMD_DEV_GET);
	msg.header.nlmsg_len = NLMSG_HDRLEN;
	answer = nl_talk(nl, &msg);
	ok(answer.err == EINVAL, "so is a request without a command");
}

/**
 * struct request - a request, and what is to come of it
 * @what: says so
 * @cmd: its command
 * @err: 0 if it is fine
 * @part: of the sentence
 * @blamed: the number of the attribute to blame, from 1, or 0
 * @attrs: up to the first one of type 0
 */
struct request {
	const char *what;
	__u8 cmd;
	int err;
	const char *part;
	int blamed;
	struct {
		__u16 type;
		__u16 length;
		const void *data;
	} attrs[5];
};

#define U32(type, value)	{ FASTDROP_A_##type, 4, &(const __u32){ value } }
#define U8(type, value)		{ FASTDROP_A_##type, 1, &(const __u8){ value } }
#define TEXT(type, text)	{ FASTDROP_A_##type, sizeof(text), text }
#define BYTES(type, bytes)	{ FASTDROP_A_##type, sizeof(bytes) - 1, bytes }
#define N1			TEXT(IFNAME, "n1")

/* While n1 is not protected. */
static const struct request bare_requests[] = {
	{ "DEV_NEW names a device", FASTDROP_CMD_DEV_NEW, EINVAL, "say which device" },
	{ "one that there is", FASTDROP_CMD_DEV_NEW, ENODEV, "there is no device \"no\"", 1,
	  { TEXT(IFNAME, "no") } },
	{ "also by its index", FASTDROP_CMD_DEV_NEW, ENODEV, "index 7654321", 1,
	  { U32(IFINDEX, 7654321) } },
	{ "the index counts", FASTDROP_CMD_DEV_NEW, ENODEV, "index 7654321", 2,
	  { N1, U32(IFINDEX, 7654321) } },
	{ "0 is no index", FASTDROP_CMD_DEV_NEW, ERANGE, "range", 1, { U32(IFINDEX, 0) } },
	{ "a name has 15 characters", FASTDROP_CMD_DEV_NEW, EINVAL, "policy", 1,
	  { TEXT(IFNAME, "sixteen-and-more") } },
	{ "there are three hooks", FASTDROP_CMD_DEV_NEW, EINVAL,
	  "there is no hook \"tx\": it can be auto, rx, ingress or xdp", 2,
	  { N1, TEXT(HOOK, "tx") } },
	{ "only ingress has a priority", FASTDROP_CMD_DEV_NEW, EINVAL,
	  "hook rx has no priority: only hook ingress has", 3,
	  { N1, TEXT(HOOK, "rx"), U32(PRIORITY, 1) } },
	{ "a link is an open file", FASTDROP_CMD_DEV_NEW, EBADF,
	  "there is no open file 4294967295", 3,
	  { N1, TEXT(HOOK, "xdp"), U32(XDP_LINK, 4294967295U) } },
	{ "of hook xdp", FASTDROP_CMD_DEV_NEW, EINVAL, "a BPF link is for hook xdp only", 2,
	  { N1, U32(XDP_LINK, 1) } },
	{ "and the link of a program there", FASTDROP_CMD_DEV_NEW, EINVAL,
	  "the file is not the BPF link of an XDP program on n1", 1,
	  { N1, TEXT(HOOK, "xdp"), U32(XDP_LINK, 1) } },
	{ "without one it takes a program", FASTDROP_CMD_DEV_NEW, EINVAL,
	  "n1 has no XDP program", 1, { N1, TEXT(HOOK, "xdp") } },
	{ "dryrun is 0 or 1", FASTDROP_CMD_DEV_NEW, ERANGE, "range", 2, { N1, U8(DRYRUN, 2) } },
	{ "protect is too", FASTDROP_CMD_DEV_NEW, ERANGE, "range", 2, { N1, U8(PROTECT, 2) } },
	{ "a bridge has this one", FASTDROP_CMD_DEV_NEW, EBUSY, "n3", 1,
	  { TEXT(IFNAME, "n3"), TEXT(HOOK, "rx") } },
	{ "DEV_DEL names a device", FASTDROP_CMD_DEV_DEL, EINVAL, "say which device" },
	{ "one that there is", FASTDROP_CMD_DEV_DEL, ENODEV, "there is no device \"no\"", 1,
	  { TEXT(IFNAME, "no") } },
	{ "one that is protected", FASTDROP_CMD_DEV_DEL, ENODEV, "n1 is not protected", 1, { N1 } },
	{ "DEV_GET names a device", FASTDROP_CMD_DEV_GET, EINVAL, "" },
	{ "one that is protected", FASTDROP_CMD_DEV_GET, ENODEV, "protected", 1, { N1 } },
	{ "DEV_SET names a device", FASTDROP_CMD_DEV_SET, EINVAL, "say which device" },
	{ "one that is protected", FASTDROP_CMD_DEV_SET, ENODEV, "n1 is not protected", 1, { N1 } },
	{ "a high index is quoted as it is", FASTDROP_CMD_DEV_SET, ENODEV, "index 4294967295", 1,
	  { U32(IFINDEX, 4294967295U) } },
	{ "BEGIN names a device", FASTDROP_CMD_BEGIN, EINVAL, "say which device" },
	{ "one that is protected", FASTDROP_CMD_BEGIN, ENODEV, "n1 is not protected", 1, { N1 } },
	{ "so does CONFIRM", FASTDROP_CMD_CONFIRM, EINVAL, "say which device" },
	{ "one that is protected", FASTDROP_CMD_CONFIRM, ENODEV, "n1 is not protected", 1, { N1 } },
	{ "so does ROLLBACK", FASTDROP_CMD_ROLLBACK, EINVAL, "say which device" },
	{ "one that is protected", FASTDROP_CMD_ROLLBACK, ENODEV, "n1 is not protected", 1, { N1 } },
	{ "RULE_NEW needs a transaction", FASTDROP_CMD_RULE_NEW, EINVAL, "begin one first", 0,
	  { TEXT(RULE, "udp drop") } },
	{ "so does RULE_REPLACE", FASTDROP_CMD_RULE_REPLACE, EINVAL, "begin one first", 0,
	  { TEXT(RULE, "udp drop id 1") } },
	{ "RULE_DEL", FASTDROP_CMD_RULE_DEL, EINVAL, "begin one first", 0, { U32(RULE_ID, 1) } },
	{ "RULE_FLUSH", FASTDROP_CMD_RULE_FLUSH, EINVAL, "begin one first" },
	{ "SET_NEW", FASTDROP_CMD_SET_NEW, EINVAL, "begin one first", 0, { TEXT(SET, "s") } },
	{ "SET_DEL", FASTDROP_CMD_SET_DEL, EINVAL, "begin one first", 0, { TEXT(SET, "s") } },
	{ "SET_FLUSH", FASTDROP_CMD_SET_FLUSH, EINVAL, "begin one first", 0, { TEXT(SET, "s") } },
	{ "ELEMENT_NEW", FASTDROP_CMD_ELEMENT_NEW, EINVAL, "begin one first", 0,
	  { TEXT(SET, "s") } },
	{ "ELEMENT_DEL", FASTDROP_CMD_ELEMENT_DEL, EINVAL, "begin one first", 0,
	  { TEXT(SET, "s") } },
	{ "COMMIT", FASTDROP_CMD_COMMIT, EINVAL, "begin one first" },
	{ "ABORT", FASTDROP_CMD_ABORT, EINVAL, "begin one first" },
	{ "a device is protected", FASTDROP_CMD_DEV_NEW, 0, "", 0,
	  { N1, TEXT(HOOK, "rx"), U8(DRYRUN, 1), U8(PROTECT, 0) } },
	{ "and not twice", FASTDROP_CMD_DEV_NEW, EEXIST, "n1 is protected already", 1, { N1 } },
	{ "DEV_GET shows it", FASTDROP_CMD_DEV_GET, 0, "", 0, { N1 } },
	{ "DEV_SET sets nothing", FASTDROP_CMD_DEV_SET, 0, "", 0, { N1 } },
	{ "or all there is", FASTDROP_CMD_DEV_SET, 0, "", 0,
	  { N1, U8(ENABLED, 1), U8(DRYRUN, 0), U8(PROTECT, 1), U32(SAMPLE, 0) } },
	{ "enabled is 0 or 1", FASTDROP_CMD_DEV_SET, ERANGE, "range", 2, { N1, U8(ENABLED, 2) } },
	{ "dryrun is", FASTDROP_CMD_DEV_SET, ERANGE, "range", 2, { N1, U8(DRYRUN, 255) } },
	{ "protect is", FASTDROP_CMD_DEV_SET, ERANGE, "range", 2, { N1, U8(PROTECT, 2) } },
	{ "sample is any number", FASTDROP_CMD_DEV_SET, 0, "", 0, { N1, U32(SAMPLE, 4294967295U) } },
	{ "of four bytes", FASTDROP_CMD_DEV_SET, EINVAL, "", 2, { N1, U8(SAMPLE, 1) } },
	{ "nothing waits for CONFIRM", FASTDROP_CMD_CONFIRM, ENOENT, "nothing waits", 0, { N1 } },
	{ "nor for ROLLBACK", FASTDROP_CMD_ROLLBACK, ENOENT, "nothing waits", 0, { N1 } },
};

/* Each in a transaction of its own, with the set "s" of 192.0.2.0/24 and "udp src @s drop id 5". */
static const struct request draft_requests[] = {
	{ "RULE_NEW has a rule", FASTDROP_CMD_RULE_NEW, EINVAL, "the request has no rule" },
	{ "or more", FASTDROP_CMD_RULE_NEW, 0, "", 0,
	  { TEXT(RULE, "udp drop"), TEXT(RULE, "tcp src @s drop id 9") } },
	{ "a bad one is blamed", FASTDROP_CMD_RULE_NEW, EINVAL, "column 5: expected", 2,
	  { TEXT(RULE, "udp drop"), TEXT(RULE, "udp fall"), TEXT(RULE, "tcp drop") } },
	{ "a byte of 0 inside is refused", FASTDROP_CMD_RULE_NEW, EINVAL, "", 2,
	  { TEXT(RULE, "udp drop"), TEXT(RULE, "tcp drop\0udp drop") } },
	{ "a rule is no set", FASTDROP_CMD_RULE_NEW, EINVAL, "set", 1,
	  { TEXT(RULE, "set t { 192.0.2.1 }") } },
	{ "it names a set that there is", FASTDROP_CMD_RULE_NEW, EINVAL, "there is no set \"t\"", 1,
	  { TEXT(RULE, "src @t drop") } },
	{ "its program is checked", FASTDROP_CMD_RULE_NEW, EINVAL, "BPF program", 1,
	  { TEXT(RULE, "bpf '1,48 0 0 0' drop") } },
	{ "RULE_REPLACE has a rule", FASTDROP_CMD_RULE_REPLACE, EINVAL, "the request has no rule" },
	{ "of an id that there is", FASTDROP_CMD_RULE_REPLACE, 0, "", 0,
	  { TEXT(RULE, "tcp drop id 5") } },
	{ "not of another", FASTDROP_CMD_RULE_REPLACE, ENOENT, "there is no rule with the id 6", 1,
	  { TEXT(RULE, "tcp drop id 6") } },
	{ "nor without one", FASTDROP_CMD_RULE_REPLACE, EINVAL, "give it an id", 2,
	  { TEXT(RULE, "tcp drop id 5"), TEXT(RULE, "tcp drop") } },
	{ "RULE_DEL has an id", FASTDROP_CMD_RULE_DEL, EINVAL, "the request has no id" },
	{ "of a rule that there is", FASTDROP_CMD_RULE_DEL, 0, "", 0, { U32(RULE_ID, 5) } },
	{ "not of another", FASTDROP_CMD_RULE_DEL, ENOENT, "there is no rule with the id 7", 1,
	  { U32(RULE_ID, 7) } },
	{ "nor twice", FASTDROP_CMD_RULE_DEL, ENOENT, "there is no rule with the id 5", 2,
	  { U32(RULE_ID, 5), U32(RULE_ID, 5) } },
	{ "0 is no id", FASTDROP_CMD_RULE_DEL, ENOENT, "there is no rule with the id 0", 1,
	  { U32(RULE_ID, 0) } },
	{ "the port's own rules stay", FASTDROP_CMD_RULE_DEL, EPERM, "protect off", 1,
	  { U32(RULE_ID, 4294967040U) } },
	{ "RULE_FLUSH", FASTDROP_CMD_RULE_FLUSH, 0, "" },
	{ "SET_NEW has a name", FASTDROP_CMD_SET_NEW, EINVAL, "the request has no set" },
	{ "a new one", FASTDROP_CMD_SET_NEW, 0, "", 0, { TEXT(SET, "t") } },
	{ "not one there is", FASTDROP_CMD_SET_NEW, EEXIST, "there is a set \"s\" already", 1,
	  { TEXT(SET, "s") } },
	{ "a letter first", FASTDROP_CMD_SET_NEW, EINVAL, "\"9s\" is no name of a set", 1,
	  { TEXT(SET, "9s") } },
	{ "not none", FASTDROP_CMD_SET_NEW, EINVAL, "\"\" is no name of a set", 1, { TEXT(SET, "") } },
	{ "SET_DEL has a name", FASTDROP_CMD_SET_DEL, EINVAL, "the request has no set" },
	{ "of a set that there is", FASTDROP_CMD_SET_DEL, ENOENT, "there is no set \"t\"", 1,
	  { TEXT(SET, "t") } },
	{ "and no rule names", FASTDROP_CMD_SET_DEL, EBUSY, "rule 5 names the set \"s\"", 1,
	  { TEXT(SET, "s") } },
	{ "SET_FLUSH has a name", FASTDROP_CMD_SET_FLUSH, EINVAL, "the request has no set" },
	{ "of a set that there is", FASTDROP_CMD_SET_FLUSH, ENOENT, "there is no set \"t\"", 1,
	  { TEXT(SET, "t") } },
	{ "fine", FASTDROP_CMD_SET_FLUSH, 0, "", 0, { TEXT(SET, "s") } },
	{ "ELEMENT_NEW has a set", FASTDROP_CMD_ELEMENT_NEW, EINVAL, "the request has no set", 0,
	  { BYTES(PREFIXES4, "\xc0\0\2\1\x20\0\0\0") } },
	{ "one that there is", FASTDROP_CMD_ELEMENT_NEW, ENOENT, "there is no set \"t\"", 0,
	  { TEXT(SET, "t"), BYTES(PREFIXES4, "\xc0\0\2\1\x20\0\0\0") } },
	{ "no prefix", FASTDROP_CMD_ELEMENT_NEW, 0, "", 0, { TEXT(SET, "s") } },
	{ "prefixes of both kinds", FASTDROP_CMD_ELEMENT_NEW, 0, "", 0,
	  { BYTES(PREFIXES6, "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\0\x20\0\0\0\0\0\0\0"),
	    BYTES(PREFIXES4, "\xc0\0\2\1\x20\0\0\0\0\0\0\0\0\0\0\0"), TEXT(SET, "s"),
	    BYTES(PREFIXES4, "\xc0\0\2\2\x20\0\0\0") } },
	{ "not half of one", FASTDROP_CMD_ELEMENT_NEW, EINVAL, "12 bytes are no array", 2,
	  { TEXT(SET, "s"), BYTES(PREFIXES4, "\xc0\0\2\1\x20\0\0\0\0\0\0\0") } },
	{ "also of IPv6", FASTDROP_CMD_ELEMENT_NEW, EINVAL, "8 bytes are no array", 2,
	  { TEXT(SET, "s"), BYTES(PREFIXES6, "\xc0\0\2\1\x20\0\0\0") } },
	{ "33 bits are too many", FASTDROP_CMD_ELEMENT_NEW, EINVAL, "33 bits, and 32 is the limit", 2,
	  { TEXT(SET, "s"), BYTES(PREFIXES4, "\xc0\0\2\1\x21\0\0\0") } },
	{ "129 too", FASTDROP_CMD_ELEMENT_NEW, EINVAL, "129 bits, and 128 is the limit", 2,
	  { TEXT(SET, "s"),
	    BYTES(PREFIXES6, "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\0\x81\0\0\0\0\0\0\0") } },
	{ "bits behind it", FASTDROP_CMD_ELEMENT_NEW, EINVAL, "bits set behind its length", 2,
	  { TEXT(SET, "s"), BYTES(PREFIXES4, "\xc0\0\2\1\x1f\0\0\0") } },
	{ "reserved bytes", FASTDROP_CMD_ELEMENT_NEW, EINVAL, "reserved", 3,
	  { TEXT(SET, "s"), BYTES(PREFIXES4, "\xc0\0\2\1\x20\0\0\0"),
	    BYTES(PREFIXES4, "\xc0\0\2\1\x20\0\0\1") } },
	{ "reserved bytes of IPv6", FASTDROP_CMD_ELEMENT_NEW, EINVAL, "reserved", 2,
	  { TEXT(SET, "s"),
	    BYTES(PREFIXES6, "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\0\x20\0\0\1\0\0\0\0") } },
	{ "ELEMENT_DEL has a set", FASTDROP_CMD_ELEMENT_DEL, EINVAL, "the request has no set" },
	{ "a prefix that is in it", FASTDROP_CMD_ELEMENT_DEL, 0, "", 0,
	  { TEXT(SET, "s"), BYTES(PREFIXES4, "\xc0\0\2\0\x18\0\0\0") } },
	{ "not a part of it", FASTDROP_CMD_ELEMENT_DEL, ENOENT,
	  "192.0.2.0/25 is not in the set \"s\"", 0,
	  { TEXT(SET, "s"), BYTES(PREFIXES4, "\xc0\0\2\0\x19\0\0\0") } },
	{ "nor of IPv6", FASTDROP_CMD_ELEMENT_DEL, ENOENT, "2001:db8::/32 is not in the set", 0,
	  { TEXT(SET, "s"),
	    BYTES(PREFIXES6, "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\0\x20\0\0\0\0\0\0\0") } },
	{ "BEGIN is once a socket", FASTDROP_CMD_BEGIN, EBUSY,
	  "this socket has a transaction already", 0, { N1 } },
};

static const struct request dump_requests[] = {
	{ "RULE_GET names a device", FASTDROP_CMD_RULE_GET, EINVAL, "say which device" },
	{ "SET_GET too", FASTDROP_CMD_SET_GET, EINVAL, "say which device" },
	{ "STATS_GET too", FASTDROP_CMD_STATS_GET, EINVAL, "say which device" },
	{ "ELEMENT_GET too", FASTDROP_CMD_ELEMENT_GET, EINVAL, "say which device" },
	{ "one that is protected", FASTDROP_CMD_RULE_GET, ENODEV, "n2 is not protected", 1,
	  { TEXT(IFNAME, "n2") } },
	{ "and a set", FASTDROP_CMD_ELEMENT_GET, EINVAL, "say which set", 0, { N1 } },
	{ "one that there is", FASTDROP_CMD_ELEMENT_GET, ENOENT, "there is no set \"t\"", 2,
	  { N1, TEXT(SET, "t") } },
	{ "fine", FASTDROP_CMD_ELEMENT_GET, 0, "", 0, { N1, TEXT(SET, "s") } },
	{ "RULE_GET", FASTDROP_CMD_RULE_GET, 0, "", 0, { N1 } },
	{ "SET_GET", FASTDROP_CMD_SET_GET, 0, "", 0, { N1 } },
	{ "STATS_GET", FASTDROP_CMD_STATS_GET, 0, "", 0, { N1 } },
	{ "DEV_GET", FASTDROP_CMD_DEV_GET, 0, "" },
	{ "of all devices, not of one", FASTDROP_CMD_DEV_GET, EINVAL, "of all devices", 0,
	  { N1 } },
	{ "also by its index", FASTDROP_CMD_DEV_GET, EINVAL, "of all devices", 0,
	  { U32(IFINDEX, 1) } },
};

/* Also sets where the attribute to blame begins. */
static void make(struct nl_msg *msg, const struct request *r, __u32 *blamed)
{
	size_t i;

	*blamed = 0;
	nl_begin(msg, r->cmd);
	for (i = 0; i < ARRAY_SIZE(r->attrs) && r->attrs[i].type; i++) {
		if (r->blamed == (int)i + 1)
			*blamed = msg->header.nlmsg_len;
		nl_put(msg, r->attrs[i].type, r->attrs[i].data, r->attrs[i].length);
	}
}

static bool test_request(struct nl *nl, const struct request *r)
{
	struct nl_answer answer;
	static struct nl_msg msg;
	__u32 blamed;

	make(&msg, r, &blamed);
	answer = nl_talk(nl, &msg);
	if (!is(&answer, r->err, r->part))
		return false;
	if (answer.offset == blamed)
		return true;
	note("expected offset %u, got %u", blamed, answer.offset);
	return false;
}

/* A change that was refused leaves nothing but to abort. */
static void test_in_draft(struct nl *nl, const struct request *r)
{
	bool spoils = r->err && r->cmd != FASTDROP_CMD_BEGIN, good;
	struct nl_answer answer = begin(nl, "n1", 0);

	good = is(&answer, 0, "") && test_request(nl, r);
	answer = plain(nl, FASTDROP_CMD_RULE_FLUSH);
	good &= is(&answer, spoils ? ECANCELED : 0, spoils ? "abort it" : "");
	if (spoils) {
		answer = commit(nl, 0);
		good &= is(&answer, ECANCELED, "abort it");
	}
	answer = plain(nl, FASTDROP_CMD_ABORT);
	good &= is(&answer, 0, "");
	ok(good, "%s", r->what);
}

/* Not every kernel has a way for a dump to tell what is to blame. */
static void test_dump_requests(struct nl *nl)
{
	struct nl_answer answer;
	static struct nl_msg msg;
	__u32 blamed;
	size_t i;
	bool good;

	for (i = 0; i < ARRAY_SIZE(dump_requests); i++) {
		make(&msg, &dump_requests[i], &blamed);
		answer = nl_dump(nl, &msg, NULL, NULL);
		good = is(&answer, dump_requests[i].err, dump_requests[i].part);
		good &= !answer.offset || answer.offset == blamed;
		ok(good && (answer.err || answer.messages), "%s", dump_requests[i].what);
	}
}

static void fill(struct nl *nl)
{
	struct nl_answer answer = begin(nl, "n1", 0);
	bool good = is(&answer, 0, "");

	answer = with_text(nl, FASTDROP_CMD_SET_NEW, FASTDROP_A_SET, "s");
	good &= is(&answer, 0, "");
	good &= test_request(nl, &(struct request){ "", FASTDROP_CMD_ELEMENT_NEW, 0, "", 0,
		{ TEXT(SET, "s"), BYTES(PREFIXES4, "\xc0\0\2\0\x18\0\0\0") } });
	answer = with_text(nl, FASTDROP_CMD_RULE_NEW, FASTDROP_A_RULE, "udp src @s drop id 5");
	good &= is(&answer, 0, "");
	answer = commit(nl, 0);
	ok(good && is(&answer, 0, ""), "a first transaction");
}

void test_requests(void)
{
	const struct operation *op;
	struct nl_answer answer;
	struct nl nl;
	size_t i;

	nl_open(&nl);
	for (op = operations; op < operations + ARRAY_SIZE(operations); op++) {
		test_other_attributes(&nl, op);
		test_lengths(&nl, op);
		test_frame(&nl, op);
		test_doors(&nl, op);
	}
	test_unknown(&nl);
	for (i = 0; i < ARRAY_SIZE(bare_requests); i++)
		ok(test_request(&nl, &bare_requests[i]), "%s", bare_requests[i].what);
	fill(&nl);
	for (i = 0; i < ARRAY_SIZE(draft_requests); i++)
		test_in_draft(&nl, &draft_requests[i]);
	test_dump_requests(&nl);
	answer = dev_del(&nl, "n1");
	ok(is(&answer, 0, ""), "DEV_DEL");
	nl_close(&nl);
}
