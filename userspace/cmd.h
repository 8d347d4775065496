/* SPDX-License-Identifier: GPL-2.0 */
/* What the commands share. Each is one file and one line of the table in fastdrop.c. */
#ifndef FASTDROP_CMD_H
#define FASTDROP_CMD_H

#include "engine/platform.h"

#define VERSION		"0.1.0"	/* the module's */

#define SNAP_MAX	262144	/* bytes of a packet that pcap takes at most */

#define __noreturn	__attribute__((__noreturn__))

struct nl;
struct out;
struct port;

/* What the program ends with. */
enum status {
	STATUS_OK,
	STATUS_USAGE,		/* the command line is wrong */
	STATUS_FAILED,		/* refused, or it could not be done */
};

/**
 * struct options - what may stand before the command, and behind most of them too
 * @json: JSON instead of text
 * @pretty: JSON on many lines
 * @statistics: counters too
 * @netns: the network namespace to work in, or NULL
 * @batch: a file of commands, or NULL
 * @confirm: seconds after which a change is taken back, or 0
 * @has_generation: refuse a change unless the rules in force are of @generation
 * @generation: see @has_generation
 */
struct options {
	bool json;
	bool pretty;
	bool statistics;
	const char *netns;
	const char *batch;
	u32 confirm;
	bool has_generation;
	u32 generation;
};

/* What a command does to the rules in force: which options go with it. */
enum effect {
	EFFECT_NONE,
	EFFECT_DECISION,	/* -g */
	EFFECT_CHANGE,		/* -c, -g */
};

/**
 * struct command - a command, or a command of an object
 * @name: its first word
 * @run: does it; the first argument is the name. NULL if there are @commands
 * @arguments: what stands behind the name
 * @help: what it does, in a line
 * @commands: those of an object, up to an empty one; the first one is meant where
 *	none is named
 * @own_options: @run reads the options behind the name itself
 * @refuses: letters of options in front of the name that would do nothing, or harm; or NULL
 * @effect: on the rules in force
 */
struct command {
	const char *name;
	enum status (*run)(int argc, char **argv, struct options *options);
	const char *arguments;
	const char *help;
	const struct command *commands;
	bool own_options;
	const char *refuses;
	enum effect effect;
};

/*
 * "fastdrop: ", in a batch the file and line, and the message on standard error. What in
 * it could steer a terminal becomes "?".
 */
__printf(1, 2) void complain(const char *format, ...);

/* The same, and the end of the program with STATUS_FAILED. */
__printf(1, 2) __noreturn void fail(const char *format, ...);

/* @p, unless it is NULL: that is the end for want of memory. */
void *need(void *p);

/* What is no error, and not of the results, on standard error. */
__printf(1, 2) void notice(const char *format, ...);

/*
 * @leave gives back the terminal that a screen has, and is called before a message; NULL:
 * there is none any more.
 */
void set_screen(void (*leave)(void));

/* Where in a batch we are; NULL ends it. */
void set_place(const char *file, u32 line);

/*
 * Says what is wrong with the option that getopt() returned "?" or ":" for; its string
 * begins with a colon, so that it says nothing itself. Returns STATUS_USAGE.
 */
enum status refuse_option(int c, char **argv);

/*
 * Whether the long option that getopt_long() has just taken was not written out: it takes
 * abbreviations, on which scripts are not to depend.
 */
bool is_abbreviated(char **argv, const char *name);

/* Runs one line of arguments, options first, as the program's own. */
enum status run_arguments(int argc, char **argv, const struct options *defaults);

/* Runs a file of commands, "-" for standard input, up to the first that fails. */
enum status run_batch(const char *name, const struct options *defaults);

/* What is shared by the commands that ask the module: cmd_common.c. */

/* The module. Without it, or without the rights, the end. */
struct nl *need_module(void);

/* Says why the module refused the last request. Returns STATUS_FAILED. */
enum status refused(const struct nl *nl, const char *what);

/* STATUS_USAGE, and why, for what could not be the name of a device. */
enum status want_dev_name(const char *name);

/*
 * Takes "dev DEV" from the front of the arguments, if it is there. Returns STATUS_USAGE if
 * the name is missing, or could not be one.
 */
enum status take_dev(int *argc, char ***argv, const char **dev);

/* STATUS_USAGE, and a word that is one too many, if there are any arguments. */
enum status want_end(int argc, char **argv);

/* The port of that name; without a name the only one. Where there is none, the end. */
void need_port(struct nl *nl, const char *dev, struct port *port);

/* The words with blanks between them, to be freed. */
char *join_words(int argc, char **argv);

/* "on" or "off". Returns STATUS_USAGE for others. */
enum status read_switch(const char *key, const char *word, bool *value);

/* A time as in rules, in seconds: "30s", "5m". Returns false for what is none. */
bool read_time(const char *word, u32 *seconds);

/* What a word has behind it if there are not just one. */
static inline const char *plural(u64 n)
{
	return n == 1 ? "" : "s";
}

/* A decimal number that fits. */
bool read_number(const char *word, u32 *number);

/* The argument of an option, as a number from 1 to @most: STATUS_USAGE if it is none. */
enum status take_number(const char *what, u32 most, u32 *number);

/* Ends a document. STATUS_FAILED if it could not be written. */
enum status finish(struct out *out);

/* The whole of a file, "-" for standard input, to be freed. Where it cannot be read, the end. */
char *read_file(const char *name, size_t *length);

/*
 * The commands. The first of the arguments is the name of the command. Each
 * returns a status; with STATUS_USAGE, its usage is then shown.
 */
extern const struct command dev_commands[];
extern const struct command rule_commands[];
extern const struct command set_commands[];
extern const struct command module_commands[];
enum status cmd_stats(int argc, char **argv, struct options *options);
enum status cmd_top(int argc, char **argv, struct options *options);
enum status cmd_monitor(int argc, char **argv, struct options *options);
enum status cmd_load(int argc, char **argv, struct options *options);
enum status cmd_save(int argc, char **argv, struct options *options);
enum status cmd_check(int argc, char **argv, struct options *options);
enum status cmd_diff(int argc, char **argv, struct options *options);
enum status cmd_confirm(int argc, char **argv, struct options *options);
enum status cmd_rollback(int argc, char **argv, struct options *options);
enum status cmd_flush(int argc, char **argv, struct options *options);
enum status cmd_doctor(int argc, char **argv, struct options *options);
enum status cmd_bpf(int argc, char **argv, struct options *options);
enum status cmd_capture(int argc, char **argv, struct options *options);
enum status cmd_watch(int argc, char **argv, struct options *options);
enum status cmd_replay(int argc, char **argv, struct options *options);

#endif /* FASTDROP_CMD_H */
