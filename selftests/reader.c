// SPDX-License-Identifier: GPL-2.0
/*
 * A reader of rings, as tests want one. It says "ready", and at its end (SIGINT, or
 * no device is left) a line of what it has seen:
 *
 *	written N missed N records N lost N packets N ... (names and numbers)
 *
 * usage: reader count|dump|edges|pair|idle|hostile BYTES SNAP DEV...
 *
 *	count	reads all there is
 *	dump	the same, and puts what there is of packets to stderr
 *	edges	the same, waiting for edges of epoll, however long it takes
 *	pair	the same as count, in turns with a thread that only waits: how often that
 *		was woken, and how many turns there were
 *	idle	reads nothing, but counts what was written for it
 *	hostile	writes all kinds of positions, and reads nothing
 */
#include <err.h>
#include <errno.h>
#include <net/if.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "libfastdrop/ring.h"

#define VERDICTS	6

static volatile sig_atomic_t interrupted;

static void interrupt(int signal)
{
	interrupted = signal;
}

struct tally {
	unsigned long records;
	unsigned long lost;
	unsigned long packets;
	unsigned long bytes;
	unsigned long ends;
	unsigned long back;	/* records that are older than the one before */
	unsigned long verdict[VERDICTS];
};

static struct ring_reader reader;
static struct tally tally;
static bool is_dump;

static void check_record(const struct fastdrop_record *r)
{
	if (r->length % 8 || r->length < sizeof(*r) + r->captured || r->verdict >= VERDICTS ||
	    r->captured > reader.setup.snap_length || r->captured > r->wire_length)
		errx(1, "a record of %u bytes, %u captured of %u, verdict %u", r->length,
		     r->captured, r->wire_length, r->verdict);
}

static void add(const struct fastdrop_record *r)
{
	static __u64 last;

	check_record(r);
	tally.records++;
	tally.lost += r->lost;
	tally.back += r->time < last;
	last = r->time;
	if (r->type == FASTDROP_RECORD_END) {
		tally.ends++;
		return;
	}
	tally.packets += r->packets;
	tally.bytes += r->captured;
	tally.verdict[r->verdict]++;
	if (is_dump)
		fwrite(r + 1, r->captured, 1, stderr);
}

static void read_all(void)
{
	const struct fastdrop_record *record;

	do {
		ring_take_all(&reader);
		while ((record = ring_next_of_all(&reader)))
			add(record);
		ring_release_all(&reader);
	} while (ring_written(&reader) > tally.records);
}

static void count(void)
{
	int err = 0;

	while (!interrupted && err != -ENODEV) {
		err = ring_wait(&reader, 100);
		read_all();
	}
}

/* Whoever waits for an edge has read all there is: nobody asks for him again. */
static void edges(void)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	int epoll_fd = epoll_create1(0);

	if (epoll_fd < 0 || epoll_ctl(epoll_fd, EPOLL_CTL_ADD, reader.fd, &event))
		err(1, "epoll");
	while (!interrupted && epoll_wait(epoll_fd, &event, 1, -1) == 1)
		read_all();
	close(epoll_fd);
}

static unsigned long woken, turns;

static unsigned long load(unsigned long *n)
{
	return __atomic_load_n(n, __ATOMIC_SEQ_CST);
}

static void *sleeper(void *unused)
{
	unsigned long turn;

	while (!interrupted) {
		turn = load(&turns);
		if (ring_wait(&reader, -1))
			break;
		__atomic_add_fetch(&woken, 1, __ATOMIC_SEQ_CST);
		while (!interrupted && load(&turns) == turn)
			usleep(1000);
	}
	return NULL;
}

/* Nothing is read before the other is awake too, or has been waited for. */
static void pair(void)
{
	pthread_t thread;
	int status = 0, i;

	if (pthread_create(&thread, NULL, sleeper, NULL))
		err(1, "pthread_create");
	while (!interrupted && status != -ENODEV) {
		status = ring_wait(&reader, 100);
		if (ring_written(&reader) == tally.records)
			continue;
		for (i = 0; i < 10000 && load(&woken) == load(&turns); i++)
			usleep(1000);
		read_all();
		__atomic_add_fetch(&turns, 1, __ATOMIC_SEQ_CST);
	}
	read_all();
	printf("woken %lu turns %lu ", load(&woken), turns);
}

static void idle(void)
{
	while (!interrupted)
		pause();
}

/* Around what is true, around the ends, and anything. */
static void hostile(void)
{
	static const __u64 edges[] = { 0, 1, 7, 8, 4095, 4096, ~0ULL, 1ULL << 63, 1ULL << 32 };
	struct ring *ring;
	__u64 position;
	unsigned int i;

	for (i = 0; !interrupted; i++) {
		ring = &reader.ring[i % reader.setup.rings];
		position = ring_load_acquire(&ring->producer->position);
		switch (random() % 4) {
		case 0:
			position += edges[random() % 9];
			break;
		case 1:
			position -= edges[random() % 9];
			break;
		case 2:
			position = edges[random() % 9];
			break;
		default:
			position = (__u64)random() << 33 ^ random();
		}
		ring_store_release(&ring->consumer->position, position);
		if (i % 64 == 0)
			ring_wait(&reader, 0);
	}
}

static void show(void)
{
	static const char * const names[VERDICTS] = {
		"pass", "drop", "divert", "would", "count", "protect"
	};
	unsigned int i;

	printf("written %llu missed %llu records %lu lost %lu packets %lu bytes %lu ends %lu back %lu",
	       (unsigned long long)ring_written(&reader), (unsigned long long)ring_lost(&reader),
	       tally.records, tally.lost, tally.packets, tally.bytes, tally.ends, tally.back);
	for (i = 0; i < VERDICTS; i++)
		printf(" %s %lu", names[i], tally.verdict[i]);
	putchar('\n');
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = interrupt };
	struct fastdrop_setup setup = { };
	__u32 ifindex[FASTDROP_SETUP_PORTS];
	int i, status;

	if (argc < 5 || argc > 4 + FASTDROP_SETUP_PORTS)
		errx(2, "usage: reader count|dump|edges|pair|idle|hostile BYTES SNAP DEV...");
	setup.ring_bytes = atoi(argv[2]);
	setup.snap_length = atoi(argv[3]);
	for (i = 4; i < argc; i++)
		ifindex[setup.ports++] = if_nametoindex(argv[i]);
	setup.ifindex = (unsigned long)ifindex;
	status = ring_open(&reader, &setup);
	if (status)
		errx(1, "%s: %s", FASTDROP_DEVICE, strerror(-status));
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	puts("ready");
	fflush(stdout);
	is_dump = !strcmp(argv[1], "dump");
	if (is_dump || !strcmp(argv[1], "count"))
		count();
	else if (!strcmp(argv[1], "edges"))
		edges();
	else if (!strcmp(argv[1], "pair"))
		pair();
	else if (!strcmp(argv[1], "idle"))
		idle();
	else
		hostile();
	show();
	ring_close(&reader);
	return 0;
}
