// SPDX-License-Identifier: GPL-2.0
#include "libfastdrop/link.h"

#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#define FIRST_ROOM	16
#define DUMP_SIZE	32768	/* what the kernel sends at once, at most */

static u32 number_of(const struct nlattr *attr)
{
	return mnl_attr_get_payload_len(attr) >= sizeof(u32) ? mnl_attr_get_u32(attr) : 0;
}

/* @attr into @to, as far as there is room. */
static void copy(char *to, size_t room, const struct nlattr *attr)
{
	snprintf(to, room, "%.*s", mnl_attr_get_payload_len(attr),
		 (const char *)mnl_attr_get_payload(attr));
}

static void read_nest(struct link *link, const struct nlattr *nest)
{
	bool is_xdp = mnl_attr_get_type(nest) == IFLA_XDP;
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest) {
		if (is_xdp && mnl_attr_get_type(attr) == IFLA_XDP_ATTACHED)
			link->xdp = mnl_attr_get_u8(attr);
		else if (!is_xdp && mnl_attr_get_type(attr) == IFLA_INFO_KIND)
			copy(link->kind, sizeof(link->kind), attr);
	}
}

static int read_attr(const struct nlattr *attr, void *arg)
{
	struct link *link = arg;

	switch (mnl_attr_get_type(attr)) {
	case IFLA_IFNAME:
		copy(link->name, sizeof(link->name), attr);
		break;
	case IFLA_MASTER:
		link->master = number_of(attr);
		break;
	case IFLA_LINK:
		link->lower = number_of(attr);
		break;
	case IFLA_NUM_RX_QUEUES:
		link->queues = number_of(attr);
		break;
	case IFLA_LINKINFO:
	case IFLA_XDP:
		read_nest(link, attr);
		break;
	}
	return MNL_CB_OK;
}

/* Its index is of another namespace. */
static int find_netns(const struct nlattr *attr, void *arg)
{
	if (mnl_attr_get_type(attr) == IFLA_LINK_NETNSID)
		((struct link *)arg)->lower = 0;
	return MNL_CB_OK;
}

static int read_message(const struct nlmsghdr *header, void *arg)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(header);
	struct links *links = arg;
	struct link *link;
	u32 room;

	if (header->nlmsg_type != RTM_NEWLINK || mnl_nlmsg_get_payload_len(header) < sizeof(*info))
		return MNL_CB_OK;
	if (links->count == links->room) {
		room = links->room ? 2 * links->room : FIRST_ROOM;
		link = realloc(links->link, room * sizeof(*link));
		if (!link)
			return MNL_CB_ERROR;
		links->link = link;
		links->room = room;
	}
	link = &links->link[links->count++];
	*link = (struct link){ .index = info->ifi_index, .type = info->ifi_type };
	mnl_attr_parse(header, sizeof(*info), read_attr, link);
	mnl_attr_parse(header, sizeof(*info), find_netns, link);
	return MNL_CB_OK;
}

static int dump(struct mnl_socket *socket, struct links *links)
{
	char buffer[DUMP_SIZE];
	struct nlmsghdr *header = mnl_nlmsg_put_header(buffer);
	ssize_t n;
	int more;

	header->nlmsg_type = RTM_GETLINK;
	header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	header->nlmsg_seq = 1;
	mnl_nlmsg_put_extra_header(header, sizeof(struct ifinfomsg));
	if (mnl_socket_sendto(socket, header, header->nlmsg_len) < 0)
		return -errno;
	do {
		n = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
		more = n < 0 ? n : mnl_cb_run(buffer, n, 1, mnl_socket_get_portid(socket),
					      read_message, links);
	} while (more > 0);
	return more < 0 ? -errno : 0;
}

int links_read(struct links *links)
{
	struct mnl_socket *socket = mnl_socket_open(NETLINK_ROUTE);
	int err;

	*links = (struct links){ };
	if (!socket)
		return -errno;
	err = mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) ? -errno : dump(socket, links);
	mnl_socket_close(socket);
	return err;
}

void links_free(struct links *links)
{
	free(links->link);
	*links = (struct links){ };
}

const struct link *links_by_name(const struct links *links, const char *name)
{
	u32 i;

	for (i = 0; i < links->count; i++)
		if (!strcmp(links->link[i].name, name))
			return &links->link[i];
	return NULL;
}

const struct link *links_by_index(const struct links *links, u32 index)
{
	u32 i;

	for (i = 0; i < links->count; i++)
		if (links->link[i].index == index)
			return &links->link[i];
	return NULL;
}
