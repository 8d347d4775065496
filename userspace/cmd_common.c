// SPDX-License-Identifier: GPL-2.0
/* What the commands that ask the module have in common. */
#include <fcntl.h>
#include <getopt.h>
#include <sys/stat.h>

#include "cmd.h"
#include "engine/rule_names.h"
#include "libfastdrop/state.h"
#include "out.h"

#define FIRST_ROOM	65536
#define FILE_MAX	(1024U << 20)	/* bytes of rules */
#define YEARS_10	(3650U * 24 * 60 * 60)

struct nl *need_module(void)
{
	struct nl *nl;
	int err = nl_open(&nl);

	if (err)
		fail("%s", nl_open_error(err));
	return nl;
}

enum status refused(const struct nl *nl, const char *what)
{
	if (what)
		complain("%s: %s", what, nl_error(nl));
	else
		complain("%s", nl_error(nl));
	return STATUS_FAILED;
}

enum status want_dev_name(const char *name)
{
	if (*name && strlen(name) < IFNAMSIZ)
		return STATUS_OK;
	complain("\"%s\" is no name of a device: it has 1 to %d characters", name, IFNAMSIZ - 1);
	return STATUS_USAGE;
}

enum status take_dev(int *argc, char ***argv, const char **dev)
{
	if (!*argc || strcmp((*argv)[0], "dev"))
		return STATUS_OK;
	if (*argc < 2) {
		complain("expected the name of a device behind \"dev\"");
		return STATUS_USAGE;
	}
	*dev = (*argv)[1];
	*argc -= 2;
	*argv += 2;
	return want_dev_name(*dev);
}

enum status want_end(int argc, char **argv)
{
	if (!argc)
		return STATUS_OK;
	complain("\"%s\" is one too many: expected the end of the command", argv[0]);
	return STATUS_USAGE;
}

/* Which of several, nobody said. */
static __noreturn void fail_for_choice(const struct ports *ports)
{
	char names[256] = "";
	size_t n = 0;
	u32 i;

	if (!ports->count)
		fail("no device is protected: fastdrop dev add DEV");
	for (i = 0; i < ports->count && n < sizeof(names); i++)
		n += snprintf(names + n, sizeof(names) - n, "%s%s", i ? ", " : "",
			      ports->port[i].name);
	fail("%u devices are protected (%s): say which by dev DEV", ports->count, names);
}

void need_port(struct nl *nl, const char *dev, struct port *port)
{
	struct ports ports;

	if (dev) {
		if (state_port(nl, dev, port))
			fail("%s: %s", dev, nl_error(nl));
		return;
	}
	if (state_ports(nl, &ports))
		fail("%s", nl_error(nl));
	if (ports.count != 1)
		fail_for_choice(&ports);
	*port = ports.port[0];
	free(ports.port);
}

char *join_words(int argc, char **argv)
{
	char *text = NULL;
	size_t size;
	FILE *to;
	int i;

	to = need(open_memstream(&text, &size));
	for (i = 0; i < argc; i++)
		fprintf(to, "%s%s", i ? " " : "", argv[i]);
	if (fclose(to))
		fail("no memory");
	return need(text);
}

enum status read_switch(const char *key, const char *word, bool *value)
{
	if (!word || (strcmp(word, "on") && strcmp(word, "off"))) {
		complain("expected on or off behind \"%s\", not %s%s%s", key, word ? "\"" : "",
			 word ? word : "the end of the command", word ? "\"" : "");
		return STATUS_USAGE;
	}
	*value = !strcmp(word, "on");
	return STATUS_OK;
}

/* The digits at the beginning of a word. */
static const char *read_digits(const char *word, u64 *number)
{
	const char *p;

	for (p = word, *number = 0; *p >= '0' && *p <= '9' && *number <= ~0U; p++)
		*number = *number * 10 + (*p - '0');
	return p;
}

bool read_number(const char *word, u32 *number)
{
	u64 value;
	const char *end = read_digits(word, &value);

	if (end == word || *end || value > ~0U)
		return false;
	*number = value;
	return true;
}

enum status take_number(const char *what, u32 most, u32 *number)
{
	if (read_number(optarg, number) && *number && *number <= most)
		return STATUS_OK;
	complain("expected %s from 1 to %u, not \"%s\"", what, most, optarg);
	return STATUS_USAGE;
}

bool read_time(const char *word, u32 *seconds)
{
	const struct fdrop_name *unit = fdrop_time_units;
	u64 value;
	const char *end = read_digits(word, &value);

	if (end == word || !value)
		return false;
	if (*end) {
		while (unit->name && strcmp(unit->name, end))
			unit++;
		if (!unit->name)
			return false;
		value *= unit->value;
	}
	if (value > YEARS_10)
		return false;
	*seconds = value;
	return true;
}

enum status finish(struct out *out)
{
	if (out_end(out))
		return STATUS_OK;
	complain("the results could not be written");
	return STATUS_FAILED;
}

/* Files that have a size are read in one piece. */
static size_t first_room(FILE *file)
{
	struct stat status;

	if (fstat(fileno(file), &status) || !S_ISREG(status.st_mode) ||
	    status.st_size < FIRST_ROOM || status.st_size >= FILE_MAX)
		return FIRST_ROOM;
	return status.st_size + 1;
}

char *read_file(const char *name, size_t *length)
{
	FILE *file = strcmp(name, "-") ? fopen(name, "re") : stdin;
	size_t room;
	char *text;

	if (!file)
		fail("%s: %s", name, strerror(errno));
	room = first_room(file);
	text = need(malloc(room));
	for (*length = 0;;) {
		*length += fread(text + *length, 1, room - *length, file);
		if (*length < room)
			break;
		if (room >= FILE_MAX)
			fail("%s: more than %u MiB of rules", name, FILE_MAX >> 20);
		room *= 2;
		text = need(realloc(text, room));
	}
	if (ferror(file))
		fail("%s: %s", name, strerror(errno));
	if (file != stdin)
		fclose(file);
	return text;
}
