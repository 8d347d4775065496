// SPDX-License-Identifier: GPL-2.0
#include "nl.h"

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/rtnetlink.h>

#define REQUEST_ROOM	(64U * 1024 + 512)
#define ANSWER_ROOM	(64U * 1024)
#define GROUPS		4
#define DUMP_TRIES	10

/**
 * struct nl - a socket and what goes through it
 * @socket: the socket
 * @port: its number in the kernel
 * @family: of generic netlink
 * @seq: of the last request
 * @place: the attribute to blame for the last error, or -1
 * @changed: what a dump shows changed while it was read
 * @groups: the family's multicast groups
 * @error: why the last request was refused
 * @request: the request that is being made
 * @answers: what the kernel says
 */
struct nl {
	struct mnl_socket *socket;
	u32 port;
	u16 family;
	u32 seq;
	int place;
	bool changed;
	struct {
		char name[GENL_NAMSIZ];
		u32 id;
	} groups[GROUPS];
	char error[256];
	char request[REQUEST_ROOM] __attribute__((aligned(8)));
	char answers[ANSWER_ROOM] __attribute__((aligned(8)));
};

/* How the messages of one request, or of a group, are read. */
struct reading {
	struct nl *nl;
	int (*message)(struct reading *reading, const struct nlmsghdr *header);
	nl_answer_fn answer;
	void *arg;
};

static struct nlmsghdr *request(const struct nl *nl)
{
	return (struct nlmsghdr *)nl->request;
}

static int note(struct nl *nl, int err, const char *sentence)
{
	snprintf(nl->error, sizeof(nl->error), "%s", sentence);
	return err;
}

static const char *sentence_of(int err)
{
	switch (err) {
	case -EPERM:
		return "needs root: CAP_NET_ADMIN in the initial user namespace";
	case -ENOBUFS:
		return "the kernel had more to say than the socket takes: messages were lost";
	case -ENOMEM:
		return "the kernel has no memory for that";
	case -EOPNOTSUPP:
		return "the module fastdrop does not know this request: is it of another version?";
	default:
		return strerror(-err);
	}
}

/* The place of the attribute at @offset among those of the request. */
static int place_of(const struct nl *nl, u32 offset)
{
	const struct nlmsghdr *header = request(nl);
	const struct nlattr *attr;
	int place = 0;

	mnl_attr_for_each(attr, header, GENL_HDRLEN) {
		if ((const char *)attr + mnl_attr_get_len(attr) > nl->request + offset)
			return (const char *)attr <= nl->request + offset ? place : -1;
		place++;
	}
	return -1;
}

/* Where the attributes of an error begin: behind the request, or its header if it was capped. */
static const char *error_attributes(const struct nlmsghdr *header)
{
	const struct nlmsgerr *error = mnl_nlmsg_get_payload(header);
	u32 length = sizeof(*error);

	if (error->error && !(header->nlmsg_flags & NLM_F_CAPPED))
		length += error->msg.nlmsg_len - sizeof(error->msg);
	return (const char *)error + MNL_ALIGN(length);
}

/* What the kernel says of an error in words, and of the attribute to blame. */
static void read_details(struct nl *nl, const struct nlmsghdr *header, const char *first)
{
	const char *tail = mnl_nlmsg_get_payload_tail(header);
	const struct nlattr *attr;

	if (!(header->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	for (attr = (const void *)first; mnl_attr_ok(attr, tail - (const char *)attr);
	     attr = mnl_attr_next(attr)) {
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG &&
		    !mnl_attr_validate(attr, MNL_TYPE_NUL_STRING))
			note(nl, 0, mnl_attr_get_str(attr));
		else if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_OFFS &&
			 !mnl_attr_validate(attr, MNL_TYPE_U32))
			nl->place = place_of(nl, mnl_attr_get_u32(attr));
	}
}

