/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The netlink family fastdrop as tests want it: every bit of a request is theirs,
 * and of every answer they see the error, the sentence and what is blamed.
 */
#ifndef NL_H
#define NL_H

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>

#include "../module/uapi/fastdrop.h"

#define NL_ROOM		(96 * 1024)

/* Where the first attribute of a request begins. */
#define NL_FIRST	(NLMSG_HDRLEN + GENL_HDRLEN)

struct nl {
	int fd;
	__u16 family;
	__u32 seq;
};

struct nl_msg {
	union {
		struct nlmsghdr header;
		char room[NL_ROOM];
	};
};

/**
 * struct nl_answer - what the kernel said
 * @err: 0, or an errno, positive
 * @sentence: why, or empty
 * @offset: of what is blamed, from the beginning of the request; 0 if nothing is
 * @generation: GENERATION of the last message, or 0
 * @messages: how many there were before the end
 * @interrupted: of a dump: what is dumped has changed meanwhile
 */
struct nl_answer {
	int err;
	char sentence[512];
	__u32 offset;
	__u32 generation;
	unsigned int messages;
	bool interrupted;
};

struct nl_attrs {
	const struct nlattr *at[FASTDROP_A_MAX + 1];
};

/* A message of an answer or a group: its command and attributes. */
typedef void (*nl_each_fn)(__u8 cmd, const struct nl_attrs *attrs, void *arg);

/* Sockets that are bound to a port id of the kernel's choice; they end the program on failure. */
void nl_open(struct nl *nl);
void nl_close(struct nl *nl);
bool nl_join(struct nl *nl, const char *group);

void nl_begin(struct nl_msg *msg, __u8 cmd);
void nl_put(struct nl_msg *msg, __u16 type, const void *data, size_t length);
void nl_put_u32(struct nl_msg *msg, __u16 type, __u32 value);
void nl_put_u8(struct nl_msg *msg, __u16 type, __u8 value);
void nl_put_text(struct nl_msg *msg, __u16 type, const char *text);

/* Sends as it is, but for type and sequence; then reads to the end, if it is a request. */
void nl_send(struct nl *nl, struct nl_msg *msg);
struct nl_answer nl_talk(struct nl *nl, struct nl_msg *msg);
struct nl_answer nl_dump(struct nl *nl, struct nl_msg *msg, nl_each_fn each, void *arg);

/* The rest of a dump that was sent, and maybe read in part. */
struct nl_answer nl_finish(struct nl *nl, nl_each_fn each, void *arg);

/* Reads one datagram of a group; false if none comes within @ms. */
bool nl_listen(struct nl *nl, int ms, nl_each_fn each, void *arg);

__u32 nl_u32(const struct nl_attrs *attrs, int type);
const char *nl_text(const struct nl_attrs *attrs, int type);
__u64 nl_count(const struct nl_attrs *attrs, int type, int which);

#endif /* NL_H */
