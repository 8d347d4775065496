// SPDX-License-Identifier: GPL-2.0
/*
 * Requests at random: commands and attributes that look right and are mixed up,
 * repeated, nested and cut, from two threads, on a socket of each and on one of
 * both, while devices come and go, and others close and open sockets with one
 * port id. Run by netlink_fuzz.sh, which looks at the kernel's log afterwards.
 *
 * usage: netlink_fuzz SECONDS [SEED]
 */
#define _GNU_SOURCE
#include "nl.h"

#include <err.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ARRAY_SIZE(x)	(sizeof(x) / sizeof((x)[0]))
#define THREADS		2
#define CLOSED_PORTID	0x0fd09	/* of sockets that are closed again and again */

static const char * const words[] = {
	"ip", "ip6", "arp", "ether", "0x0800", "vlan", "none", "udp", "tcp", "icmp", "icmp6",
	"proto", "src", "dst", "@a", "@b", "192.0.2.0/24", "2001:db8::/32", "::", "sport", "dport",
	"1-65535", "80", "0", "4294967295", "4294967296", "flags", "syn/syn,ack", "type", "code",
	"len", "ttl", "dscp", "frag", "any", "later", "payload", "0:ff/ff", "queue", "bpf",
	"'1,6 0 0 1'", "'2,40 0 0 12,6 0 0 0'", "drop", "drop", "drop", "pass", "count", "protect",
	"divert", "sample", "dryrun", "prio", "id", "1", "2", "3", "expire", "1s", "2m", "comment", "\"why\"", ";", "\n",
	"#", "set", "{", "}", ",", "\x80", "'", "drop;",
};

static const char * const devices[] = { "n1", "n2", "n3", "lo", "no", "", "a-name-of-sixteen" };
static const char * const sets[] = { "a", "b", "c", "", "9", "a-name-that-is-longer-than-it-may-be" };

static const __u8 commands[] = {
	FASTDROP_CMD_DEV_NEW, FASTDROP_CMD_DEV_DEL, FASTDROP_CMD_DEV_GET, FASTDROP_CMD_DEV_SET,
	FASTDROP_CMD_RULE_GET, FASTDROP_CMD_SET_GET, FASTDROP_CMD_ELEMENT_GET,
	FASTDROP_CMD_STATS_GET, FASTDROP_CMD_BEGIN, FASTDROP_CMD_RULE_NEW,
	FASTDROP_CMD_RULE_REPLACE, FASTDROP_CMD_RULE_DEL, FASTDROP_CMD_RULE_FLUSH,
	FASTDROP_CMD_SET_NEW, FASTDROP_CMD_SET_DEL, FASTDROP_CMD_SET_FLUSH,
	FASTDROP_CMD_ELEMENT_NEW, FASTDROP_CMD_ELEMENT_DEL, FASTDROP_CMD_COMMIT,
	FASTDROP_CMD_ABORT, FASTDROP_CMD_CONFIRM, FASTDROP_CMD_ROLLBACK,
	FASTDROP_CMD_BEGIN, FASTDROP_CMD_RULE_NEW, FASTDROP_CMD_COMMIT, FASTDROP_CMD_ABORT,
};

/* What each takes, as far as it is of use to say so: the first one is 0 at the end. */
static const __u16 usual[][4] = {
	[FASTDROP_CMD_DEV_NEW] = { FASTDROP_A_IFNAME },
	[FASTDROP_CMD_DEV_DEL] = { FASTDROP_A_IFNAME },
	[FASTDROP_CMD_DEV_GET] = { FASTDROP_A_IFNAME },
	[FASTDROP_CMD_DEV_SET] = { FASTDROP_A_IFNAME, FASTDROP_A_PROTECT, FASTDROP_A_SAMPLE },
	[FASTDROP_CMD_RULE_GET] = { FASTDROP_A_IFNAME },
	[FASTDROP_CMD_SET_GET] = { FASTDROP_A_IFNAME },
	[FASTDROP_CMD_ELEMENT_GET] = { FASTDROP_A_IFNAME, FASTDROP_A_SET },
	[FASTDROP_CMD_STATS_GET] = { FASTDROP_A_IFNAME },
	[FASTDROP_CMD_BEGIN] = { FASTDROP_A_IFNAME },
	[FASTDROP_CMD_RULE_NEW] = { FASTDROP_A_RULE, FASTDROP_A_RULE },
	[FASTDROP_CMD_RULE_REPLACE] = { FASTDROP_A_RULE },
	[FASTDROP_CMD_RULE_DEL] = { FASTDROP_A_RULE_ID },
	[FASTDROP_CMD_SET_NEW] = { FASTDROP_A_SET },
	[FASTDROP_CMD_SET_DEL] = { FASTDROP_A_SET },
	[FASTDROP_CMD_SET_FLUSH] = { FASTDROP_A_SET },
	[FASTDROP_CMD_ELEMENT_NEW] = { FASTDROP_A_SET, FASTDROP_A_PREFIXES4, FASTDROP_A_PREFIXES6 },
	[FASTDROP_CMD_ELEMENT_DEL] = { FASTDROP_A_SET, FASTDROP_A_PREFIXES4 },
	[FASTDROP_CMD_CONFIRM] = { FASTDROP_A_IFNAME },
	[FASTDROP_CMD_ROLLBACK] = { FASTDROP_A_IFNAME },
};