static int read_error(struct nl *nl, const struct nlmsghdr *header)
{
	const struct nlmsgerr *error = mnl_nlmsg_get_payload(header);

	if (mnl_nlmsg_get_payload_len(header) < sizeof(*error))
		return note(nl, -EBADMSG, "the kernel's answer is cut");
	if (!error->error)
		return 0;
	note(nl, error->error, sentence_of(error->error));
	read_details(nl, header, error_attributes(header));
	return error->error;
}

/* A dump ends with an errno in front of the same attributes. */
static int read_done(struct nl *nl, const struct nlmsghdr *header)
{
	const char *payload = mnl_nlmsg_get_payload(header);
	int err = 0;

	if (mnl_nlmsg_get_payload_len(header) < sizeof(err))
		return 0;
	memcpy(&err, payload, sizeof(err));
	if (err >= 0)
		return 0;
	note(nl, err, sentence_of(err));
	read_details(nl, header, payload + MNL_ALIGN(sizeof(err)));
	return err;
}

/* Gives an answer of the family to the one who asked. */
static int pass_answer(struct reading *reading, const struct nlmsghdr *header)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(header);
	struct nl_answer answer = { };
	const struct nlattr *attr;

	if (mnl_nlmsg_get_payload_len(header) < GENL_HDRLEN)
		return 0;
	answer.cmd = genl->cmd;
	mnl_attr_for_each(attr, header, GENL_HDRLEN)
		if (mnl_attr_get_type(attr) <= FASTDROP_A_MAX)
			answer.attr[mnl_attr_get_type(attr)] = attr;
	return reading->answer ? reading->answer(&answer, reading->arg) : 0;
}

/* One message. Returns 1 at the end of the request's answers. */
static int read_message(struct reading *reading, const struct nlmsghdr *header)
{
	struct nl *nl = reading->nl;

	if (header->nlmsg_seq != nl->seq)
		return 0;
	if (header->nlmsg_flags & NLM_F_DUMP_INTR)
		nl->changed = true;
	switch (header->nlmsg_type) {
	case NLMSG_ERROR:
		return read_error(nl, header) ?: 1;
	case NLMSG_DONE:
		return read_done(nl, header) ?: 1;
	case NLMSG_NOOP:
		return 0;
	default:
		return reading->message(reading, header);
	}
}

/* Messages from the socket, until one ends it. */
static int receive(struct reading *reading,
		   int (*one)(struct reading *reading, const struct nlmsghdr *header))
{
	struct nl *nl = reading->nl;
	const struct nlmsghdr *header;
	int length, end = 0;

	while (!end) {
		length = mnl_socket_recvfrom(nl->socket, nl->answers, sizeof(nl->answers));
		if (length < 0 && errno == ENOSPC)
			return note(nl, -EMSGSIZE, "the kernel's answer is longer than expected");
		if (length < 0)
			return note(nl, -errno, sentence_of(-errno));
		for (header = (void *)nl->answers; !end && mnl_nlmsg_ok(header, length);
		     header = mnl_nlmsg_next(header, &length))
			end = one(reading, header);
	}
	return end < 0 ? end : 0;
}

static int exchange(struct reading *reading)
{
	struct nl *nl = reading->nl;
	struct nlmsghdr *header = request(nl);

	header->nlmsg_seq = ++nl->seq;
	nl->place = -1;
	nl->changed = false;
	nl->error[0] = 0;
	if (mnl_socket_sendto(nl->socket, header, header->nlmsg_len) < 0)
		return note(nl, -errno, sentence_of(-errno));
	return receive(reading, read_message);
}

static void begin(struct nl *nl, u16 type, u8 cmd)
{
	struct nlmsghdr *header = mnl_nlmsg_put_header(nl->request);
	struct genlmsghdr *genl = mnl_nlmsg_put_extra_header(header, sizeof(*genl));

	header->nlmsg_type = type;
	header->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	genl->cmd = cmd;
	genl->version = FASTDROP_GENL_VERSION;
}

