/* SPDX-License-Identifier: GPL-2.0 */
/* When a capture goes on in another file, and what that is called: as tcpdump does. */
#ifndef FASTDROP_ROTATION_H
#define FASTDROP_ROTATION_H

#include "engine/platform.h"

/**
 * struct rotation - where in a row of files we are
 * @name: the first one's; with @seconds strftime() makes the names of it
 * @bytes: a file with more than that is the last but one, or 0
 * @seconds: a file is as long in use, or 0
 * @files: with @bytes, as many that are used in turns; with @seconds alone the end; or 0
 * @began: when @seconds began
 * @periods: how many of @seconds are over
 * @number: of the file, by @bytes
 */
struct rotation {
	const char *name;
	u64 bytes;
	u32 seconds;
	u32 files;
	time_t began;
	u32 periods;
	u32 number;
};

/* Those that are set by the caller are @name, @bytes, @seconds and @files. */
void rotation_begin(struct rotation *rotation);

/* The name of the file, to be freed; NULL if strftime() makes none. */
char *rotation_name(const struct rotation *rotation);

/* Goes on to the next file, if this one, of so many bytes, gets no more. Whether it does. */
bool rotation_turn(struct rotation *rotation, u64 bytes);

/* Whether the time of the last file is up. */
bool rotation_is_over(const struct rotation *rotation);

#endif /* FASTDROP_ROTATION_H */