/* A thread of its own, so that its numbers are the same from run to run. */
struct fuzzer {
	pthread_t thread;
	__u64 state;
	struct nl own;
	struct nl *shared;
	unsigned long sent, fine;
};

static volatile bool is_over;

static __u32 random32(struct fuzzer *f)
{
	f->state = f->state * 6364136223846793005ULL + 1442695040888963407ULL;
	return f->state >> 32;
}

static __u32 below(struct fuzzer *f, __u32 n)
{
	return random32(f) % n;
}

static void put_random_text(struct fuzzer *f, struct nl_msg *msg, __u16 type)
{
	static __thread char text[4096];
	int n = 1 + below(f, below(f, 8) ? 8 : 200);
	size_t length = 0;

	while (n-- && length < sizeof(text) - 64)
		length += snprintf(text + length, sizeof(text) - length, "%s ",
				   words[below(f, ARRAY_SIZE(words))]);
	nl_put(msg, type, text, length + (below(f, 20) != 0));
}

/* A rule that is likely to be one. */
static void put_rule(struct fuzzer *f, struct nl_msg *msg)
{
	char text[128];

	if (below(f, 3)) {
		snprintf(text, sizeof(text), "%s dport %u %s%s id %u", below(f, 2) ? "udp" : "tcp",
			 below(f, 65536), below(f, 4) ? "drop" : "protect",
			 below(f, 4) ? "" : " expire 1s", 1 + below(f, 40));
		nl_put_text(msg, FASTDROP_A_RULE, text);
	} else {
		put_random_text(f, msg, FASTDROP_A_RULE);
	}
}

static void put_prefixes(struct fuzzer *f, struct nl_msg *msg, __u16 type)
{
	static __thread unsigned char bytes[24 * 64];
	const size_t size = type == FASTDROP_A_PREFIXES4 ? 8 : 24;
	size_t n = below(f, 64), i, j;

	memset(bytes, 0, sizeof(bytes));
	for (i = 0; i < n; i++) {
		for (j = 0; j < size - 8; j++)
			bytes[i * size + j] = random32(f);
		bytes[i * size + (size == 8 ? 4 : 16)] = size == 8 ? 32 : 128;
		if (size == 8)
			memcpy(&bytes[i * size], &(__u32){ random32(f) }, 4);
	}
	if (!below(f, 10))
		bytes[below(f, sizeof(bytes))] = random32(f);
	nl_put(msg, type, bytes, n * size + (below(f, 20) ? 0 : below(f, 24)));
}

static void put_random_bytes(struct fuzzer *f, struct nl_msg *msg, __u16 type)
{
	static __thread unsigned char bytes[60000];
	static const size_t lengths[] = { 0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 255, 256, 4096, 60000 };
	size_t length = lengths[below(f, ARRAY_SIZE(lengths))], i;

	for (i = 0; i < length && i < 512; i++)
		bytes[i] = random32(f);
	nl_put(msg, type, bytes, length);
}