static void note_group(struct nl *nl, u32 place, const struct nlattr *group)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, group) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_ID)
			nl->groups[place].id = mnl_attr_get_u32(attr);
		else if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_NAME)
			snprintf(nl->groups[place].name, GENL_NAMSIZ, "%s",
				 mnl_attr_get_str(attr));
	}
}

static int note_family(struct reading *reading, const struct nlmsghdr *header)
{
	const struct nlattr *attr, *group;
	struct nl *nl = reading->nl;
	u32 place = 0;

	mnl_attr_for_each(attr, header, GENL_HDRLEN) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			nl->family = mnl_attr_get_u16(attr);
		if (mnl_attr_get_type(attr) != CTRL_ATTR_MCAST_GROUPS)
			continue;
		mnl_attr_for_each_nested(group, attr)
			if (place < GROUPS)
				note_group(nl, place++, group);
	}
	return 0;
}

static int find_family(struct nl *nl)
{
	struct reading reading = { .nl = nl, .message = note_family };

	begin(nl, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
	mnl_attr_put_strz(request(nl), CTRL_ATTR_FAMILY_NAME, FASTDROP_GENL_NAME);
	return exchange(&reading);
}

/* Kernels that do not know an option do without. */
static void set_options(struct nl *nl)
{
	static const int options[] = {
		NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK
	};
	int on = 1;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(options); i++)
		mnl_socket_setsockopt(nl->socket, options[i], &on, sizeof(on));
}

static int open_socket(struct nl **made, int bus)
{
	struct nl *nl = calloc(1, sizeof(*nl));
	int err;

	if (!nl)
		return -ENOMEM;
	nl->place = -1;
	nl->socket = mnl_socket_open2(bus, SOCK_CLOEXEC);
	if (!nl->socket || mnl_socket_bind(nl->socket, 0, MNL_SOCKET_AUTOPID) < 0) {
		err = -errno;
		nl_close(nl);
		return err;
	}
	set_options(nl);
	*made = nl;
	return 0;
}

int nl_open(struct nl **nl)
{
	int err = open_socket(nl, NETLINK_GENERIC);

	if (err)
		return err;
	err = find_family(*nl);
	if (err) {
		nl_close(*nl);
		*nl = NULL;
	}
	return err;
}

void nl_close(struct nl *nl)
{
	if (nl && nl->socket)
		mnl_socket_close(nl->socket);
	free(nl);
}

const char *nl_open_error(int err)
{
	return err == -ENOENT ? "the module fastdrop is not loaded: modprobe fastdrop" :
				sentence_of(err);
}

void nl_begin(struct nl *nl, enum fastdrop_cmd cmd)
{
	begin(nl, nl->family, cmd);
}

bool nl_put(struct nl *nl, enum fastdrop_attr attr, const void *data, size_t size)
{
	return mnl_attr_put_check(request(nl), sizeof(nl->request), attr, size, data);
}

bool nl_put_u8(struct nl *nl, enum fastdrop_attr attr, u8 value)
{
	return nl_put(nl, attr, &value, sizeof(value));
}

bool nl_put_u32(struct nl *nl, enum fastdrop_attr attr, u32 value)
{
	return nl_put(nl, attr, &value, sizeof(value));
}

bool nl_put_string(struct nl *nl, enum fastdrop_attr attr, const char *string)
{
	return nl_put(nl, attr, string, strlen(string) + 1);
}

size_t nl_length(const struct nl *nl)
{
	return request(nl)->nlmsg_len;
}

int nl_send(struct nl *nl, nl_answer_fn answer, void *arg)
{
	struct reading reading = {
		.nl = nl, .message = pass_answer, .answer = answer, .arg = arg,
	};

	return exchange(&reading);
}

int nl_dump(struct nl *nl, void (*reset)(void *arg), nl_answer_fn answer, void *arg)
{
	struct reading reading = {
		.nl = nl, .message = pass_answer, .answer = answer, .arg = arg,
	};
	int err, tries;

	request(nl)->nlmsg_flags |= NLM_F_DUMP;
	for (tries = 0; tries < DUMP_TRIES; tries++) {
		err = exchange(&reading);
		if (!nl->changed)
			return err;
		reset(arg);
	}
	return note(nl, -EINTR, "what was to be read kept changing: try again");
}

