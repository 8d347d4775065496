// SPDX-License-Identifier: GPL-2.0
#include "block_file.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd.h"

#define BUFFER	(256U << 10)
#define BLOCKS	4096

/**
 * struct block - a block that is not yet written
 * @end: where in the buffer it ends
 * @packets: how many are in it
 */
struct block {
	u32 end;
	u32 packets;
};

/**
 * struct block_file - see block_file.h
 * @name: for messages
 * @fd: where blocks go
 * @failed: nothing is written any more
 * @bytes: how many are in the file
 * @packets: how many are in these
 * @blocks: how many wait in @block
 * @used: the end of the last of them
 * @size: of @buffer
 */
struct block_file {
	char *name;
	int fd;
	bool failed;
	u64 bytes;
	u64 packets;
	u32 blocks;
	u32 used;
	u32 size;
	u8 *buffer;
	struct block block[BLOCKS];
};

static int open_output(const char *name)
{
	if (!strcmp(name, "-"))
		return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
	return open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
}

struct block_file *block_file_open(const char *name)
{
	const char *shown = strcmp(name, "-") ? name : "standard output";
	struct block_file *file;
	int fd = open_output(name);

	if (fd < 0) {
		complain("%s: %s", shown, strerror(errno));
		return NULL;
	}
	if (isatty(fd)) {
		complain("%s is a terminal, and packets are no text: name a file, or use a pipe",
			 shown);
		close(fd);
		return NULL;
	}
	file = need(calloc(1, sizeof(*file)));
	file->fd = fd;
	file->name = need(strdup(shown));
	file->size = BUFFER;
	file->buffer = need(malloc(file->size));
	return file;
}

/* Whoever reads it may have set it not to block. */
static void wait_for_reader(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };

	poll(&poll_fd, 1, -1);
}

/* Returns 0, or a negative errno; @done is how far it came. */
static int write_buffer(const struct block_file *file, u32 *done)
{
	ssize_t n;

	for (*done = 0; *done < file->used; *done += n) {
		n = write(file->fd, file->buffer + *done, file->used - *done);
		if (n >= 0)
			continue;
		if (errno == EAGAIN)
			wait_for_reader(file->fd);
		else if (errno != EINTR)
			return -errno;
		n = 0;
	}
	return 0;
}

/*
 * Of what was written up to @done, only whole blocks stay. What ends with a whole one, or
 * is a pipe, has nothing to cut.
 */
static bool cut(struct block_file *file, u32 done)
{
	off_t end = lseek(file->fd, 0, SEEK_CUR);
	const struct block *block;
	u32 whole = 0;

	for (block = file->block; block < file->block + file->blocks; block++) {
		if (block->end > done)
			break;
		whole = block->end;
		file->packets += block->packets;
	}
	return end < 0 || done == whole || !ftruncate(file->fd, end - (done - whole));
}

bool block_file_flush(struct block_file *file)
{
	u32 done, i;
	int err;

	if (file->failed || !file->used)
		return !file->failed;
	err = write_buffer(file, &done);
	if (err) {
		file->failed = true;
		if (!cut(file, done))
			complain("%s: cannot be cut: the last packet in it is not whole",
				 file->name);
		complain("%s: %s: %llu packets are in it", file->name, strerror(-err),
			 (unsigned long long)file->packets);
		return false;
	}
	for (i = 0; i < file->blocks; i++)
		file->packets += file->block[i].packets;
	file->bytes += file->used;
	file->blocks = 0;
	file->used = 0;
	return true;
}

u8 *block_file_room(struct block_file *file, u32 bytes)
{
	if ((file->blocks == BLOCKS || bytes > file->size - file->used) &&
	    !block_file_flush(file))
		return NULL;
	if (bytes > file->size) {
		file->size = bytes;
		file->buffer = need(realloc(file->buffer, bytes));
	}
	return file->buffer + file->used;
}

void block_file_add(struct block_file *file, const u8 *end, u32 packets)
{
	file->used = end - file->buffer;
	file->block[file->blocks++] = (struct block){ .end = file->used, .packets = packets };
}

u64 block_file_bytes(const struct block_file *file)
{
	return file->bytes + file->used;
}

/* Some file systems say only now that the disk is full. */
bool block_file_close(struct block_file *file)
{
	bool ok = block_file_flush(file);

	if (close(file->fd) && ok) {
		complain("%s: %s", file->name, strerror(errno));
		ok = false;
	}
	free(file->buffer);
	free(file->name);
	free(file);
	return ok;
}
