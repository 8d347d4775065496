/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A bar on standard error for work that takes long. Nothing is shown where that is no
 * terminal, nor of what takes less than half a second.
 */
#ifndef FASTDROP_PROGRESS_H
#define FASTDROP_PROGRESS_H

#include "engine/platform.h"

/**
 * struct progress - how far some work has come
 * @what: what it is, as the user reads it
 * @total: all that there is to do
 * @done: of that, what is done
 * @next: when to draw, in ms of a clock that does not jump; 0 is never
 * @is_drawn: there is a bar to clear
 */
struct progress {
	const char *what;
	u64 total;
	u64 done;
	u64 next;
	bool is_drawn;
};

/* @what is the caller's, and stays until progress_end(). */
void progress_begin(struct progress *p, const char *what, u64 total);

/* So much more is done. */
void progress_add(struct progress *p, u64 n);

/* The bar goes away, whether all was done or not. */
void progress_end(struct progress *p);

#endif /* FASTDROP_PROGRESS_H */
