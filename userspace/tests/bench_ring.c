// SPDX-License-Identifier: GPL-2.0
/*
 * How many records a second are read from a ring, 64-byte packets on one CPU: by
 * libfastdrop, and as many and as long ones by libbpf from a BPF ring buffer, where
 * bpf() may be used. Nothing but reading is timed, of what this CPU has just written:
 * what comes from the cache of another one takes longer, whoever reads it. And how many
 * are merged by time, of 64 rings whose CPUs have turns.
 */
#define _GNU_SOURCE	/* memfd_create() */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <time.h>

#include "ring_pair.h"

#define BYTES	1048576U
#define PACKET	64
#define LENGTH	(RECORD + PACKET)
#define RECORDS	8000	/* that is most of either ring */
#define BATCH	256
#define ROUNDS	301
#define RINGS	64
#define TURN	16	/* records of one CPU in a row */

static u64 touched;

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* As a reader does that looks at what it reads. */
static void touch(const struct fastdrop_record *record)
{
	u64 first;

	memcpy(&first, ring_bytes(record), sizeof(first));
	touched += record->time + record->rule + record->captured + first;
}

static void need(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "bench_ring: %s\n", what);
	exit(1);
}

static void put_all(struct ring_pair *pair)
{
	u32 i;

	for (i = 0; i < RECORDS; i++)
		need(put_length(pair, LENGTH, i), "a record was lost");
}

static u32 read_batch(struct ring *ring)
{
	const struct fastdrop_record *record;
	u32 n;

	for (n = 0; n < BATCH && (record = ring_next(ring)); n++)
		touch(record);
	ring_release(ring);
	return n;
}

static double round_of_ours(struct ring_pair *pair)
{
	double begin;
	u32 n = 0;

	put_all(pair);
	begin = seconds();
	while (ring_take(&pair->reader))
		n += read_batch(&pair->reader);
	begin = seconds() - begin;
	need(n == RECORDS, "libfastdrop has not read all");
	return begin;
}

/* Rings with a part of the records each. */
struct merged {
	struct ring_pair pair[RINGS];
	struct ring ring[RINGS];
	struct ring_reader reader;
};

static void open_merged(struct merged *merged)
{
	const struct fastdrop_setup setup = { .ring_bytes = 32768, .snap_length = 128, .ports = 1 };
	u32 i;

	for (i = 0; i < RINGS; i++) {
		ring_pair_open(&merged->pair[i], &setup);
		merged->ring[i] = merged->pair[i].reader;
	}
	merged->reader = (struct ring_reader){ .setup.rings = RINGS, .ring = merged->ring };
}

static double round_of_merged(struct merged *merged)
{
	const struct fastdrop_record *record;
	double begin;
	u32 n;

	for (n = 0; n < RECORDS; n++)
		need(put_length(&merged->pair[n / TURN % RINGS], LENGTH, n), "a record was lost");
	begin = seconds();
	ring_take_all(&merged->reader);
	for (n = 0; (record = ring_next_of_all(&merged->reader)); n++)
		touch(record);
	ring_release_all(&merged->reader);
	begin = seconds() - begin;
	need(n == RECORDS, "libfastdrop has not merged all");
	return begin;
}

/* A BPF ring buffer, and a program that writes the packet that it is given there. */
struct theirs {
	struct ring_buffer *buffer;
	int program;
	u8 record[LENGTH];
};

static int touch_theirs(void *context, void *data, size_t size)
{
	touch(data);
	return 0;
}

#define WORDS	(LENGTH / 8)

