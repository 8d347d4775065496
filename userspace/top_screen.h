/* SPDX-License-Identifier: GPL-2.0 */
/* What top has, on a terminal. There is one screen. */
#ifndef FASTDROP_TOP_SCREEN_H
#define FASTDROP_TOP_SCREEN_H

#include "top_data.h"

enum screen_key {
	SCREEN_NOTHING,
	SCREEN_QUIT,
	SCREEN_PAUSE,
	SCREEN_DRAW,		/* it is to be drawn anew */
};

/*
 * Takes the terminal; where it cannot be used, the end. It is given back before a message
 * and at the end of the program, whatever that is.
 */
void screen_open(void);
void screen_close(void);

void screen_draw(const char *dev, const struct top *top, bool is_paused);

/* What was typed, without waiting for it. */
enum screen_key screen_key(void);

#endif /* FASTDROP_TOP_SCREEN_H */