const char *nl_error(const struct nl *nl)
{
	return nl->error;
}

int nl_error_place(const struct nl *nl)
{
	return nl->place;
}

u8 nl_u8(const struct nlattr *attr)
{
	return attr && !mnl_attr_validate(attr, MNL_TYPE_U8) ? mnl_attr_get_u8(attr) : 0;
}

u32 nl_u32(const struct nlattr *attr)
{
	return attr && !mnl_attr_validate(attr, MNL_TYPE_U32) ? mnl_attr_get_u32(attr) : 0;
}

const char *nl_string(const struct nlattr *attr)
{
	return attr && !mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) ? mnl_attr_get_str(attr) : "";
}

const void *nl_array(const struct nlattr *attr, size_t size, u32 *count)
{
	*count = attr ? mnl_attr_get_payload_len(attr) / size : 0;
	return attr ? mnl_attr_get_payload(attr) : NULL;
}

void nl_count(const struct nlattr *attr, u64 *packets, u64 *bytes)
{
	const struct nlattr *count;

	*packets = 0;
	*bytes = 0;
	if (!attr)
		return;
	mnl_attr_for_each_nested(count, attr) {
		if (mnl_attr_validate(count, MNL_TYPE_U64))
			continue;
		if (mnl_attr_get_type(count) == FASTDROP_COUNT_PACKETS)
			*packets = mnl_attr_get_u64(count);
		else if (mnl_attr_get_type(count) == FASTDROP_COUNT_BYTES)
			*bytes = mnl_attr_get_u64(count);
	}
}

int nl_join(struct nl *nl, const char *group)
{
	u32 i;

	for (i = 0; i < GROUPS; i++) {
		if (strcmp(nl->groups[i].name, group))
			continue;
		if (mnl_socket_setsockopt(nl->socket, NETLINK_ADD_MEMBERSHIP, &nl->groups[i].id,
					  sizeof(nl->groups[i].id)) < 0)
			return note(nl, -errno, sentence_of(-errno));
		return 0;
	}
	return note(nl, -ENOENT, "the module has no such group");
}

int nl_listen(struct nl *nl, nl_answer_fn answer, void *arg)
{
	struct reading reading = { .nl = nl, .answer = answer, .arg = arg };

	return receive(&reading, pass_answer);
}

int nl_fd(const struct nl *nl)
{
	return mnl_socket_get_fd(nl->socket);
}

static int note_route(struct reading *reading, const struct nlmsghdr *header)
{
	const struct nlattr *attr;
	int *index = reading->arg;

	if (header->nlmsg_type != RTM_NEWROUTE)
		return 0;
	mnl_attr_for_each(attr, header, sizeof(struct rtmsg))
		if (mnl_attr_get_type(attr) == RTA_OIF)
			*index = mnl_attr_get_u32(attr);
	return 0;
}

int nl_route(int family, const void *addr)
{
	u32 size = family == AF_INET6 ? sizeof(struct in6_addr) : sizeof(struct in_addr);
	struct reading reading = { .message = note_route };
	struct nlmsghdr *header;
	struct rtmsg *route;
	struct nl *nl;
	int index = 0, err;

	err = open_socket(&nl, NETLINK_ROUTE);
	if (err)
		return err;
	reading.nl = nl;
	reading.arg = &index;
	header = mnl_nlmsg_put_header(nl->request);
	header->nlmsg_type = RTM_GETROUTE;
	header->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	route = mnl_nlmsg_put_extra_header(header, sizeof(*route));
	route->rtm_family = family;
	route->rtm_dst_len = 8 * size;
	mnl_attr_put(header, RTA_DST, size, addr);
	err = exchange(&reading);
	nl_close(nl);
	return err ?: index ?: -ENOENT;
}
