// SPDX-License-Identifier: GPL-2.0
/*
 * Every match of the rule language, both ways, with real frames through the port
 * v1: in one piece, and with all but the Ethernet header in pages. Run by match.sh,
 * which makes hosts of this MTU, and the port.
 *
 * usage: match NAMESPACE MTU | match count
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "kselftest.h"
#include "match_cases.h"

#define PORT	"/sys/class/net/v1/fastdrop/"
#define DIR	PORT "queues/rx-0/"
#define PAGED	5000	/* a frame above a page is put into pages */
#define REST	500	/* of the MTU, for what is before the padding */

static size_t mtu;
static const unsigned char mac_src[] = { 2, 0, 0, 0, 0, 1 };
static const unsigned char mac_dst[] = { 2, 0, 0, 0, 0, 7 };

/* Writes @text into a file of the port's directory. */
static void put(const char *name, const char *text)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), PORT "%s", name);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		err(1, "%s > %s", text, path);
	close(fd);
}

/* From now on there is this rule, and no other. */
static void set_rule(const char *rule, bool is_first)
{
	char text[512];

	if (!is_first)
		put("rule_del", "1");
	snprintf(text, sizeof(text), "%s drop id 1", rule);
	put("rule_add", text);
}

static unsigned long counter(const char *path)
{
	unsigned long n = 0;
	FILE *f = fopen(path, "r");

	if (!f || fscanf(f, "%lu", &n) != 1)
		err(1, "%s", path);
	fclose(f);
	return n;
}

/* A packet socket on v0, in its namespace. */
static int open_sender(const char *netns)
{
	int here = open("/proc/self/ns/net", O_RDONLY), there = open(netns, O_RDONLY);
	struct sockaddr_ll addr = { .sll_family = AF_PACKET };
	int s, one = 1;

	if (there < 0 || setns(there, CLONE_NEWNET))
		err(1, "%s", netns);
	s = socket(AF_PACKET, SOCK_RAW, 0);
	addr.sll_ifindex = if_nametoindex("v0");
	if (s < 0 || bind(s, (struct sockaddr *)&addr, sizeof(addr)) ||
	    setsockopt(s, SOL_PACKET, PACKET_VNET_HDR, &one, sizeof(one)))
		err(1, "v0");
	if (setns(here, CLONE_NEWNET))
		err(1, "setns");
	close(here);
	close(there);
	return s;
}

/* Returns the length of the frame. */
static size_t send_frame(int s, const struct frame *frame, bool paged)
{
	struct virtio_net_hdr vnet = { .hdr_len = paged ? ETH_HLEN : 0 };
	static unsigned char bytes[ETH_HLEN + FRAME_MAX];
	struct frame f = *frame;
	struct iovec iov[] = { { &vnet, sizeof(vnet) }, { bytes, 0 } };
	__u16 ethertype;

	if (paged && !f.cut && !f.total && f.payload < PAGED)
		f.pad = mtu < PAGED + REST ? mtu - REST : PAGED;
	memcpy(bytes, mac_dst, sizeof(mac_dst));
	memcpy(bytes + 6, mac_src, sizeof(mac_src));
	iov[1].iov_len = ETH_HLEN + frame_build(&f, bytes + ETH_HLEN, &ethertype);
	frame_put16(bytes + 12, ethertype);
	if (writev(s, iov, 2) < 0)
		err(1, "send");
	return iov[1].iov_len;
}

/*
 * Sends a frame, which must be seen in time. Returns 1 if it is dropped, 0 if not, -1
 * if it is dropped and not counted to the byte.
 */
static int dropped_of(int s, const struct frame *frame, bool paged)
{
	unsigned long seen = counter(DIR "seen"), dropped = counter(DIR "dropped");
	unsigned long bytes = counter(DIR "bytes_dropped");
	size_t length = send_frame(s, frame, paged);
	int left;

	for (left = 2000; counter(DIR "seen") == seen; left--) {
		if (!left)
			errx(1, "a frame did not arrive");
		usleep(1000);
	}
	bytes = counter(DIR "bytes_dropped") - bytes;
	if (counter(DIR "dropped") == dropped)
		return 0;
	if (bytes == length)
		return 1;
	printf("# %zu bytes were sent, %lu dropped\n", length, bytes);
	return -1;
}

int main(int argc, char **argv)
{
	const struct match_case *c;
	const char *rule = NULL;
	size_t i;
	bool ok;
	int s;

	if (argc == 2 && !strcmp(argv[1], "count"))
		return printf("%zu\n", ARRAY_SIZE(match_cases)) < 0;
	if (argc != 3)
		errx(2, "usage: match NAMESPACE MTU | match count");
	s = open_sender(argv[1]);
	mtu = atoi(argv[2]);
	for (i = 0; i < ARRAY_SIZE(match_cases); i++) {
		c = &match_cases[i];
		if (c->frame.payload + REST > mtu) {
			printf("ok %zu # SKIP no frames of %u bytes here\n", i + 1,
			       c->frame.payload);
			continue;
		}
		if (!rule || strcmp(rule, c->rule)) {
			set_rule(c->rule, !rule);
			rule = c->rule;
		}
		ok = dropped_of(s, &c->frame, false) == c->holds &&
		     dropped_of(s, &c->frame, true) == c->holds;
		printf("%sok %zu \"%s\" %s for %s\n", ok ? "" : "not ", i + 1, rule,
		       c->holds ? "holds" : "does not hold", c->what);
		fflush(stdout);
	}
	return 0;
}
