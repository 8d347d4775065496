// SPDX-License-Identifier: GPL-2.0
#include "progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#define FIRST_DRAW	500	/* ms from the beginning */
#define REDRAW		100	/* ms from one to the next */
#define NARROWEST	20	/* columns */
#define WIDEST		500
#define FRAME		9	/* columns for " [" and "] 100%", and one that stays free */

static u64 now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ULL + t.tv_nsec / 1000000;
}

/* Columns of the terminal. */
static int width(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
		return 80;
	return size.ws_col < NARROWEST ? NARROWEST : size.ws_col > WIDEST ? WIDEST : size.ws_col;
}

static void draw(struct progress *p)
{
	double part = p->total && p->done < p->total ? (double)p->done / p->total : 1;
	int columns = width(), length = strlen(p->what), i, room, text;

	text = columns / 2 - FRAME;
	text = text > 0 ? text : 1;
	text = length < text ? length : text;
	room = columns - text - FRAME;
	fprintf(stderr, "\r%.*s [", text, p->what);
	for (i = 0; i < room; i++)
		fputc(i < part * room ? '#' : '.', stderr);
	fprintf(stderr, "] %3d%%", (int)(part * 100));
	fflush(stderr);
	p->is_drawn = true;
}

void progress_begin(struct progress *p, const char *what, u64 total)
{
	*p = (struct progress){ .what = what, .total = total };
	if (isatty(STDERR_FILENO))
		p->next = now() + FIRST_DRAW;
}

void progress_add(struct progress *p, u64 n)
{
	u64 t;

	p->done += n;
	if (!p->next)
		return;
	t = now();
	if (t < p->next)
		return;
	draw(p);
	p->next = t + REDRAW;
}

void progress_end(struct progress *p)
{
	if (p->is_drawn)
		fputs("\r\x1b[K", stderr);
	*p = (struct progress){ };
}
