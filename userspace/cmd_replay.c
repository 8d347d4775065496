// SPDX-License-Identifier: GPL-2.0
/* What rules would do to the packets of a capture. */
#include <getopt.h>
#include <pcap/pcap.h>
#include <sys/stat.h>

#include "capture.h"
#include "cmd.h"
#include "engine/rule_list.h"
#include "engine/table.h"
#include "out.h"

#define RULES_MAX	(1024U << 20)	/* bytes of rules */
#define FIRST_ROOM	65536
#define NS		1000000000ULL

static const char queue_note[] =
	"queue: a capture does not tell the receive queue: all packets count as queue 0";

struct count {
	u64 packets;
	u64 bytes;
};

/**
 * struct replay - the rules, the capture, and what has been counted
 * @rules_name: as the user gave it
 * @file_name: the capture, in the same way
 * @write_name: where the packets go that would be dropped, or NULL
 * @list: the rules' sets; its rules are the table's
 * @table: the rules
 * @hits: of each of them
 * @capture: what is read
 * @link: its DLT_
 * @warn_of_tags: a BPF program may yet meet a tagged frame for the first time
 * @precision: of its time stamps, PCAP_TSTAMP_PRECISION_
 * @copy: a handle to write with, or NULL
 * @dump: what is written to, or NULL
 * @seen: all packets
 * @dropped: of them, those that would be
 * @passed: and the others
 * @unmatched: of these, those that no rule matched, one that counts included
 * @unread: by why the headers could not be read whole
 * @cut: those of which bytes were asked for that had not been captured; they are
 *	not in @unread
 * @first: the earliest time stamp, in ns since 1970
 * @last: the latest one
 */
struct replay {
	const char *rules_name;
	const char *file_name;
	const char *write_name;
	struct fdrop_rule_list list;
	struct fdrop_table *table;
	struct count *hits;
	pcap_t *capture;
	int link;
	bool warn_of_tags;
	int precision;
	pcap_t *copy;
	pcap_dumper_t *dump;
	struct count seen;
	struct count dropped;
	struct count passed;
	struct count unmatched;
	struct count unread[FDROP_READINGS];
	struct count cut;
	u64 first;
	u64 last;
};

/* What is no error, and not of the results. */
static void say(const char *note)
{
	fprintf(stderr, "%s\n", note);
}

static FILE *open_input(const char *name)
{
	FILE *file = strcmp(name, "-") ? fopen(name, "rb") : stdin;

	if (!file)
		fail("%s: %s", name, strerror(errno));
	return file;
}

/* The whole of a file, to be freed. */
static char *read_all(const char *name, size_t *length)
{
	FILE *file = open_input(name);
	size_t room = FIRST_ROOM;
	char *text = malloc(room);

	*length = 0;
	while (text) {
		*length += fread(text + *length, 1, room - *length, file);
		if (*length < room)
			break;
		if (room >= RULES_MAX)
			fail("%s: more than %u bytes of rules", name, RULES_MAX);
		room *= 2;
		text = realloc(text, room);
	}
	if (!text)
		fail("%s: no memory for the rules", name);
	if (ferror(file))
		fail("%s: %s", name, strerror(errno));
	if (file != stdin)
		fclose(file);
	return text;
}

static bool has_check(const struct fdrop_table *table, enum fdrop_check check)
{
	u32 i;

	for (i = 0; i < table->count; i++)
		if (table->rules[i].checks & check)
			return true;
	return false;
}

static bool prepare_bpf(struct replay *r)
{
	struct fdrop_bpf *bpf;
	u32 i;

	for (i = 0; i < r->list.count; i++) {
		bpf = r->list.rules[i].bpf;
		if (!bpf)
			continue;
		if (!capture_bpf_is_valid(bpf)) {
			fprintf(stderr, "%s:%u:1: the BPF program is not a valid one\n",
				r->rules_name, r->list.rules[i].line);
			return false;
		}
		bpf->program = bpf;
	}
	return true;
}

static enum status load_rules(struct replay *r)
{
	struct fdrop_text_error error;
	size_t length;
	char *text = read_all(r->rules_name, &length);
	int err = fdrop_rule_list_parse(&r->list, text, length, &error);

