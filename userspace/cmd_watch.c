// SPDX-License-Identifier: GPL-2.0
/* The packets that the module shows, a line each. */
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio_ext.h>

#include "cmd.h"
#include "csv.h"
#include "feed.h"
#include "out.h"
#include "packet_text.h"
#include "put.h"

#define NS		1000000000ULL
#define SNAP		288	/* Ethernet, two tags and FDROP_HEADERS_MAX, and a little more */
#define FAMILY		8	/* "0x88cc" and its end */

/**
 * struct watch - what to show, and how
 * @feed: the packets
 * @what: which of them
 * @options: those of all commands
 * @csv: lines of CSV, neither text nor JSON
 * @count: after so many packets it ends; 0: never
 */
struct watch {
	struct feed *feed;
	struct feed_options what;
	const struct options *options;
	bool csv;
	u32 count;
};

/* The second is the same for very many packets. */
static const char *local_second(time_t second)
{
	static char text[16];
	static time_t last = -1;
	struct tm tm;

	if (second != last && localtime_r(&second, &tm))
		strftime(text, sizeof(text), "%T", &tm);
	last = second;
	return text;
}

static void show_time(struct out *out, u64 time)
{
	out_number(out, "time_ns", NULL, time);
	out_text(out, "%s.%09u ", local_second(time / NS), (u32)(time % NS));
}

static void show_lost(struct out *out, u64 lost, u32 cpu)
{
	if (lost)
		out_text(out, "... %llu record%s lost on CPU %u\n", (unsigned long long)lost,
			 plural(lost), cpu);
}

static void show_rule(struct out *out, u32 rule)
{
	out_number(out, "rule", rule ? " rule %llu: " : NULL, rule);
	if (!rule)
		out_text(out, " sample: ");
}

static const char *family(const struct fdrop_key *key, char text[FAMILY])
{
	u16 ethertype = be16_to_cpu(key->ethertype);

	switch (ethertype) {
	case FDROP_ETHER_IP4:
		return "ip";
	case FDROP_ETHER_IP6:
		return "ip6";
	case FDROP_ETHER_ARP:
		return "arp";
	default:
		*put_hex16(put_text(text, "0x"), ethertype) = 0;
		return text;
	}
}

static void show_addr(struct out *out, const char *name, const struct fdrop_key *key, bool is_src)
{
	char text[64];

	*packet_put_addr(text, key, is_src) = 0;
	out_string(out, name, NULL, text);
}

static void show_ip(struct out *out, const struct fdrop_key *key)
{
	if (key->parts & FDROP_PART_PROTO)
		out_number(out, "proto", NULL, key->proto);
	show_addr(out, "src", key, true);
	show_addr(out, "dst", key, false);
	out_number(out, "ttl", NULL, key->ttl);
	if (key->parts & FDROP_PART_FRAGMENT)
		out_string(out, "fragment", NULL,
			   key->parts & FDROP_PART_LATER ? "later" : "first");
}

static void show_transport(struct out *out, const struct fdrop_key *key)
{
	char flags[PACKET_FLAGS + 1];

	if (key->parts & FDROP_PART_PORTS) {
		out_number(out, "sport", NULL, be16_to_cpu(key->sport));
		out_number(out, "dport", NULL, be16_to_cpu(key->dport));
	}
	if (key->parts & FDROP_PART_FLAGS) {
		*packet_put_flags(flags, key->flags) = 0;
		out_string(out, "flags", NULL, flags);
	}
	if (key->parts & FDROP_PART_ICMP) {
		out_number(out, "type", NULL, key->type);
		out_number(out, "code", NULL, key->code);
	}
}

/* In JSON what the engine reads, in the text what tcpdump would say. */
static void show_packet(struct out *out, const struct fastdrop_record *record)
{
	char text[PACKET_TEXT], ethertype[FAMILY];
	struct packet_view view;
	const struct fdrop_key *key = &view.key;

	packet_view_set(&view, record);
	if (key->vlan)
		out_number(out, "vlan", NULL, be16_to_cpu(key->vlan) & FDROP_VLAN_ID);
	out_string(out, "family", NULL, family(key, ethertype));
	if (key->parts & FDROP_PART_IP)
		show_ip(out, key);
	show_transport(out, key);
	if (packet_unread(&view))
		out_string(out, "unread", NULL, packet_unread(&view));
	packet_text(&view, text);
	out_text(out, "%s", text);
	out_number(out, "packets", record->packets > 1 ? " (%llu packets)" : NULL,
		   record->packets);
	out_text(out, "\n");
}

static void show_end(struct out *out, const char *dev)
{
	out_string(out, "verdict", NULL, "end");
	out_string(out, "dev", "%s: no longer protected\n", dev);
}

static void show_shown(struct out *out, const struct fastdrop_record *record, const char *dev)
{
	out_string(out, "dev", "%s", dev);
	out_number(out, "queue", " rx-%llu", record->queue);
	out_string(out, "verdict", " %s", feed_verdict(record->verdict));
	show_rule(out, record->rule);
	out_number(out, "length", NULL, record->wire_length);
	out_number(out, "captured", NULL, record->captured);
	show_packet(out, record);
}