/* An attribute with a value of its kind. */
static void put_usual(struct fuzzer *f, struct nl_msg *msg, __u16 type)
{
	switch (type) {
	case FASTDROP_A_IFNAME:
		nl_put_text(msg, type, devices[below(f, below(f, 4) ? 2 : ARRAY_SIZE(devices))]);
		break;
	case FASTDROP_A_HOOK:
		nl_put_text(msg, type, below(f, 8) ? "rx" : "tx");
		break;
	case FASTDROP_A_RULE:
		put_rule(f, msg);
		break;
	case FASTDROP_A_SET:
		nl_put_text(msg, type, sets[below(f, below(f, 4) ? 2 : ARRAY_SIZE(sets))]);
		break;
	case FASTDROP_A_PREFIXES4:
	case FASTDROP_A_PREFIXES6:
		put_prefixes(f, msg, type);
		break;
	case FASTDROP_A_ENABLED:
	case FASTDROP_A_DRYRUN:
	case FASTDROP_A_PROTECT:
		nl_put_u8(msg, type, below(f, 2));
		break;
	default:
		nl_put_u32(msg, type, below(f, 8) ? below(f, 40) : random32(f));
	}
}

/* Any attribute: its kind right or not, in a nest or not. */
static void put_any(struct fuzzer *f, struct nl_msg *msg)
{
	__u16 type = below(f, FASTDROP_A_MAX + 3);

	if (!below(f, 16))
		type = random32(f);
	if (below(f, 2))
		put_usual(f, msg, type);
	else if (below(f, 2))
		put_random_bytes(f, msg, type);
	else
		put_random_text(f, msg, type);
}

/* Length fields that lie, and bytes that are others. */
static void spoil(struct fuzzer *f, struct nl_msg *msg)
{
	__u32 length = msg->header.nlmsg_len, n = 1 + below(f, 4);

	while (n-- && length > NLMSG_HDRLEN)
		msg->room[NLMSG_HDRLEN + below(f, length - NLMSG_HDRLEN)] = random32(f);
	if (below(f, 2))
		msg->header.nlmsg_len = NLMSG_HDRLEN + below(f, length - NLMSG_HDRLEN + 1);
}

static void make(struct fuzzer *f, struct nl_msg *msg)
{
	__u8 cmd = commands[below(f, ARRAY_SIZE(commands))];
	bool is_odd = !below(f, 3);
	int i;

	if (is_odd && !below(f, 4))
		cmd = random32(f);
	nl_begin(msg, cmd);
	for (i = 0; cmd < ARRAY_SIZE(usual) && i < 4 && usual[cmd][i]; i++)
		put_usual(f, msg, usual[cmd][i]);
	for (i = is_odd ? below(f, 6) : 0; i; i--)
		if (msg->header.nlmsg_len < 20000)
			put_any(f, msg);
	if (cmd == FASTDROP_CMD_COMMIT && !below(f, 4))
		nl_put_u32(msg, FASTDROP_A_CONFIRM, 1);
	if ((cmd >= FASTDROP_CMD_RULE_GET && cmd <= FASTDROP_CMD_STATS_GET) || !below(f, 20))
		msg->header.nlmsg_flags |= NLM_F_DUMP;
	if (is_odd && !below(f, 3))
		spoil(f, msg);
}

/* An answer is a message of the family, or an error whose number is one. */
static void check(struct fuzzer *f, const struct nlmsghdr *h, __u16 family)
{
	const int *error = (const void *)((const char *)h + NLMSG_HDRLEN);

	if (h->nlmsg_type == family)
		return;
	if (h->nlmsg_type != NLMSG_ERROR && h->nlmsg_type != NLMSG_DONE)
		errx(1, "an answer of type %u", h->nlmsg_type);
	/* What the kernel keeps to itself, such as ERESTARTSYS, begins at 512. */
	if (*error > 0 || *error <= -512)
		errx(1, "an error %d", *error);
	f->fine += !*error;
}

/* All there is for now: dumps may be read in part, by whichever thread. */
static void read_some(struct fuzzer *f, struct nl *nl)
{
	static __thread char room[NL_ROOM];
	struct nlmsghdr *h;
	int left;

	while ((left = recv(nl->fd, room, sizeof(room), MSG_DONTWAIT)) > 0) {
		for (h = (void *)room; NLMSG_OK(h, left); h = NLMSG_NEXT(h, left))
			check(f, h, nl->family);
		if (!below(f, 10))
			break;
	}
}

static void *run_fuzzer(void *arg)
{
	static __thread struct nl_msg msg;
	struct fuzzer *f = arg;
	struct nl *nl;

	while (!is_over) {
		nl = below(f, 4) ? &f->own : f->shared;
		make(f, &msg);
		msg.header.nlmsg_type = nl->family;
		msg.header.nlmsg_seq = ++f->sent;
		if (send(nl->fd, &msg, msg.header.nlmsg_len, MSG_DONTWAIT) < 0 &&
		    errno != EAGAIN && errno != ENOBUFS)
			err(1, "a request could not be sent");
		read_some(f, nl);
		if (!below(f, 200)) {
			nl_close(&f->own);
			nl_open(&f->own);
		}
	}
	return NULL;
}

