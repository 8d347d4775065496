// SPDX-License-Identifier: GPL-2.0
/* The command: options, the table of commands, dispatch. */
#define _GNU_SOURCE	/* setns() */
#include <ctype.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "out.h"

static enum status cmd_help(int argc, char **argv, struct options *options);

static const struct command commands[] = {
	{ "dev", .commands = dev_commands },
	{ "rule", .commands = rule_commands },
	{ "set", .commands = set_commands },
	{ "stats", cmd_stats, "[dev DEV]",
	  "counters queue by queue, and rule by rule" },
	{ "top", cmd_top, "[-1] [-j] [-p] [-d SECONDS] [dev DEV]",
	  "what has the most packets: queues, rules, senders and so on; -1: once, as text",
	  .own_options = true, .refuses = "s" },
	{ "monitor", cmd_monitor, "[config|events]",
	  "a line for each thing that changes or happens, until it is interrupted" },
	{ "watch", cmd_watch,
	  "[-j] [-C] [-c COUNT] [-s SNAP] [dev DEV] [rule ID] [queue N] [EXPR...]",
	  "a line for each packet that rules show, of those an expression of tcpdump accepts",
	  .own_options = true, .refuses = "ps" },
	{ "load", cmd_load, "FILE [dev DEV]",
	  "replace all rules and sets by those of FILE, at once", .effect = EFFECT_CHANGE },
	{ "save", cmd_save, "[dev DEV]",
	  "the rules and sets in force, as load takes them" },
	{ "check", cmd_check, "FILE [dev DEV]",
	  "whether FILE is right, and what loading it would change" },
	{ "diff", cmd_diff, "FILE [dev DEV]",
	  "how the rules in force (-) differ from those of FILE (+)" },
	{ "confirm", cmd_confirm, "[dev DEV]",
	  "keep a change that was made with -c", .effect = EFFECT_DECISION },
	{ "rollback", cmd_rollback, "[dev DEV]",
	  "take back a change that was made with -c", .effect = EFFECT_DECISION },
	{ "flush", cmd_flush, "[dev DEV]",
	  "remove all rules and sets", .effect = EFFECT_CHANGE },
	{ "doctor", cmd_doctor, "[DEV]",
	  "look for what hinders packets from being seen and dropped" },
	{ "module", .commands = module_commands },
	{ "bpf", cmd_bpf, "[-j] [-p] EXPR... [dev DEV]",
	  "a rule for an expression of tcpdump", .own_options = true },
	{ "capture", cmd_capture,
	  "-w FILE [-c COUNT] [-s SNAP] [-C MB] [-G SECONDS] [-W COUNT] [-B KIB] [--pcap] [dev DEV] [rule ID] [queue N] [EXPR...]",
	  "write the packets that are shown to a file, as pcapng",
	  .own_options = true, .refuses = "jps" },
	{ "replay", cmd_replay, "[-j] [-p] [-w OUT] RULES FILE",
	  "what the rules in RULES would do to the packets of the capture FILE",
	  .own_options = true },
	{ "help", cmd_help, "[COMMAND]",
	  "all commands and options, or one command" },
	{ }
};

static const struct option longs[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "pretty", no_argument, NULL, 'p' },
	{ "statistics", no_argument, NULL, 's' },
	{ "netns", required_argument, NULL, 'n' },
	{ "batch", required_argument, NULL, 'b' },
	{ "confirm", required_argument, NULL, 'c' },
	{ "generation", required_argument, NULL, 'g' },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ }
};

/* Where in a batch we are. */
static const char *batch_file;
static u32 batch_line;

/* For a screen. */
static void (*leave_screen)(void);

void set_screen(void (*leave)(void))
{
	leave_screen = leave;
}

void set_place(const char *file, u32 line)
{
	batch_file = file;
	batch_line = line;
}

/* Names of files and words of the user are in it: it is cleaned. */
__printf(1, 0) static void print_clean(const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		return;
	out_clean(text);
	fputs(text, stderr);
	free(text);
}

