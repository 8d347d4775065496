// SPDX-License-Identifier: GPL-2.0
/* Commands out of a file, one a line. */
#include "cmd.h"

#define WORDS_MAX	4096

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/*
 * Moves the word at *@from, which quotes may hold together, to *@to. Returns false if a
 * quote does not end. A word never grows, so that both may be in one line.
 */
static bool take_word(char **from, char **to)
{
	char *in = *from, *out = *to, quote = 0;

	for (; *in && (quote || !is_blank(*in)); in++) {
		if (quote ? *in == quote : *in == '"' || *in == '\'')
			quote = quote ? 0 : *in;
		else
			*out++ = *in;
	}
	*from = *in ? in + 1 : in;
	*out++ = 0;
	*to = out;
	return !quote;
}

/* The words of a line, which are put in its place. Returns how many, or -1. */
static int split(char *line, char **words)
{
	char *from = line, *to = line;
	int n = 0;

	for (;;) {
		while (is_blank(*from))
			from++;
		if (!*from || *from == '#')
			break;
		if (n == WORDS_MAX) {
			complain("more than %d words in a line", WORDS_MAX);
			return -1;
		}
		words[n++] = to;
		if (!take_word(&from, &to)) {
			complain("a quote has no end in this line");
			return -1;
		}
	}
	words[n] = NULL;
	return n;
}

static enum status run_line(char *line, size_t length, char **words,
			    const struct options *defaults)
{
	int n;

	if (memchr(line, 0, length)) {
		complain("there is a byte of 0 in this line");
		return STATUS_FAILED;
	}
	words[0] = "fastdrop";
	n = split(line, words + 1);
	if (n < 0)
		return STATUS_FAILED;
	return n ? run_arguments(n + 1, words, defaults) : STATUS_OK;
}

enum status run_batch(const char *name, const struct options *defaults)
{
	FILE *file = strcmp(name, "-") ? fopen(name, "re") : stdin;
	char **words = need(calloc(WORDS_MAX + 2, sizeof(*words)));
	enum status status = STATUS_OK;
	size_t room = 0;
	char *line = NULL;
	ssize_t length;
	u32 number = 0;

	if (!file)
		fail("%s: %s", name, strerror(errno));
	if (file == stdin)
		name = "standard input";
	while (status == STATUS_OK && (length = getline(&line, &room, file)) >= 0) {
		set_place(name, ++number);
		status = run_line(line, length, words, defaults);
	}
	set_place(NULL, 0);
	if (ferror(file)) {
		complain("%s: %s", name, strerror(errno));
		status = STATUS_FAILED;
	}
	if (file != stdin)
		fclose(file);
	free(line);
	free(words);
	return status;
}
