// SPDX-License-Identifier: GPL-2.0
/* Which queues, rules, senders and so on have the most packets. */
#include <getopt.h>
#include <limits.h>
#include <unistd.h>

#include "cmd.h"
#include "feed.h"
#include "out.h"
#include "top_screen.h"
#include "top_show.h"

#define MS	1000000ULL	/* in ns */
#define SECOND	(1000 * MS)
#define SLICE	(100 * MS)	/* a key waits so long at most */

/**
 * struct watch - a device that is watched
 * @nl: the module
 * @port: the device
 * @feed: the packets that its rules show
 * @top: what was seen so far
 * @delay: from one reading to the next, in ns
 * @is_paused: the screen stays as it is
 */
struct watch {
	struct nl *nl;
	struct port port;
	struct feed *feed;
	struct top top;
	u64 delay;
	bool is_paused;
};

static u64 now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * SECOND + t.tv_nsec;
}

static enum status read_counters(struct watch *w)
{
	struct rule_states states;

	if (state_rules(w->nl, w->port.ifindex, true, &states))
		return refused(w->nl, w->port.name);
	top_read(&w->top, &states, now());
	w->top.lost = w->feed->lost;
	return STATUS_OK;
}

/* An interval may have more milliseconds than an int: then we look once more. */
static int ms_until(u64 time, u64 end)
{
	u64 ms = (end - time) / MS + 1;

	return ms < INT_MAX ? ms : INT_MAX;
}

/* Takes what the rings show, up to then: FEED_IDLE, or why it ended before. */
static enum feed_state take_records(struct watch *w, u64 end)
{
	const struct fastdrop_record *record;
	enum feed_state state;
	u64 time;

	while ((time = now()) < end) {
		state = feed_next(w->feed, ms_until(time, end), &record);
		if (state == FEED_RECORD && !w->is_paused)
			top_sample(&w->top, record);
		else if (state != FEED_RECORD && state != FEED_IDLE)
			return state;
	}
	return FEED_IDLE;
}

/* The end of the reading, as an end of the program. */
static enum status end_of(const struct watch *w, enum feed_state state)
{
	if (state != FEED_ENDED)
		return STATUS_OK;
	complain("%s is not protected any more", w->port.name);
	return STATUS_FAILED;
}

/* An interrupt cuts the interval short. */
static enum status show_once(struct watch *w, const struct options *options)
{
	enum status status = read_counters(w);
	enum feed_state state;
	struct out *out;

	if (status != STATUS_OK)
		return status;
	state = take_records(w, w->top.time + w->delay);
	if (state == FEED_ENDED)
		return end_of(w, state);
	status = read_counters(w);
	if (status != STATUS_OK)
		return status;
	out = out_begin(options->json, options->pretty);
	top_show(out, w->port.name, &w->top);
	return finish(out);
}

/* Whether the screen goes on. */
static bool take_keys(struct watch *w)
{
	enum screen_key key;

	while ((key = screen_key()) != SCREEN_NOTHING) {
		if (key == SCREEN_QUIT)
			return false;
		w->is_paused ^= key == SCREEN_PAUSE;
		screen_draw(w->port.name, &w->top, w->is_paused);
	}
	return true;
}

/* As take_records(), with an eye on the keys. */
static enum feed_state wait_for(struct watch *w, u64 end)
{
	enum feed_state state = FEED_IDLE;
	u64 time;

	while (state == FEED_IDLE && (time = now()) < end) {
		state = take_records(w, end - time < SLICE ? end : time + SLICE);
		if (state == FEED_IDLE && !take_keys(w))
			state = FEED_INTERRUPTED;
	}
	return state;
}

/* What was shown in the interval before counts half, the one before that a fourth. */
static enum status show_screen(struct watch *w)
{
	enum feed_state state = FEED_IDLE;
	enum status status = STATUS_OK;

	screen_open();
	do {
		if (!w->is_paused) {
			status = read_counters(w);
			if (status != STATUS_OK)
				break;
			screen_draw(w->port.name, &w->top, false);
			top_decay(&w->top);
		}
		state = wait_for(w, now() + w->delay);
	} while (state == FEED_IDLE);
	if (state != FEED_IDLE)
		status = end_of(w, state);
	screen_close();
	return status;
}

static enum status run(const char *dev, u32 seconds, bool once, const struct options *options)
{
	struct watch w = { .delay = seconds * SECOND };
	enum status status;

	w.nl = need_module();
	need_port(w.nl, dev, &w.port);
	w.feed = feed_open(&(struct feed_options){ .dev = w.port.name });
	top_begin(&w.top);
	status = once ? show_once(&w, options) : show_screen(&w);
	top_end(&w.top);
	feed_close(w.feed);
	nl_close(w.nl);
	return status;
}

static enum status check_output(bool once, const struct options *options)
{
	if (options->pretty && !options->json) {
		complain("-p is for JSON: say -j too");
		return STATUS_USAGE;
	}
	if (once)
		return STATUS_OK;
	if (options->json) {
		complain("JSON is for one interval: say -1 too");
		return STATUS_USAGE;
	}
	if (isatty(STDOUT_FILENO))
		return STATUS_OK;
	complain("standard output is no terminal: -1 shows one interval as text");
	return STATUS_USAGE;
}

static enum status read_seconds(const char *word, u32 *seconds)
{
	if (read_time(word, seconds))
		return STATUS_OK;
	complain("expected a number of seconds behind -d, not \"%s\"", word);
	return STATUS_USAGE;
}

static enum status take_words(int argc, char **argv, const char **dev)
{
	return take_dev(&argc, &argv, dev) ?: want_end(argc, argv);
}

enum status cmd_top(int argc, char **argv, struct options *options)
{
	static const struct option longs[] = {
		{ "once", no_argument, NULL, '1' },
		{ "delay", required_argument, NULL, 'd' },
		{ "json", no_argument, NULL, 'j' },
		{ "pretty", no_argument, NULL, 'p' },
		{ }
	};
	enum status status = STATUS_OK;
	const char *dev = NULL;
	bool once = false;
	u32 seconds = 1;
	int c, place = -1;

	for (; (c = getopt_long(argc, argv, ":1d:jp", longs, &place)) != -1; place = -1) {
		if (place >= 0 && is_abbreviated(argv, longs[place].name))
			return refuse_option('?', argv);
		once |= c == '1';
		options->json |= c == 'j';
		options->pretty |= c == 'p';
		if (c == 'd')
			status = status ?: read_seconds(optarg, &seconds);
		else if (c == '?' || c == ':')
			return refuse_option(c, argv);
	}
	status = status ?: take_words(argc - optind, argv + optind, &dev);
	status = status ?: check_output(once, options);
	return status ?: run(dev, seconds, once, options);
}