	free(text);
	if (err) {
		fprintf(stderr, "%s:%u:%u: %s\n", r->rules_name, error.line, error.column,
			error.message);
		return STATUS_FAILED;
	}
	if (!prepare_bpf(r))
		return STATUS_FAILED;
	err = fdrop_rule_list_build(&r->list, &r->table);
	if (err)
		fail("%s: %s", r->rules_name, err == -E2BIG ? "the sets hold too much together" :
							      "no memory for the rules");
	r->hits = calloc(r->table->count + 1, sizeof(*r->hits));
	if (!r->hits)
		fail("no memory");
	return STATUS_OK;
}

/*
 * libpcap does not tell the precision of a file. Only the classic format says
 * it up front; of another, nanoseconds lose nothing. The bytes go back.
 */
static int file_precision(FILE *file)
{
	static const u8 micro[2][4] = { { 0xa1, 0xb2, 0xc3, 0xd4 }, { 0xd4, 0xc3, 0xb2, 0xa1 } };
	u8 magic[4] = { 0 };
	int n, c;

	for (n = 0; n < 4; n++) {
		c = getc(file);
		if (c == EOF)
			break;
		magic[n] = c;
	}
	clearerr(file);
	for (c = n; c > 0; c--)
		if (ungetc(magic[c - 1], file) == EOF)
			fail("cannot look ahead in the capture");
	return memcmp(magic, micro[0], 4) && memcmp(magic, micro[1], 4) ?
	       PCAP_TSTAMP_PRECISION_NANO : PCAP_TSTAMP_PRECISION_MICRO;
}

static void open_capture(struct replay *r)
{
	FILE *file = open_input(r->file_name);
	char error[PCAP_ERRBUF_SIZE];
	const char *name;

	r->precision = file_precision(file);
	r->capture = pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO,
							      error);
	if (!r->capture)
		fail("%s: %s", r->file_name, error);
	r->link = pcap_datalink(r->capture);
	if (capture_link_is_known(r->link))
		return;
	name = pcap_datalink_val_to_name(r->link);
	if (name)
		fail("%s: frames of link type %s (%s) cannot be read", r->file_name, name,
		     pcap_datalink_val_to_description(r->link));
	fail("%s: frames of link type %d cannot be read", r->file_name, r->link);
}

/* Opening for writing would empty the capture before it is read. */
static bool is_input(const struct replay *r)
{
	struct stat in, out;

	return !stat(r->write_name, &out) && !fstat(fileno(pcap_file(r->capture)), &in) &&
	       S_ISREG(in.st_mode) && in.st_dev == out.st_dev && in.st_ino == out.st_ino;
}

static void open_dump(struct replay *r)
{
	if (!r->write_name)
		return;
	if (is_input(r))
		fail("%s: is the capture that is read", r->write_name);
	r->copy = pcap_open_dead_with_tstamp_precision(r->link, pcap_snapshot(r->capture),
						       r->precision);
	if (!r->copy)
		fail("no memory");
	r->dump = pcap_dump_open(r->copy, r->write_name);
	if (!r->dump)
		fail("%s", pcap_geterr(r->copy));
}

static void write_packet(struct replay *r, struct pcap_pkthdr header, const u_char *bytes)
{
	if (!r->dump)
		return;
	if (r->precision == PCAP_TSTAMP_PRECISION_MICRO)
		header.ts.tv_usec /= 1000;
	pcap_dump((u_char *)r->dump, &header, bytes);
}

static enum status close_dump(struct replay *r)
{
	enum status status = STATUS_OK;

	if (!r->dump)
		return status;
	if (pcap_dump_flush(r->dump) || ferror(pcap_dump_file(r->dump))) {
		complain("%s: could not be written: %s", r->write_name, strerror(errno));
		status = STATUS_FAILED;
	}
	pcap_dump_close(r->dump);
	pcap_close(r->copy);
	return status;
}

static void add(struct count *count, const struct capture_frame *frame)
{
	count->packets++;
	count->bytes += frame->wire;
}

/*
 * As module/datapath.c does: the first rule that drops, diverts or passes decides, and
 * one that protects has the last word. Whether there are readers is not known: what is
 * diverted is dropped.
 */
static bool would_drop(struct replay *r, struct capture_frame *frame, struct fdrop_key *key)
{
	const struct fdrop_table *table = r->table;
	const struct fdrop_entry *found;
	u32 rank = 0, guard;
	bool hit = false;

	for (;; rank++) {
		found = fdrop_table_lookup(table, key, &frame->packet, rank);
		rank = found->rank;
		if (rank == table->count)
			break;
		guard = fdrop_rule_takes(&table->rules[rank]) ?
			fdrop_table_guard(table, key, &frame->packet) : table->count;
		hit = true;
		add(&r->hits[guard < table->count ? guard : rank], frame);
		if (guard < table->count)
			return false;
		if (found->action != FDROP_ACTION_COUNT)
			return fdrop_rule_takes(&table->rules[rank]);
	}
	if (!hit)
		add(&r->unmatched, frame);
	return false;
}

