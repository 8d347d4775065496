// SPDX-License-Identifier: GPL-2.0
#include "top_show.h"

#define BAR	24	/* columns */
#define HITS	10	/* of each list */

double top_share(u64 part, u64 whole)
{
	return whole ? 100.0 * part / whole : 0;
}

void top_bar(const struct top_queue *q, u64 most, u32 width, char *bar)
{
	double scale = most ? (double)width / most : 0;
	u32 dropped = q->dropped * scale + 0.5;
	u32 diverted = (q->dropped + q->diverted) * scale + 0.5;
	u32 seen = q->seen * scale + 0.5;
	u32 i;

	seen = seen < width ? seen : width;
	for (i = 0; i < seen; i++)
		bar[i] = i < dropped ? '#' : i < diverted ? '=' : '-';
	bar[seen] = 0;
}

u64 top_most(const struct top *top)
{
	u64 most = 0;
	u32 i;

	for (i = 0; i < top->states.queues; i++)
		if (top->queue[i].seen > most)
			most = top->queue[i].seen;
	return most;
}

static void show_rates(struct out *out, const struct top_queue *q, const char *bar)
{
	out_number(out, "seen", " %9llu", q->seen);
	out_number(out, "dropped", " %9llu", q->dropped);
	out_number(out, "diverted", " %9llu", q->diverted);
	out_number(out, "passed", " %9llu", q->passed);
	out_text(out, " %5.1f%%", top_share(q->dropped, q->seen));
	out_text(out, *bar ? "  %s\n" : "%s\n", bar);
}

static void show_queues(struct out *out, const struct top *top)
{
	u64 most = top_most(top);
	char bar[BAR + 1];
	u32 i;

	out_text(out, "%-6s %9s %9s %9s %9s %6s  # dropped = diverted -\n", "pps", "seen",
		 "dropped", "diverted", "passed", "drop");
	out_open_list(out, "queues");
	for (i = 0; i < top->states.queues; i++) {
		top_bar(&top->queue[i], most, BAR, bar);
		out_open(out, NULL);
		out_number(out, "queue", "rx-%-3llu", top->queue[i].queue);
		show_rates(out, &top->queue[i], bar);
		out_close(out);
	}
	out_close(out);
	out_open(out, "total");
	out_text(out, "%-6s", "all");
	show_rates(out, &top->total, "");
	out_close(out);
}

static void show_rule(struct out *out, const struct top_rule *r)
{
	out_open(out, NULL);
	out_open(out, "rate");
	out_number(out, "packets", "%11llu", r->rate.packets);
	out_number(out, "bytes", " %14llu", r->rate.bytes);
	out_close(out);
	out_number(out, "id", r->rule->own ? "    own  " : " %6llu  ", r->rule->id);
	out_string(out, "rule", "%s\n", r->rule->text);
	out_bool(out, "own", r->rule->own);
	out_close(out);
}

/* Those that matched something: files may have thousands. */
static void show_rules(struct out *out, const struct top *top)
{
	u32 i;

	out_text(out, "\n%11s %14s %6s  %s\n", "pps", "bytes/s", "id", "rule");
	out_open_list(out, "rules");
	for (i = 0; i < top->states.count && top->rule[i].rate.packets; i++)
		show_rule(out, &top->rule[i]);
	out_close(out);
}

static void show_hit(struct out *out, enum top_list list, const struct hitter *hit, u64 shown)
{
	char text[TOP_TEXT];

	top_text(list, hit, text);
	out_open(out, NULL);
	out_string(out, "value", "%-39s", text);
	out_text(out, " %6.1f%% %7.1f%%", top_share(hit->packets, shown),
		 top_share(hit->packets - hit->error, shown));
	out_number(out, "packets", " %11llu\n", hit->packets);
	out_number(out, "error", NULL, hit->error);
	out_close(out);
}

static void show_list(struct out *out, const struct top *top, enum top_list list)
{
	u64 shown = top_weight(top);
	struct hitter hits[HITS];
	u32 n = top_hits(top, list, hits, HITS), i;

	if (shown)
		out_text(out, "\n%-39s %7s %8s %11s\n", top_title(list), "share", "at least",
			 "packets");
	if (shown && !n)
		out_text(out, "none stands out\n");
	out_open_list(out, top_name(list));
	for (i = 0; i < n; i++)
		show_hit(out, list, &hits[i], shown);
	out_close(out);
}

void top_show(struct out *out, const char *dev, const struct top *top)
{
	enum top_list list;

	out_string(out, "dev", "%s:", dev);
	out_number(out, "generation", " generation %llu", top->states.generation);
	out_number(out, "interval_ns", NULL, top->interval);
	out_text(out, ", %.1f s\n\n", top->interval / 1e9);
	show_queues(out, top);
	show_rules(out, top);
	out_number(out, "shown", top->shown ? "\n%llu packets shown" : NULL, top->shown);
	out_number(out, "lost", top->shown ? ", %llu records lost\n" : NULL, top->lost);
	if (!top->shown)
		out_text(out, "\n%s\n", TOP_NOTHING);
	for (list = 0; list < TOP_LISTS; list++)
		show_list(out, top, list);
}
