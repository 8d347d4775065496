// SPDX-License-Identifier: GPL-2.0
#include "top_screen.h"

#include <curses.h>
#include <signal.h>

#include "cmd.h"
#include "top_show.h"

#define LINE		512	/* the longest that is shown */
#define HITS		64	/* of one list, on the largest screen */
#define LIST_COLUMNS	3	/* beside each other, where all lists are shown */
#define LIST_ROWS	(TOP_LISTS / LIST_COLUMNS)
#define RATES		55	/* columns before the bar */
#define SHARE		7	/* columns */
#define CTRL(key)	((key) & 0x1f)

static SCREEN *screen;

/* The list that is shown, or all. */
static enum top_list shown_list = TOP_LISTS;

static void leave(void)
{
	if (screen && !isendwin())
		endwin();
}

void screen_open(void)
{
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		fail("the terminal \"%s\" is not known here: top -1 needs none",
		     getenv("TERM") ?: "");
	atexit(leave);
	set_screen(leave);
	raw();		/* no key ends us without endwin() */
	noecho();
	nodelay(stdscr, true);
	keypad(stdscr, true);
	curs_set(0);
}

void screen_close(void)
{
	leave();
	set_screen(NULL);
	delscreen(screen);
	screen = NULL;
}

/* A terminal gets what can be printed, whatever is in names and comments. */
static void make_plain(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

/* What is beyond @width, or the screen, is cut off. */
__printf(4, 5) static void put(int row, int column, int width, const char *format, ...)
{
	char text[LINE];
	va_list args;

	if (row >= LINES || column >= COLS || width <= 0)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	make_plain(text);
	mvaddnstr(row, column, text, width < COLS - column ? width : COLS - column);
}

__printf(2, 3) static void put_heading(int row, const char *format, ...)
{
	char text[LINE];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	attron(A_REVERSE);
	put(row, 0, COLS, "%-*s", COLS, text);
	attroff(A_REVERSE);
}

static void draw_title(const char *dev, const struct top *top, bool is_paused)
{
	put(0, 0, COLS, "fastdrop %s, generation %u, %.1f s%s", dev, top->states.generation,
	    top->interval / 1e9, is_paused ? ", PAUSED" : "");
	if (COLS > 60)
		put(0, COLS - 25, 25, " q quit  p pause  s lists");
	if (top_weight(top))
		put(1, 0, COLS, "%llu packets shown, %llu records lost", top->shown, top->lost);
	else
		put(1, 0, COLS, "%s", TOP_NOTHING);
}

static void draw_queue(int row, const char *name, const struct top_queue *q, u64 most)
{
	u32 width = COLS > RATES && COLS < LINE ? COLS - RATES : 0;
	char bar[LINE] = "";

	if (most)
		top_bar(q, most, width, bar);
	put(row, 0, COLS, "%-6s %9llu %9llu %9llu %9llu %5.1f%%  %s", name, q->seen, q->dropped,
	    q->diverted, q->passed, top_share(q->dropped, q->seen), bar);
}

/* Whether a queue is one of the @rows busiest. */
static bool is_busy(const struct top *top, u32 queue, u32 rows)
{
	const struct top_queue *q = top->queue;
	u32 before = 0, i;

	for (i = 0; i < top->states.queues; i++)
		before += q[i].seen > q[queue].seen || (q[i].seen == q[queue].seen && i < queue);
	return before < rows;
}

/* Returns the row behind. */
static int draw_queues(int row, const struct top *top, u32 rows)
{
	u64 most = top_most(top) ?: 1;
	char name[16];
	u32 i;

	put_heading(row++, "%-6s %9s %9s %9s %9s %6s  # dropped = diverted -", "pps", "seen",
		    "dropped", "diverted", "passed", "drop");
	for (i = 0; i < top->states.queues; i++) {
		if (!is_busy(top, i, rows))
			continue;
		snprintf(name, sizeof(name), "rx-%u", top->queue[i].queue);
		draw_queue(row++, name, &top->queue[i], most);
	}
	snprintf(name, sizeof(name), "all %u", top->states.queues);
	draw_queue(row++, rows < top->states.queues ? name : "all", &top->total, 0);
	return row;
}

static int draw_rules(int row, const struct top *top, u32 rows)
{
	const struct top_rule *r;
	u32 i;

	put_heading(row++, "%11s %14s %6s  %s", "pps", "bytes/s", "id", "rule");
	for (i = 0; i < rows; i++) {
		r = &top->rule[i];
		put(row, 0, COLS, "%11llu %14llu", r->rate.packets, r->rate.bytes);
		put(row, 27, 8, r->rule->own ? "   own" : "%6u", r->rule->id);
		put(row++, 35, COLS, "%s", r->rule->text);
	}
	return row;
}

/* A key and its share; a key that is cut off ends in "~". */
static void draw_hit(int row, int column, int width, enum top_list list, const struct hitter *hit,
		     u64 shown)
{
	char text[TOP_TEXT];

	top_text(list, hit, text);
	if (width > 0 && strlen(text) > width)
		strcpy(&text[width - 1], "~");
	put(row, column, width, "%s", text);
	put(row, column + width, SHARE, "%6.1f%%", top_share(hit->packets, shown));
}

static void draw_lists(int row, const struct top *top, u32 rows)
{
	int width = COLS / LIST_COLUMNS, column;
	struct hitter hits[HITS];
	enum top_list list;
	u32 n, i;

	for (list = 0; list < TOP_LISTS; list++) {
		column = list % LIST_COLUMNS * width;
		if (!column && list)
			row += rows + 1;
		if (!column)
			put_heading(row, "%s", "");
		attron(A_REVERSE);
		put(row, column, width - 1, "%s", top_title(list));
		attroff(A_REVERSE);
		n = top_hits(top, list, hits, rows);
		for (i = 0; i < n; i++)
			draw_hit(row + 1 + i, column, width - SHARE - 1, list, &hits[i],
				 top_weight(top));
		if (!n && top_weight(top))
			put(row + 1, column, width - 1, "none stands out");
	}
}

static void draw_list(int row, const struct top *top, u32 rows)
{
	struct hitter hits[HITS];
	u32 n = top_hits(top, shown_list, hits, rows), i;
	u64 shown = top_weight(top);

	put_heading(row++, "%-39s %6s %9s", top_title(shown_list), "share", "at least");
	for (i = 0; i < n; i++, row++) {
		draw_hit(row, 0, 39, shown_list, &hits[i], shown);
		put(row, 47, 9, "%8.1f%%", top_share(hits[i].packets - hits[i].error, shown));
	}
	if (!n && shown)
		put(row, 0, COLS, "none stands out");
}

static u32 least(u32 a, u32 b)
{
	return a < b ? a : b;
}

/* The queues and the rules get a fourth of the rows each, if they want them; the lists the rest. */
void screen_draw(const char *dev, const struct top *top, bool is_paused)
{
	u32 part = LINES > 16 ? (LINES - 8) / 4 : 2;
	int row;

	erase();
	draw_title(dev, top, is_paused);
	row = draw_queues(2, top, least(part, top->states.queues));
	row = draw_rules(row, top, least(part, top->states.count));
	if (shown_list < TOP_LISTS && LINES > row + 1)
		draw_list(row, top, least(LINES - row - 1, HITS));
	else if (LINES > row + LIST_ROWS)
		draw_lists(row, top, least((LINES - row) / LIST_ROWS - 1, HITS));
	refresh();
}

enum screen_key screen_key(void)
{
	switch (getch()) {
	case 'q':
	case CTRL('C'):
		return SCREEN_QUIT;
	case 'p':
		return SCREEN_PAUSE;
	case 's':
		shown_list = shown_list == TOP_LISTS ? 0 : shown_list + 1;
		return SCREEN_DRAW;
	case CTRL('Z'):
		raise(SIGTSTP);	/* ncurses gives the terminal back, and takes it again */
		return SCREEN_DRAW;
	case CTRL('L'):
		clearok(stdscr, true);
		return SCREEN_DRAW;
	case KEY_RESIZE:
		return SCREEN_DRAW;
	default:
		return SCREEN_NOTHING;
	}
}