/* Why the packet could not be judged as a whole, if so. */
static void count_unread(struct replay *r, const struct capture_frame *frame,
			 enum fdrop_reading reading)
{
	if (frame->cut)
		add(&r->cut, frame);
	else if (reading != FDROP_READ)
		add(&r->unread[reading], frame);
}

/* In the kernel the outer tag is gone when the program runs. */
static void warn_of_tags(struct replay *r, const struct capture_frame *frame)
{
	if (!r->warn_of_tags || !frame->packet.vlan)
		return;
	say("bpf: here the programs see all tags, in the kernel not the outer one");
	r->warn_of_tags = false;
}

static void replay_packet(struct replay *r, const struct pcap_pkthdr *header, const u_char *bytes)
{
	enum fdrop_reading reading = FDROP_TRUNCATED;
	struct capture_frame frame;
	struct fdrop_key key;
	bool drop = false;

	if (capture_frame_set(&frame, r->link, bytes, header->caplen, header->len)) {
		warn_of_tags(r, &frame);
		reading = fdrop_parse(&frame.packet, &key);
		drop = would_drop(r, &frame, &key);
	} else {
		frame.cut = frame.captured < frame.wire;
		add(&r->unmatched, &frame);
	}
	add(&r->seen, &frame);
	add(drop ? &r->dropped : &r->passed, &frame);
	count_unread(r, &frame, reading);
	if (drop)
		write_packet(r, *header, bytes);
}

static void note_time(struct replay *r, const struct pcap_pkthdr *header)
{
	u64 ns = (u64)header->ts.tv_sec * NS + (u64)header->ts.tv_usec;

	if (!r->seen.packets || ns < r->first)
		r->first = ns;
	if (!r->seen.packets || ns > r->last)
		r->last = ns;
}

/* What was read before the file turned out to be bad still counts. */
static enum status replay_all(struct replay *r)
{
	struct pcap_pkthdr *header;
	const u_char *bytes;
	int got;

	while ((got = pcap_next_ex(r->capture, &header, &bytes)) == 1) {
		note_time(r, header);
		replay_packet(r, header, bytes);
	}
	if (got == PCAP_ERROR_BREAK)
		return STATUS_OK;
	complain("%s: after %llu packets: %s", r->file_name,
		 (unsigned long long)r->seen.packets, pcap_geterr(r->capture));
	return STATUS_FAILED;
}

static void show_count(struct out *out, const struct count *count)
{
	out_number(out, "packets", "%12llu", count->packets);
	out_number(out, "bytes", " %15llu  ", count->bytes);
}

static void show_rules(struct out *out, const struct replay *r)
{
	static const char * const actions[] = {
		[FDROP_ACTION_DROP] = "drop",
		[FDROP_ACTION_PASS] = "pass",
		[FDROP_ACTION_COUNT] = "count",
		[FDROP_ACTION_DIVERT] = "divert",
		[FDROP_ACTION_PROTECT] = "protect",
	};
	char *text = malloc(FDROP_RULE_TEXT);
	const struct fdrop_rule *rule;
	u32 i;

	if (!text)
		fail("no memory");
	out_text(out, "%12s %15s  %s\n", "packets", "bytes", "rule");
	out_open_list(out, "rules");
	for (i = 0; i < r->table->count; i++) {
		rule = &r->table->rules[i];
		fdrop_rule_print(rule, r->list.sets, text, FDROP_RULE_TEXT);
		out_open(out, NULL);
		show_count(out, &r->hits[i]);
		out_string(out, "rule", "%s\n", text);
		out_string(out, "action", NULL, actions[rule->action]);
		out_number(out, "id", NULL, rule->id);
		out_number(out, "prio", NULL, rule->prio);
		out_number(out, "line", NULL, rule->line);
		out_close(out);
	}
	out_close(out);
	free(text);
}

static void show_total(struct out *out, const char *key, const char *words,
		       const struct count *count)
{
	out_open(out, key);
	show_count(out, count);
	out_text(out, "%s\n", words);
	out_close(out);
}