/* Sockets with one port id, closed amid a transaction while the next is opened already. */
static void *run_closer(void *arg)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK, .nl_pid = CLOSED_PORTID };
	static __thread struct nl_msg msg;
	__u16 family = *(__u16 *)arg;
	int fd;

	while (!is_over) {
		fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
		if (fd < 0)
			err(1, "socket");
		if (!bind(fd, (struct sockaddr *)&addr, sizeof(addr))) {
			nl_begin(&msg, FASTDROP_CMD_BEGIN);
			nl_put_text(&msg, FASTDROP_A_IFNAME, "n3");
			msg.header.nlmsg_type = family;
			send(fd, &msg, msg.header.nlmsg_len, 0);
			nl_begin(&msg, FASTDROP_CMD_RULE_NEW);
			nl_put_text(&msg, FASTDROP_A_RULE, "udp drop");
			msg.header.nlmsg_type = family;
			send(fd, &msg, msg.header.nlmsg_len, 0);
		}
		close(fd);
		usleep(1000);
	}
	return NULL;
}

static void *run_devices(void *arg)
{
	while (!is_over) {
		if (system("ip link del n2; ip link add n2 type dummy") < 0)
			err(1, "ip");
		usleep(200000);
	}
	return NULL;
}

static void run_threads(struct fuzzer *fuzzers, int seconds)
{
	pthread_t closers[2], devices;
	size_t i;

	for (i = 0; i < THREADS; i++)
		pthread_create(&fuzzers[i].thread, NULL, run_fuzzer, &fuzzers[i]);
	for (i = 0; i < 2; i++)
		pthread_create(&closers[i], NULL, run_closer, &fuzzers[0].own.family);
	pthread_create(&devices, NULL, run_devices, NULL);
	sleep(seconds);
	is_over = true;
	for (i = 0; i < THREADS; i++)
		pthread_join(fuzzers[i].thread, NULL);
	for (i = 0; i < 2; i++)
		pthread_join(closers[i], NULL);
	pthread_join(devices, NULL);
}

/* After all that a transaction works as ever. */
static bool test_transaction(void)
{
	static struct nl_msg msg;
	struct nl_answer answer;
	struct nl nl;

	nl_open(&nl);
	nl_begin(&msg, FASTDROP_CMD_DEV_NEW);
	nl_put_text(&msg, FASTDROP_A_IFNAME, "n4");
	answer = nl_talk(&nl, &msg);
	nl_begin(&msg, FASTDROP_CMD_BEGIN);
	nl_put_text(&msg, FASTDROP_A_IFNAME, "n4");
	answer = answer.err ? answer : nl_talk(&nl, &msg);
	nl_begin(&msg, FASTDROP_CMD_RULE_NEW);
	nl_put_text(&msg, FASTDROP_A_RULE, "udp dport 53 drop");
	answer = answer.err ? answer : nl_talk(&nl, &msg);
	nl_begin(&msg, FASTDROP_CMD_COMMIT);
	answer = answer.err ? answer : nl_talk(&nl, &msg);
	if (answer.err)
		printf("# %s: %s\n", strerror(answer.err), answer.sentence);
	return !answer.err && answer.generation == 2;
}

int main(int argc, char **argv)
{
	__u64 seed = argc > 2 ? strtoull(argv[2], NULL, 0) : (__u64)time(NULL);
	struct fuzzer fuzzers[THREADS] = { 0 };
	unsigned long sent = 0, fine = 0;
	struct nl shared;
	size_t i;

	if (argc < 2)
		errx(2, "usage: netlink_fuzz SECONDS [SEED]");
	printf("# the seed is %llu\n", seed);
	fflush(stdout);
	nl_open(&shared);
	for (i = 0; i < THREADS; i++) {
		fuzzers[i].state = seed * 2 + i;
		fuzzers[i].shared = &shared;
		nl_open(&fuzzers[i].own);
	}
	run_threads(fuzzers, atoi(argv[1]));
	for (i = 0; i < THREADS; i++) {
		sent += fuzzers[i].sent;
		fine += fuzzers[i].fine;
		nl_close(&fuzzers[i].own);
	}
	nl_close(&shared);
	printf("# %lu requests, %lu of them fine\n", sent, fine);
	return fine && test_transaction() ? 0 : 1;
}
