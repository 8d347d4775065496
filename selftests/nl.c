// SPDX-License-Identifier: GPL-2.0
#include "nl.h"

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Of the family's description: its id, or that of a group. */
struct wanted {
	const char *group;
	__u32 id;
};

static const void *data_of(const struct nlattr *attr)
{
	return (const char *)attr + NLA_HDRLEN;
}

static size_t length_of(const struct nlattr *attr)
{
	return attr->nla_len - NLA_HDRLEN;
}

/* Attributes that are still to be read. */
struct rest {
	const char *at, *end;
};

static struct rest rest_of(const struct nlmsghdr *h, size_t skip)
{
	return (struct rest){ (const char *)h + skip, (const char *)h + h->nlmsg_len };
}

static struct rest inside(const struct nlattr *nest)
{
	return (struct rest){ data_of(nest), (const char *)nest + nest->nla_len };
}

/* NULL at the end. */
static const struct nlattr *next_attr(struct rest *rest)
{
	size_t left = rest->at < rest->end ? rest->end - rest->at : 0;
	const struct nlattr *attr = (const void *)rest->at;

	if (left < NLA_HDRLEN || attr->nla_len < NLA_HDRLEN || attr->nla_len > left)
		return NULL;
	rest->at += NLA_ALIGN(attr->nla_len);
	return attr;
}

static __u32 find_group(const struct nlattr *groups, const char *name)
{
	struct rest list = inside(groups), rest;
	const struct nlattr *group, *attr;
	__u32 id = 0;
	bool is_it;

	while ((group = next_attr(&list))) {
		is_it = false;
		rest = inside(group);
		while ((attr = next_attr(&rest))) {
			if (attr->nla_type == CTRL_ATTR_MCAST_GRP_NAME)
				is_it = !strcmp(data_of(attr), name);
			if (attr->nla_type == CTRL_ATTR_MCAST_GRP_ID)
				memcpy(&id, data_of(attr), sizeof(id));
		}
		if (is_it)
			return id;
	}
	return 0;
}

static __u32 find_wanted(const struct nlmsghdr *h, const char *group)
{
	struct rest rest = rest_of(h, NL_FIRST);
	const struct nlattr *attr;

	while ((attr = next_attr(&rest))) {
		if (!group && attr->nla_type == CTRL_ATTR_FAMILY_ID)
			return *(const __u16 *)data_of(attr);
		if (group && (attr->nla_type & NLA_TYPE_MASK) == CTRL_ATTR_MCAST_GROUPS)
			return find_group(attr, group);
	}
	return 0;
}

/* The id of the family, or of one of its groups; 0 if there is none. */
static __u32 ask(struct nl *nl, const char *group)
{
	static __thread struct nl_msg msg;
	struct nlmsghdr *h = &msg.header;
	__u32 id = 0;

	nl_begin(&msg, CTRL_CMD_GETFAMILY);
	nl_put_text(&msg, CTRL_ATTR_FAMILY_NAME, FASTDROP_GENL_NAME);
	nl->family = GENL_ID_CTRL;
	nl_send(nl, &msg);
	do {
		if (recv(nl->fd, &msg, sizeof(msg), 0) < 0)
			err(1, "the family's description");
		if (h->nlmsg_type == GENL_ID_CTRL)
			id = find_wanted(h, group);
	} while (h->nlmsg_type != NLMSG_ERROR);
	return id;
}

void nl_open(struct nl *nl)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK };
	int one = 1, size = 4 << 20;

	nl->seq = 0;
	nl->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (nl->fd < 0 || bind(nl->fd, (struct sockaddr *)&addr, sizeof(addr)))
		err(1, "netlink");
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	setsockopt(nl->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	nl->family = ask(nl, NULL);
	if (!nl->family)
		errx(1, "there is no netlink family \"%s\"", FASTDROP_GENL_NAME);
}

void nl_close(struct nl *nl)
{
	close(nl->fd);
	nl->fd = -1;
}

bool nl_join(struct nl *nl, const char *group)
{
	__u16 family = nl->family;
	__u32 id = ask(nl, group);

	nl->family = family;
	return id && !setsockopt(nl->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &id, sizeof(id));
}

void nl_begin(struct nl_msg *msg, __u8 cmd)
{
	struct genlmsghdr *genl = (void *)(msg->room + NLMSG_HDRLEN);

	memset(msg, 0, NL_FIRST);
	genl->cmd = cmd;
	genl->version = FASTDROP_GENL_VERSION;
	msg->header.nlmsg_len = NL_FIRST;
	msg->header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
}

void nl_put(struct nl_msg *msg, __u16 type, const void *data, size_t length)
{
	__u32 at = NLMSG_ALIGN(msg->header.nlmsg_len);
	struct nlattr *attr = (void *)(msg->room + at);

	if (at + NLA_HDRLEN + NLA_ALIGN(length) > NL_ROOM)
		errx(1, "a request is too long");
	memset(attr, 0, NLA_HDRLEN + NLA_ALIGN(length));
	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + length;
	if (length)
		memcpy(attr + 1, data, length);
	msg->header.nlmsg_len = at + NLA_ALIGN(attr->nla_len);
}

void nl_put_u32(struct nl_msg *msg, __u16 type, __u32 value)
{
	nl_put(msg, type, &value, sizeof(value));
}