static void show(const struct watch *w, const struct fastdrop_record *record)
{
	struct out *out = out_begin(w->options->json, w->options->pretty);
	const char *dev = feed_device(w->feed, record)->name;

	show_lost(out, w->feed->lost_before, record->cpu);
	show_time(out, record->time);
	out_number(out, "ifindex", NULL, record->ifindex);
	out_number(out, "cpu", NULL, record->cpu);
	out_number(out, "lost", NULL, w->feed->lost_before);
	if (record->type == FASTDROP_RECORD_PACKET)
		show_shown(out, record, dev);
	else
		show_end(out, dev);
	out_end_line(out);
}

static void show_csv(const struct watch *w, const struct fastdrop_record *record)
{
	const char *dev = feed_device(w->feed, record)->name;
	char line[CSV_LINE];

	fwrite_unlocked(line, 1, csv_line(record, dev, w->feed->lost_before, line), stdout);
}

/* The next one; what was written goes out before there is a wait. */
static enum feed_state next(struct watch *w, const struct fastdrop_record **record)
{
	enum feed_state state = feed_next(w->feed, 0, record);

	if (state != FEED_IDLE || fflush(stdout))
		return state;
	return feed_next(w->feed, -1, record);
}

/* Until nothing is left, or standard output does not take it. */
static void follow(struct watch *w)
{
	const struct fastdrop_record *record;

	while (!w->count || w->feed->shown < w->count) {
		if (next(w, &record) != FEED_RECORD)
			return;
		if (w->csv)
			show_csv(w, record);
		else
			show(w, record);
		if (ferror_unlocked(stdout))
			return;
	}
}

/* A signal ends output that is stuck, too: what is left is thrown away, and no error. */
static enum status finish_output(void)
{
	if (!ferror(stdout))
		fflush(stdout);
	if (!ferror(stdout))
		return STATUS_OK;
	if (errno == EINTR && feed_is_interrupted()) {
		__fpurge(stdout);
		clearerr(stdout);
		return STATUS_OK;
	}
	complain("the results could not be written: %s", strerror(errno));
	return STATUS_FAILED;
}

/* A pipe takes PIPE_BUF bytes or none: a signal finds no write that is half done. */
static enum status show_all(struct watch *w)
{
	static char buffer[PIPE_BUF];
	enum status status;

	w->feed = feed_open(&w->what);
	fflush(stdout);
	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	if (w->csv)
		fputs(csv_header, stdout);
	follow(w);
	status = finish_output();
	notice("%llu packet%s shown, %llu record%s lost", (unsigned long long)w->feed->shown,
	       plural(w->feed->shown), (unsigned long long)w->feed->lost,
	       plural(w->feed->lost));
	feed_close(w->feed);
	return status;
}

/* A pipe whose reader has gone is to be an error, and not the silent end. */
static enum status run(struct watch *w)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, old;
	enum status status;

	sigaction(SIGPIPE, &ignore, &old);
	status = show_all(w);
	sigaction(SIGPIPE, &old, NULL);
	return status;
}

static enum status take_options(int argc, char **argv, struct options *options, struct watch *w)
{
	static const struct option longs[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "csv", no_argument, NULL, 'C' },
		{ "count", required_argument, NULL, 'c' },
		{ "snap", required_argument, NULL, 's' },
		{ }
	};
	enum status status = STATUS_OK;
	int c, place = -1;

	for (; !status && (c = getopt_long(argc, argv, "+:jCc:s:", longs, &place)) != -1;
	     place = -1) {
		if (place >= 0 && is_abbreviated(argv, longs[place].name))
			return refuse_option('?', argv);
		switch (c) {
		case 'j':
			options->json = true;
			break;
		case 'C':
			w->csv = true;
			break;
		case 'c':
			status = take_number("a number of packets", ~0U, &w->count);
			break;
		case 's':
			status = take_number("bytes of a packet", SNAP_MAX, &w->what.snap_length);
			break;
		default:
			return refuse_option(c, argv);
		}
	}
	return status;
}

/* [-j] [-C] [-c COUNT] [-s SNAP] [dev DEV] [rule ID] [queue N] [EXPR...] */
enum status cmd_watch(int argc, char **argv, struct options *options)
{
	struct watch watch = { .options = options, .what = { .snap_length = SNAP } };
	enum status status = take_options(argc, argv, options, &watch);

	if (status == STATUS_OK && watch.csv && options->json) {
		complain("-j and -C exclude each other: JSON or CSV");
		status = STATUS_USAGE;
	}
	if (status == STATUS_OK)
		status = feed_arguments(argc - optind, argv + optind, &watch.what);
	if (status == STATUS_OK)
		status = run(&watch);
	free(watch.what.expression);
	return status;
}