/* A moment as text, in UTC. */
static void show_moment(struct out *out, const char *key, const char *words, u64 ns)
{
	time_t seconds = ns / NS;
	char text[32] = "";
	struct tm tm;

	if (gmtime_r(&seconds, &tm))
		strftime(text, sizeof(text), "%F %T", &tm);
	out_number(out, key, NULL, ns);
	out_text(out, "%s %s.%09llu UTC\n", words, text, (unsigned long long)(ns % NS));
}

static void show_times(struct out *out, const struct replay *r)
{
	u64 span = r->last - r->first;

	if (!r->seen.packets)
		return;
	out_text(out, "\n");
	show_moment(out, "first_ns", "from", r->first);
	show_moment(out, "last_ns", "to  ", r->last);
	out_number(out, "span_ns", NULL, span);
	out_text(out, "span %llu.%09llu s\n", (unsigned long long)(span / NS),
		 (unsigned long long)(span % NS));
}

static enum status show(const struct replay *r, const struct options *options)
{
	struct out *out = out_begin(options->json, options->pretty);

	show_rules(out, r);
	out_text(out, "\n%12s %15s\n", "packets", "bytes");
	show_total(out, "seen", "in the capture", &r->seen);
	show_total(out, "dropped", "would be dropped", &r->dropped);
	show_total(out, "passed", "would pass", &r->passed);
	show_total(out, "unmatched", "of these, matched by no rule", &r->unmatched);
	show_total(out, "truncated", "end before a header does", &r->unread[FDROP_TRUNCATED]);
	show_total(out, "malformed", "have a header that contradicts itself",
		   &r->unread[FDROP_MALFORMED]);
	show_total(out, "too_many_headers", "have more headers than are followed",
		   &r->unread[FDROP_TOO_MANY_HEADERS]);
	show_total(out, "cut", "cut short by the capture, where a rule or header goes on", &r->cut);
	show_times(out, r);
	if (out_end(out))
		return STATUS_OK;
	complain("the results could not be written");
	return STATUS_FAILED;
}

/* What the capture cannot tell as the device would. */
static void show_notes(struct replay *r)
{
	r->warn_of_tags = has_check(r->table, FDROP_CHECK_BPF);
	if (has_check(r->table, FDROP_CHECK_QUEUE))
		say(queue_note);
	if (r->warn_of_tags && r->link != DLT_EN10MB)
		say("bpf: here the programs see no Ethernet header, in the kernel they do");
}

static enum status run(struct replay *r, const struct options *options)
{
	enum status status = load_rules(r), shown;

	if (status == STATUS_OK) {
		open_capture(r);
		open_dump(r);
		show_notes(r);
		status = replay_all(r);
		shown = close_dump(r);
		status = status ?: shown;
		shown = show(r, options);
		status = status ?: shown;
		pcap_close(r->capture);
	}
	fdrop_table_free(r->table);
	fdrop_rule_list_free(&r->list);
	free(r->hits);
	return status;
}

/* The arguments behind the options. */
static enum status set_names(struct replay *r, int argc, char **argv)
{
	if (argc != 2) {
		complain("replay: expected a file of rules and a capture");
		return STATUS_USAGE;
	}
	r->rules_name = argv[0];
	r->file_name = argv[1];
	if (!strcmp(argv[0], "-") && !strcmp(argv[1], "-")) {
		complain("replay: the rules and the capture cannot both be standard input");
		return STATUS_USAGE;
	}
	if (r->write_name && !strcmp(r->write_name, "-")) {
		complain("replay: standard output is for the results: name a file behind -w");
		return STATUS_USAGE;
	}
	return STATUS_OK;
}

enum status cmd_replay(int argc, char **argv, struct options *options)
{
	static const struct option longs[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "pretty", no_argument, NULL, 'p' },
		{ "write", required_argument, NULL, 'w' },
		{ }
	};
	struct replay replay = { };
	int c, place = -1;

	for (; (c = getopt_long(argc, argv, ":jpw:", longs, &place)) != -1; place = -1) {
		if (place >= 0 && is_abbreviated(argv, longs[place].name))
			return refuse_option('?', argv);
		switch (c) {
		case 'j':
			options->json = true;
			break;
		case 'p':
			options->pretty = true;
			break;
		case 'w':
			replay.write_name = optarg;
			break;
		default:
			return refuse_option(c, argv);
		}
	}
	return set_names(&replay, argc - optind, argv + optind) ?: run(&replay, options);
}
