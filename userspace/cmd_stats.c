// SPDX-License-Identifier: GPL-2.0
/* Counters queue by queue, and rule by rule. */
#include "cmd.h"
#include "libfastdrop/state.h"
#include "out.h"

/* In the text, a column of packets. */
static void show_count(struct out *out, const char *key, const struct count *count)
{
	out_open(out, key);
	out_number(out, "packets", " %13llu", count->packets);
	out_number(out, "bytes", NULL, count->bytes);
	out_close(out);
}

/* Behind the columns, if there are any. */
static void show_reason(struct out *out, const char *key, const char *words,
			const struct count *count)
{
	out_open(out, key);
	out_number(out, "packets", count->packets ? "  %llu" : NULL, count->packets);
	out_number(out, "bytes", NULL, count->bytes);
	out_close(out);
	if (count->packets)
		out_text(out, " %s", words);
}

static void show_counters(struct out *out, const struct queue_state *q)
{
	show_count(out, "seen", &q->seen);
	show_count(out, "passed", &q->passed);
	show_count(out, "dropped", &q->dropped);
	show_count(out, "diverted", &q->diverted);
	show_count(out, "would_drop", &q->would_drop);
	show_reason(out, "truncated", "truncated", &q->truncated);
	show_reason(out, "malformed", "malformed", &q->malformed);
	show_reason(out, "too_many_headers", "with too many headers", &q->too_many_headers);
	show_reason(out, "sampled", "sampled", &q->sampled);
	show_reason(out, "ring_lost", "lost by a ring", &q->ring_lost);
	out_text(out, "\n");
}

static void show_queues(struct out *out, const struct rule_states *states)
{
	struct queue_state sum = state_sum(states);
	u32 i;

	out_text(out, "%-8s %13s %13s %13s %13s %13s\n", "packets", "seen", "passed", "dropped",
		 "diverted", "would drop");
	out_open_list(out, "queues");
	for (i = 0; i < states->queues; i++) {
		out_open(out, NULL);
		out_number(out, "queue", "rx-%-5llu", states->queue[i].queue);
		show_counters(out, &states->queue[i]);
		out_close(out);
	}
	out_close(out);
	out_open(out, "total");
	out_text(out, "%-8s", "all");
	show_counters(out, &sum);
	out_close(out);
}

static void show_rules(struct out *out, const struct rule_states *states)
{
	const struct rule_state *r;

	out_text(out, "\n%14s %18s %6s  %s\n", "packets", "bytes", "id", "rule");
	out_open_list(out, "rules");
	for (r = states->rule; r < states->rule + states->count; r++) {
		out_open(out, NULL);
		out_open(out, "hits");
		out_number(out, "packets", "%14llu", r->hits.packets);
		out_number(out, "bytes", " %18llu", r->hits.bytes);
		out_close(out);
		out_number(out, "id", r->own ? "    own  " : " %6llu  ", r->id);
		out_string(out, "rule", "%s\n", r->text);
		out_bool(out, "own", r->own);
		if (r->expires)
			out_number(out, "expires", NULL, r->expires);
		out_close(out);
	}
	out_close(out);
}

enum status cmd_stats(int argc, char **argv, struct options *options)
{
	struct rule_states states;
	const char *dev = NULL;
	enum status status;
	struct port port;
	struct out *out;
	struct nl *nl;

	argc--, argv++;
	status = take_dev(&argc, &argv, &dev) ?: want_end(argc, argv);
	if (status != STATUS_OK)
		return status;
	nl = need_module();
	need_port(nl, dev, &port);
	if (state_rules(nl, port.ifindex, true, &states))
		return refused(nl, port.name);
	out = out_begin(options->json, options->pretty);
	out_string(out, "dev", NULL, port.name);
	out_number(out, "generation", NULL, states.generation ?: port.generation);
	show_queues(out, &states);
	show_rules(out, &states);
	state_rules_free(&states);
	nl_close(nl);
	return finish(out);
}
