// SPDX-License-Identifier: GPL-2.0
#include "import.h"

#include "cmd.h"
#include "import_prefix.h"

#define SIZE_LIMIT	(1024UL << 20)	/* bytes; a file has less */
#define FIRST_ROOM	65536

/* Characters that are being read. */
struct text {
	const char *pos;
	const char *end;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void skip_blanks(struct text *t)
{
	while (t->pos < t->end && is_blank(*t->pos))
		t->pos++;
}

/* Takes the next line out of @t, without its end. */
static bool next_line(struct text *t, struct text *line)
{
	const char *newline;

	if (t->pos >= t->end)
		return false;
	newline = memchr(t->pos, '\n', t->end - t->pos);
	*line = (struct text){ t->pos, newline ?: t->end };
	t->pos = newline ? newline + 1 : t->end;
	return true;
}

/* The next word between blanks, or what is between quotes; empty at the end. */
static struct text next_word(struct text *line)
{
	struct text word;
	const char *quote;

	skip_blanks(line);
	word = (struct text){ line->pos, line->end };
	if (line->pos < line->end && *line->pos == '"') {
		quote = memchr(line->pos + 1, '"', line->end - line->pos - 1);
		line->pos = quote ? quote + 1 : line->end;
	} else {
		while (line->pos < line->end && !is_blank(*line->pos))
			line->pos++;
	}
	word.end = line->pos;
	return word;
}

static size_t length(const struct text *t)
{
	return t->end - t->pos;
}

static bool is_word(struct text word, const char *what)
{
	return length(&word) == strlen(what) && !memcmp(word.pos, what, strlen(what));
}

/* A comment, or nothing. */
static bool is_empty(struct text line)
{
	skip_blanks(&line);
	return line.pos == line.end || *line.pos == '#' || *line.pos == ';';
}

static bool is_end_of_column(char c)
{
	return is_blank(c) || c == ',' || c == ';' || c == '#';
}

/* One address or prefix a line; further columns and comments are not read. */
static int read_feed(struct import *in, struct text t)
{
	struct text line;
	const char *word;
	int err = 0;

	while (!err && next_line(&t, &line)) {
		in->number++;
		if (is_empty(line))
			continue;
		skip_blanks(&line);
		word = line.pos;
		while (line.pos < line.end && !is_end_of_column(*line.pos))
			line.pos++;
		err = import_prefix(in, word, line.pos - word);
	}
	return err;
}

/* "create NAME TYPE OPTION...": types that are not of addresses alone are refused. */
static int read_create(struct import *in, struct text line)
{
	struct text name = next_word(&line), type = next_word(&line), word;

	if (!is_word(type, "hash:ip") && !is_word(type, "hash:net"))
		return import_refuse(in, "the set %.*s is of the type %.*s: only hash:ip and hash:net can be read",
				     (int)length(&name), name.pos, (int)length(&type), type.pos);
	for (word = next_word(&line); length(&word); word = next_word(&line))
		if (is_word(word, "netmask") || is_word(word, "bitmask"))
			return import_refuse(in, "%.*s cannot be read: the elements do not tell their prefix",
					     (int)length(&word), word.pos);
	return 0;
}

/* What is behind an element. */
static int read_options(struct import *in, struct text line)
{
	struct text word;

	for (word = next_word(&line); length(&word); word = next_word(&line)) {
		if (is_word(word, "nomatch"))
			return import_refuse(in, "nomatch cannot be read: a set here has no exceptions, so use a pass rule");
		in->has_options = true;
	}
	return 0;
}

/* One line, whose first word is @verb. @name is the set's, from the first such line on. */
static int read_ipset_line(struct import *in, struct text verb, struct text line,
			   struct text *name)
{
	struct text rest = line, word = next_word(&line);
	int err;

	if (!is_word(verb, "create") && !is_word(verb, "add"))
		return import_unexpected(in, "create or add", verb.pos, length(&verb));
	if (!name->pos)
		*name = word;
	if (length(&word) != length(name) || memcmp(word.pos, name->pos, length(name)))
		return import_refuse(in, "here begins a second set, %.*s: save one alone, with \"ipset save NAME\"",
				     (int)length(&word), word.pos);
	if (is_word(verb, "create"))
		return read_create(in, rest);
	word = next_word(&line);
	err = import_prefix(in, word.pos, length(&word));
	return err ?: read_options(in, line);
}

static int read_ipset(struct import *in, struct text t)
{
	struct text line, verb, name = { };
	int err = 0;

	while (!err && next_line(&t, &line)) {
		in->number++;
		if (is_empty(line))
			continue;
		verb = next_word(&line);
		err = read_ipset_line(in, verb, line, &name);
	}
	return err;
}

/* By the first thing that is no comment. */
static int read_any(struct import *in, struct text t)
{
	struct text lines = t, line, word;

	do {
		if (!next_line(&lines, &line))
			return 0;
	} while (is_empty(line));
	skip_blanks(&line);
	if (*line.pos == '{')
		return import_nft(in, line.pos, t.end - line.pos);
	word = next_word(&line);
	if (is_word(word, "create") || is_word(word, "add"))
		return read_ipset(in, t);
	return read_feed(in, t);
}

/* Returns how many bytes there are, for which @text is to be freed, or below 0. */
static ssize_t read_stream(FILE *file, char **text)
{
	size_t size = 0, room = 0, n;
	char *more;

	do {
		if (size == room) {
			room = room ? 2 * room : FIRST_ROOM;
			more = room > SIZE_LIMIT ? NULL : realloc(*text, room);
			if (!more)
				return room > SIZE_LIMIT ? -E2BIG : -ENOMEM;
			*text = more;
		}
		n = fread(*text + size, 1, room - size, file);
		size += n;
	} while (n);
	return ferror(file) ? -(errno ?: EIO) : (ssize_t)size;
}

static ssize_t read_path(const char *path, char **text)
{
	FILE *file = strcmp(path, "-") ? fopen(path, "rb") : stdin;
	ssize_t size;

	if (!file)
		return -errno;
	errno = 0;
	size = read_stream(file, text);
	if (file != stdin)
		fclose(file);
	return size;
}

static void tell(const struct import *in)
{
	if (in->masked)
		notice("%s: bits were set behind the length of %llu prefix%s and have been cleared",
		       in->name, (unsigned long long)in->masked, in->masked == 1 ? "" : "es");
	if (in->has_options)
		notice("%s: timeouts, comments and counters of elements have been left out", in->name);
}

int import_set(const char *path, struct fdrop_set *set, struct import_error *error)
{
	struct import in = { .set = set, .error = error, .place = "line" };
	static const char bom[] = "\xef\xbb\xbf";
	char *text = NULL;
	struct text t;
	ssize_t size;
	int err;

	in.name = strcmp(path, "-") ? path : "standard input";
	size = read_path(path, &text);
	if (size < 0) {
		import_refuse(&in, size == -E2BIG ? "it is not smaller than 1 GiB" :
			      "cannot read it: %s", strerror(-size));
		free(text);
		return size;
	}
	t = (struct text){ text, text + size };
	if (size >= 3 && !memcmp(text, bom, 3))
		t.pos += 3;
	err = read_any(&in, t);
	if (!err)
		tell(&in);
	free(text);
	return err;
}
