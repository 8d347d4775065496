/* SPDX-License-Identifier: GPL-2.0 */
/* What the commands share. Each is one file and one line of the table in fastdrop.c. */
#ifndef FASTDROP_CMD_H
#define FASTDROP_CMD_H

#include "engine/platform.h"

#define __noreturn	__attribute__((__noreturn__))

/* What the program ends with. */
enum status {
	STATUS_OK,
	STATUS_USAGE,		/* the command line is wrong */
	STATUS_FAILED,		/* refused, or it could not be done */
};

/**
 * struct options - what may stand before the command, and behind it too
 * @json: JSON instead of text
 * @pretty: JSON on many lines
 */
struct options {
	bool json;
	bool pretty;
};

/* "fastdrop: " and the message on standard error. */
__printf(1, 2) void complain(const char *format, ...);

/* The same, and the end of the program with STATUS_FAILED. */
__printf(1, 2) __noreturn void fail(const char *format, ...);

/*
 * The commands. The first of the arguments is the name of the command. Each
 * returns a status; with STATUS_USAGE, its usage is then shown.
 */
enum status cmd_replay(int argc, char **argv, struct options *options);

#endif /* FASTDROP_CMD_H */
