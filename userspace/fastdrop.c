// SPDX-License-Identifier: GPL-2.0
/* The command: options, the table of commands, dispatch. */
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

#define VERSION	"0.1.0"	/* the module's */

static const struct command {
	const char *name;
	enum status (*run)(int argc, char **argv, struct options *options);
	const char *arguments;
	const char *help;
} commands[] = {
	{ "replay", cmd_replay, "[-j] [-p] [-w OUT] RULES FILE",
	  "what the rules in RULES would do to the packets of the capture FILE" },
	{ }
};

void complain(const char *format, ...)
{
	va_list args;

	fputs("fastdrop: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

void fail(const char *format, ...)
{
	va_list args;

	fputs("fastdrop: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(STATUS_FAILED);
}

static const struct command *find_command(const char *name)
{
	const struct command *c;

	for (c = commands; c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

static void show_command(FILE *to, const struct command *c)
{
	fprintf(to, "usage: fastdrop %s %s\n  %s\n", c->name, c->arguments, c->help);
}

static void show_usage(FILE *to)
{
	const struct command *c;

	fputs("usage: fastdrop [-j] [-p] COMMAND ...\n       fastdrop -V\n\ncommands:\n", to);
	for (c = commands; c->name; c++)
		fprintf(to, "  %s %s\n      %s\n", c->name, c->arguments, c->help);
	fputs("  help [COMMAND]\n      this text, or that of one command\n\n"
	      "options:\n"
	      "  -j, --json      results as JSON\n"
	      "  -p, --pretty    JSON on many lines\n"
	      "  -V, --version   the version of this program\n"
	      "  -h, --help      this text\n", to);
}

static enum status show_help(const char *name)
{
	const struct command *c = name ? find_command(name) : NULL;

	if (name && !c) {
		complain("there is no command \"%s\"", name);
		show_usage(stderr);
		return STATUS_USAGE;
	}
	if (c)
		show_command(stdout, c);
	else
		show_usage(stdout);
	return STATUS_OK;
}

/* argv[0] is the name of the command, or NULL. */
static enum status run_command(int argc, char **argv, struct options *options)
{
	const struct command *c;
	enum status status;

	if (!argc) {
		show_usage(stderr);
		return STATUS_USAGE;
	}
	if (!strcmp(argv[0], "help"))
		return show_help(argv[1]);
	c = find_command(argv[0]);
	if (!c) {
		complain("there is no command \"%s\"", argv[0]);
		show_usage(stderr);
		return STATUS_USAGE;
	}
	optind = 0;	/* getopt begins anew */
	status = c->run(argc, argv, options);
	if (status == STATUS_USAGE)
		show_command(stderr, c);
	return status;
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "pretty", no_argument, NULL, 'p' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	struct options options = { };
	int c;

	while ((c = getopt_long(argc, argv, "+jpVh", longs, NULL)) != -1) {
		switch (c) {
		case 'j':
			options.json = true;
			break;
		case 'p':
			options.pretty = true;
			break;
		case 'V':
			puts("fastdrop " VERSION);
			return STATUS_OK;
		case 'h':
			return show_help(NULL);
		default:
			show_usage(stderr);
			return STATUS_USAGE;
		}
	}
	return run_command(argc - optind, argv + optind, &options);
}