void nl_put_u8(struct nl_msg *msg, __u16 type, __u8 value)
{
	nl_put(msg, type, &value, sizeof(value));
}

void nl_put_text(struct nl_msg *msg, __u16 type, const char *text)
{
	nl_put(msg, type, text, strlen(text) + 1);
}

void nl_send(struct nl *nl, struct nl_msg *msg)
{
	msg->header.nlmsg_type = nl->family;
	msg->header.nlmsg_seq = ++nl->seq;
	if (send(nl->fd, msg, msg->header.nlmsg_len, 0) < 0)
		err(1, "a request could not be sent");
}

static struct nl_attrs read_attrs(const struct nlmsghdr *h)
{
	struct rest rest = rest_of(h, NL_FIRST);
	struct nl_attrs attrs = { { NULL } };
	const struct nlattr *attr;
	int type;

	while ((attr = next_attr(&rest))) {
		type = attr->nla_type & NLA_TYPE_MASK;
		if (type <= FASTDROP_A_MAX)
			attrs.at[type] = attr;
	}
	return attrs;
}

/* Attributes behind an error's number; the request itself was cut off. */
static void read_error(const struct nlmsghdr *h, size_t skip, struct nl_answer *answer)
{
	struct rest rest = rest_of(h, NLMSG_HDRLEN + skip);
	const struct nlattr *attr;

	answer->err = -*(const int *)((const char *)h + NLMSG_HDRLEN);
	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	while ((attr = next_attr(&rest))) {
		if (attr->nla_type == NLMSGERR_ATTR_MSG)
			snprintf(answer->sentence, sizeof(answer->sentence), "%.*s",
				 (int)length_of(attr), (const char *)data_of(attr));
		if (attr->nla_type == NLMSGERR_ATTR_OFFS)
			memcpy(&answer->offset, data_of(attr), sizeof(answer->offset));
	}
}

/* Returns false at the end of an answer. */
static bool read_one(const struct nlmsghdr *h, struct nl_answer *answer, nl_each_fn each, void *arg)
{
	const struct genlmsghdr *genl = (const void *)((const char *)h + NLMSG_HDRLEN);
	struct nl_attrs attrs;

	answer->interrupted |= h->nlmsg_flags & NLM_F_DUMP_INTR;
	if (h->nlmsg_type == NLMSG_ERROR) {
		read_error(h, sizeof(struct nlmsgerr), answer);
		return false;
	}
	if (h->nlmsg_type == NLMSG_DONE) {
		read_error(h, sizeof(int), answer);
		return false;
	}
	answer->messages++;
	attrs = read_attrs(h);
	answer->generation = nl_u32(&attrs, FASTDROP_A_GENERATION);
	if (each)
		each(genl->cmd, &attrs, arg);
	return true;
}

struct nl_answer nl_finish(struct nl *nl, nl_each_fn each, void *arg)
{
	static __thread struct nl_msg msg;
	struct nl_answer answer = { 0 };
	struct nlmsghdr *h;
	bool more = true;
	int left;

	while (more) {
		left = recv(nl->fd, &msg, sizeof(msg), 0);
		if (left < 0)
			err(1, "an answer could not be received");
		for (h = &msg.header; more && NLMSG_OK(h, left); h = NLMSG_NEXT(h, left))
			if (h->nlmsg_seq == nl->seq)
				more = read_one(h, &answer, each, arg);
	}
	return answer;
}

struct nl_answer nl_dump(struct nl *nl, struct nl_msg *msg, nl_each_fn each, void *arg)
{
	msg->header.nlmsg_flags |= NLM_F_DUMP;
	nl_send(nl, msg);
	return nl_finish(nl, each, arg);
}

struct nl_answer nl_talk(struct nl *nl, struct nl_msg *msg)
{
	nl_send(nl, msg);
	return nl_finish(nl, NULL, NULL);
}

bool nl_listen(struct nl *nl, int ms, nl_each_fn each, void *arg)
{
	struct pollfd poller = { .fd = nl->fd, .events = POLLIN };
	static __thread struct nl_msg msg;
	struct nl_answer answer = { 0 };
	int left;

	if (poll(&poller, 1, ms) <= 0)
		return false;
	left = recv(nl->fd, &msg, sizeof(msg), 0);
	if (left < 0)
		err(1, "an event could not be received");
	return NLMSG_OK(&msg.header, left) && read_one(&msg.header, &answer, each, arg);
}

__u32 nl_u32(const struct nl_attrs *attrs, int type)
{
	const struct nlattr *attr = attrs->at[type];
	__u32 value = 0;

	if (attr)
		memcpy(&value, data_of(attr), length_of(attr) < 4 ? length_of(attr) : 4);
	return value;
}

const char *nl_text(const struct nl_attrs *attrs, int type)
{
	return attrs->at[type] ? data_of(attrs->at[type]) : "";
}

__u64 nl_count(const struct nl_attrs *attrs, int type, int which)
{
	const struct nlattr *nest = attrs->at[type], *attr;
	__u64 value = 0;
	struct rest rest;

	if (!nest)
		return 0;
	rest = inside(nest);
	while ((attr = next_attr(&rest)))
		if (attr->nla_type == which)
			memcpy(&value, data_of(attr), sizeof(value));
	return value;
}