/* What goes into the ring cannot be in a packet: it is copied onto the stack. */
static int load_program(int map)
{
	const struct bpf_insn head[] = {
		{ BPF_LDX | BPF_W | BPF_MEM, 2, 1, offsetof(struct __sk_buff, data), 0 },
		{ BPF_LDX | BPF_W | BPF_MEM, 3, 1, offsetof(struct __sk_buff, data_end), 0 },
		{ BPF_ALU64 | BPF_MOV | BPF_X, 4, 2, 0, 0 },
		{ BPF_ALU64 | BPF_ADD | BPF_K, 4, 0, 0, LENGTH },
		{ BPF_JMP | BPF_JGT | BPF_X, 4, 3, 2 * WORDS + 7, 0 },
	};
	const struct bpf_insn tail[] = {
		{ BPF_LD | BPF_DW | BPF_IMM, 1, BPF_PSEUDO_MAP_FD, 0, map },
		{ 0 },
		{ BPF_ALU64 | BPF_MOV | BPF_X, 2, 10, 0, 0 },
		{ BPF_ALU64 | BPF_ADD | BPF_K, 2, 0, 0, -(int)LENGTH },
		{ BPF_ALU64 | BPF_MOV | BPF_K, 3, 0, 0, LENGTH },
		{ BPF_ALU64 | BPF_MOV | BPF_K, 4, 0, 0, BPF_RB_NO_WAKEUP },
		{ BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_ringbuf_output },
		{ BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0 },
		{ BPF_JMP | BPF_EXIT, 0, 0, 0, 0 },
	};
	struct bpf_insn code[ARRAY_SIZE(head) + 2 * WORDS + ARRAY_SIZE(tail)], *p = code;
	int i;

	p = mempcpy(p, head, sizeof(head));
	for (i = 0; i < WORDS; i++) {
		*p++ = (struct bpf_insn){ BPF_LDX | BPF_DW | BPF_MEM, 5, 2, 8 * i, 0 };
		*p++ = (struct bpf_insn){ BPF_STX | BPF_DW | BPF_MEM, 10, 5, 8 * (i - (int)WORDS), 0 };
	}
	memcpy(p, tail, sizeof(tail));
	return bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "bench_ring", "GPL", code, ARRAY_SIZE(code), NULL);
}

static bool open_theirs(struct theirs *theirs)
{
	int map = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "bench_ring", 0, 0, BYTES, NULL);

	if (map < 0)
		return false;
	theirs->program = load_program(map);
	theirs->buffer = ring_buffer__new(map, touch_theirs, NULL, NULL);
	return theirs->program >= 0 && theirs->buffer;
}

static double round_of_theirs(struct theirs *theirs)
{
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = theirs->record,
		    .data_size_in = sizeof(theirs->record), .repeat = RECORDS);
	double begin;
	int n;

	need(!bpf_prog_test_run_opts(theirs->program, &run), "the BPF program does not run");
	begin = seconds();
	n = ring_buffer__consume(theirs->buffer);
	begin = seconds() - begin;
	need(n == RECORDS, "libbpf has not read all");
	return begin;
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Records a second of the round in the middle. */
static double median(double *round)
{
	qsort(round, ROUNDS, sizeof(*round), compare);
	return RECORDS / round[ROUNDS / 2];
}

int main(void)
{
	static double ours[ROUNDS], merged[ROUNDS], their[ROUNDS];
	const struct fastdrop_setup setup = { .ring_bytes = BYTES, .snap_length = 128, .ports = 1 };
	static struct merged rings;
	static struct theirs theirs;
	struct ring_pair pair;
	bool both;
	u32 i;

	libbpf_set_print(NULL);
	ring_pair_open(&pair, &setup);
	put_length(&pair, LENGTH, 0);
	memcpy(theirs.record, pair.reader.data, LENGTH);
	drain(&pair);
	open_merged(&rings);
	both = open_theirs(&theirs);
	for (i = 0; i < ROUNDS; i++) {
		ours[i] = round_of_ours(&pair);
		merged[i] = round_of_merged(&rings);
		if (both)
			their[i] = round_of_theirs(&theirs);
	}
	printf("libfastdrop %.0f records/s\nmerged %.0f records/s\n", median(ours),
	       median(merged));
	if (both)
		printf("libbpf %.0f records/s\nratio %.2f\n", median(their),
		       median(ours) / median(their));
	else
		fprintf(stderr, "bench_ring: no libbpf beside it: %s\n", strerror(errno));
	return touched ? 0 : 1;
}
