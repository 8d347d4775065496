/* SPDX-License-Identifier: GPL-2.0 */
/* Records as lines of comma-separated values (RFC 4180, but that lines end as Unix has it). */
#ifndef FASTDROP_CSV_H
#define FASTDROP_CSV_H

#include "engine/platform.h"
#include "libfastdrop/ring.h"

/* Room for the longest line. */
#define CSV_LINE	512

/* The names of the columns: the first line. What a packet does not have is empty. */
extern const char csv_header[];

/*
 * The line of a record of the device @dev, before which @lost were lost; with its newline
 * and no 0. Returns its length.
 */
size_t csv_line(const struct fastdrop_record *record, const char *dev, u64 lost,
		char line[CSV_LINE]);

#endif /* FASTDROP_CSV_H */
