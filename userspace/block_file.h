/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file of blocks. They are gathered, and written many at once: the file never ends amid
 * one, not even when the disk is full. Where false or NULL is returned, it could not be
 * written, which has then been said.
 */
#ifndef FASTDROP_BLOCK_FILE_H
#define FASTDROP_BLOCK_FILE_H

#include "engine/platform.h"

struct block_file;

/* What there is of that name is emptied, as others do. "-" is standard output. */
struct block_file *block_file_open(const char *name);

/* Where a block of at most so many bytes may be written. */
u8 *block_file_room(struct block_file *file, u32 bytes);

/* It is there, up to @end, and has so many packets. */
void block_file_add(struct block_file *file, const u8 *end, u32 packets);

/* All bytes so far. */
u64 block_file_bytes(const struct block_file *file);

/* For those who read while we write. */
bool block_file_flush(struct block_file *file);

bool block_file_close(struct block_file *file);

#endif /* FASTDROP_BLOCK_FILE_H */