__printf(1, 2) static void print_line(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_clean(format, args);
	va_end(args);
}

__printf(1, 0) static void print_error(const char *format, va_list args)
{
	if (leave_screen)
		leave_screen();
	fflush(stdout);
	fputs("fastdrop: ", stderr);
	if (batch_file)
		print_line("%s, line %u: ", batch_file, batch_line);
	print_clean(format, args);
	fputc('\n', stderr);
}

void complain(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_error(format, args);
	va_end(args);
}

void fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_error(format, args);
	va_end(args);
	exit(STATUS_FAILED);
}

void notice(const char *format, ...)
{
	va_list args;

	if (leave_screen)
		leave_screen();
	va_start(args, format);
	print_clean(format, args);
	va_end(args);
	fputc('\n', stderr);
}

void *need(void *p)
{
	if (!p)
		fail("no memory");
	return p;
}

static const struct command *find_command(const struct command *c, const char *name)
{
	for (; c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

/* One line a command; of an object, one a command of it. */
static void show_lines(FILE *to, const struct command *object, const struct command *c,
		       const char *indent)
{
	fprintf(to, "%s%s%s%s%s%s\n%s    %s\n", indent, object ? object->name : "",
		object ? " " : "", c->name, *c->arguments ? " " : "", c->arguments, indent,
		c->help);
}

static void show_command(FILE *to, const struct command *c, const char *indent)
{
	const struct command *part;

	if (!c->commands)
		show_lines(to, NULL, c, indent);
	else
		for (part = c->commands; part->name; part++)
			show_lines(to, c, part, indent);
}

static void show_command_usage(FILE *to, const struct command *object, const struct command *c)
{
	if (c->commands) {
		fprintf(to, "usage: fastdrop %s ...\n", c->name);
		show_command(to, c, "  ");
		return;
	}
	fprintf(to, "usage: fastdrop %s%s%s%s%s\n  %s\n", object ? object->name : "",
		object ? " " : "", c->name, *c->arguments ? " " : "", c->arguments, c->help);
}

static const char usage[] = "usage: fastdrop [OPTION]... [COMMAND ...]\n";

static void show_usage(void)
{
	const struct command *c;

	fputs(usage, stdout);
	fputs("\ncommands:\n", stdout);
	for (c = commands; c->name; c++)
		show_command(stdout, c, "  ");
	fputs("\nWithout a command: dev show. dev DEV may be left out where one device is protected.\n\n"
	      "options:\n"
	      "  -j, --json            results as JSON\n"
	      "  -p, --pretty          JSON on many lines\n"
	      "  -s, --statistics      counters too, and the rules that a device has of its own\n"
	      "  -n, --netns NETNS     in the network namespace NETNS\n"
	      "  -b, --batch FILE      run the commands in FILE, one a line\n"
	      "  -c, --confirm TIME    take the change back after TIME (30s, 5m), unless confirmed\n"
	      "  -g, --generation N    refuse the change if the rules in force are not generation N\n"
	      "  -V, --version         the version of this program\n"
	      "  -h, --help            this text\n", stdout);
}

/* Under a message, which is not to drown. */
static void show_short_usage(void)
{
	fprintf(stderr, "%s       fastdrop help\n", usage);
}

static enum status refuse_command(const char *name)
{
	complain("there is no command \"%s\"", name);
	show_short_usage();
	return STATUS_USAGE;
}

/*
 * @names are those of a command, and of an object's command if it is no option. Whoever
 * called shows how it goes, if there is none.
 */
static enum status show_help(char **names)
{
	const struct command *object = NULL, *c = find_command(commands, names[0]);

	if (c && c->commands && names[1] && *names[1] != '-') {
		object = c;
		c = find_command(object->commands, *++names);
	}
	if (!c) {
		complain("%s%sthere is no command \"%s\"", object ? object->name : "",
			 object ? ": " : "", *names);
		return STATUS_USAGE;
	}
	show_command_usage(stdout, object, c);
	return STATUS_OK;
}

static enum status cmd_help(int argc, char **argv, struct options *options)
{
	if (argc > 3)
		return want_end(argc - 3, argv + 3);
	if (argc > 1)
		return show_help(argv + 1);
	show_usage();
	return STATUS_OK;
}

/* As ip -n does. */
static void enter_netns(const char *name)
{
	char path[4096];
	int fd;

	if (snprintf(path, sizeof(path), "/run/netns/%s", name) >= sizeof(path) ||
	    strchr(name, '/'))
		fail("\"%s\" is no name of a network namespace", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fail("there is no network namespace \"%s\": %s: %s", name, path, strerror(errno));
	if (setns(fd, CLONE_NEWNET))
		fail("cannot enter the network namespace \"%s\": %s", name, strerror(errno));
	close(fd);
}

/* What the options with an argument say. Returns STATUS_USAGE if it is wrong. */
static enum status take_argument(int c, struct options *options)
{
	if (batch_file && (c == 'n' || c == 'b')) {
		complain("-%c is for the command line, not for a line of a batch", c);
		return STATUS_USAGE;
	}
	switch (c) {
	case 'n':
		options->netns = optarg;
		enter_netns(optarg);
		return STATUS_OK;
	case 'b':
		options->batch = optarg;
		return STATUS_OK;
	case 'c':
		if (read_time(optarg, &options->confirm))
			return STATUS_OK;
		complain("expected a time such as 30s or 5m behind -c, not \"%s\"", optarg);
		return STATUS_USAGE;
	default:
		options->has_generation = read_number(optarg, &options->generation) &&
					  options->generation;
		if (options->has_generation)
			return STATUS_OK;
		complain("expected the number of a generation behind -g, not \"%s\"", optarg);
		return STATUS_USAGE;
	}
}

enum status refuse_option(int c, char **argv)
{
	const char *word = argv[optind - (optarg == argv[optind - 1] ? 2 : 1)];
	char letter[] = { '-', optopt, 0 };

	if (c == ':')
		complain("expected an argument behind \"%s\"", word);
	else
		complain("there is no option \"%s\"", strncmp(word, "--", 2) ? letter : word);
	return STATUS_USAGE;
}

bool is_abbreviated(char **argv, const char *name)
{
	const char *word = argv[optind - 1];

	if (optarg == word)
		word = argv[optind - 2];
	return strcspn(word + 2, "=") != strlen(name);
}

/*
 * Options of the arguments, up to the first word, or between all of them. Returns a
 * status, or -1 to go on.
 */
static int take_options(int argc, char **argv, bool in_front, struct options *options)
{
	const char *shorts = in_front ? "+:jpsn:b:c:g:Vh" : ":jpsn:b:c:g:Vh";
	enum status status;
	int c, place = -1;

	optind = 0;	/* getopt begins anew */
	for (; (c = getopt_long(argc, argv, shorts, longs, &place)) != -1; place = -1) {
		if (place >= 0 && is_abbreviated(argv, longs[place].name))
			return refuse_option('?', argv);
		switch (c) {
		case 'j':
			options->json = true;
			break;
		case 'p':
			options->pretty = true;
			break;
		case 's':
			options->statistics = true;
			break;
		case 'V':
			puts("fastdrop " VERSION);
			return STATUS_OK;
		case 'h':
			if (!in_front)
				return show_help(argv);
			show_usage();
			return STATUS_OK;
		case '?':
		case ':':
			return refuse_option(c, argv);
		default:
			status = take_argument(c, options);
			if (status != STATUS_OK)
				return status;
		}
	}
	return -1;
}

/* The command of an object that the arguments name; @argc and @argv are then its own. */
static const struct command *choose(const struct command *object, int *argc, char ***argv)
{
	const struct command *c;

	if (*argc < 2)
		return object->commands;
	c = find_command(object->commands, (*argv)[1]);
	if (c) {
		(*argc)--;
		(*argv)++;
	} else if (!strcmp((*argv)[1], "dev")) {
		c = object->commands;
	}
	return c;
}

static enum status refuse_choice(const struct command *object, const char *name)
{
	complain("%s: there is no command \"%s\"", object->name, name);
	show_command_usage(stderr, NULL, object);
	return STATUS_USAGE;
}

/* The first of the options that the command refuses, or 0. */
static char refused_option(const struct command *c, const struct options *options)
{
	const char *p;

	for (p = c->refuses ?: ""; *p; p++)
		if (*p == 'j' ? options->json :
		    *p == 'p' ? options->pretty : options->statistics)
			return *p;
	return 0;
}

/* An option that would do nothing here is a misunderstanding. */
static enum status check_options(const struct command *object, const struct command *c,
				 const struct options *options)
{
	char option = refused_option(c, options);

	if (option) {
		complain("-%c does not go with \"%s\"", option, c->name);
		return STATUS_USAGE;
	}
	if (options->confirm && c->effect != EFFECT_CHANGE)
		option = 'c';
	else if (options->has_generation && c->effect == EFFECT_NONE)
		option = 'g';
	else
		return STATUS_OK;
	complain("-%c is for what changes rules or sets: \"%s%s%s\" does not", option,
		 object ? object->name : "", object ? " " : "", c->name);
	return STATUS_USAGE;
}

/* A negative number behind "prio" is no option: getopt() knows those by their dash. */
static void shield_numbers(char **argv)
{
	static char number[16];

	for (; argv[0] && argv[1]; argv++)
		if (!strcmp(argv[0], "prio") && argv[1][0] == '-' && isdigit(argv[1][1]) &&
		    snprintf(number, sizeof(number), " %s", argv[1]) < sizeof(number))
			argv[1] = number;
}

/* argv[0] is the name of the command. */
static enum status run_command(int argc, char **argv, struct options *options)
{
	const struct command *top = find_command(commands, argv[0]), *object = NULL, *c = top;
	int status = -1;

	if (!c)
		return refuse_command(argv[0]);
	if (!c->own_options) {
		shield_numbers(argv);
		status = take_options(argc, argv, false, options);
		argc -= optind - 1;
		argv += optind - 1;
	}
	if (status < 0 && c->commands) {
		object = c;
		c = choose(object, &argc, &argv);
		if (!c)
			return refuse_choice(object, argv[1]);
	}
	if (status < 0) {
		optind = 0;
		status = check_options(object, c, options) ?: c->run(argc, argv, options);
	}
	if (status == STATUS_USAGE)
		show_command_usage(stderr, object, c);
	return status;
}

enum status run_arguments(int argc, char **argv, const struct options *defaults)
{
	static char *show[] = { "dev", NULL };
	struct options options = *defaults;
	int status = take_options(argc, argv, true, &options);

	if (status == STATUS_USAGE)
		show_short_usage();
	if (status >= 0)
		return status;
	argc -= optind;
	argv += optind;
	if (!options.batch)
		return argc ? run_command(argc, argv, &options) : run_command(1, show, &options);
	if (argc) {
		complain("\"%s\" is one too many: with -b the commands are in a file", argv[0]);
		return STATUS_USAGE;
	}
	if (options.has_generation || options.confirm) {
		complain("-%c goes with one command: give it in a line of the batch",
			 options.confirm ? 'c' : 'g');
		return STATUS_USAGE;
	}
	return run_batch(options.batch, &(struct options){
		.json = options.json, .pretty = options.pretty,
		.statistics = options.statistics,
	});
}

int main(int argc, char **argv)
{
	enum status status = run_arguments(argc, argv, &(struct options){ });

	if (status == STATUS_OK && (fflush(stdout) || ferror(stdout))) {
		complain("the results could not be written");
		status = STATUS_FAILED;
	}
	return status;
}
