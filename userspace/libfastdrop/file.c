// SPDX-License-Identifier: GPL-2.0
#include "file.h"

#include "cmd.h"

#define DEV_LINE	"expected dev NAME " HOOK_USAGE " [dryrun on|off] [protect on|off] [sample N]"
#define WORDS_MAX	12
#define WORD		64	/* with its end */

/* A text, and the line that is read next. */
struct lines {
	const char *pos;
	const char *end;
	u32 line;
};

/* The words of a line that begins a part. */
struct words {
	char word[WORDS_MAX][WORD];
	int count;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static const char *end_of_line(const struct lines *lines)
{
	return memchr(lines->pos, '\n', lines->end - lines->pos) ?: lines->end;
}

static void skip_line(struct lines *lines)
{
	const char *end = end_of_line(lines);

	lines->pos = end < lines->end ? end + 1 : end;
	lines->line++;
}

/* Whether the line begins a part: no rule and no prefix is called so. */
static bool is_dev_line(const struct lines *lines)
{
	const char *p = lines->pos;

	while (p < lines->end && is_blank(*p))
		p++;
	return lines->end - p >= 3 && !memcmp(p, "dev", 3) &&
	       (lines->end - p == 3 || is_blank(p[3]) || p[3] == '\n');
}

/* Returns false if there are more or longer ones than any such line has. */
static bool split(const struct lines *lines, struct words *words)
{
	const char *p = lines->pos, *end = end_of_line(lines), *word;

	for (words->count = 0;; words->count++) {
		while (p < end && is_blank(*p))
			p++;
		if (p == end || *p == '#')
			return true;
		for (word = p; p < end && !is_blank(*p); p++)
			;
		if (words->count == WORDS_MAX || p - word >= WORD)
			return false;
		memcpy(words->word[words->count], word, p - word);
		words->word[words->count][p - word] = 0;
	}
}

__printf(3, 4) static bool refuse(const struct file *file, u32 line, const char *format, ...)
{
	char message[256];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	complain("%s, line %u: %s", file->name, line, message);
	return false;
}

static bool take_setting(const struct file *file, struct part *part, const char *key,
			 const char *value)
{
	enum setting *setting = !strcmp(key, "dryrun") ? &part->dryrun :
				!strcmp(key, "protect") ? &part->protect : NULL;

	if (!strcmp(key, "sample")) {
		part->has_sample = read_number(value, &part->sample);
		return part->has_sample ||
		       refuse(file, part->line, "expected a number from 0 to 4294967295 behind \"sample\", not \"%s\"",
			      value);
	}
	if (!setting)
		return refuse(file, part->line, "expected hook, dryrun, protect or sample, not \"%s\"", key);
	if (strcmp(value, "on") && strcmp(value, "off"))
		return refuse(file, part->line, "expected on or off behind \"%s\", not \"%s\"", key,
			      value);
	*setting = !strcmp(value, "on") ? SETTING_ON : SETTING_OFF;
	return true;
}

static struct part *add_part(struct file *file, u32 line)
{
	struct part *part;

	file->part = need(realloc(file->part, (file->count + 1) * sizeof(*part)));
	part = &file->part[file->count++];
	*part = (struct part){ .line = line };
	return part;
}

/* What follows a device's name: pairs of words, but for the hook. */
static bool take_settings(const struct file *file, struct part *part, struct words *words)
{
	char *word[WORDS_MAX + 1] = { };
	struct reason reason;
	int i, taken;

	for (i = 0; i < words->count; i++)
		word[i] = words->word[i];
	for (i = 2; i < words->count; i += taken) {
		taken = 2;
		if (!strcmp(word[i], "hook")) {
			if (!hook_read(&part->hook, word + i + 1, &reason))
				return refuse(file, part->line, "%s", reason.text);
			taken = 1 + part->hook.words;
		} else if (!word[i + 1]) {
			return refuse(file, part->line, DEV_LINE);
		} else if (!take_setting(file, part, word[i], word[i + 1])) {
			return false;
		}
	}
	return true;
}

static bool read_dev_line(struct file *file, const struct lines *lines)
{
	struct part *part = add_part(file, lines->line), *other;
	struct words words;

	if (!split(lines, &words) || words.count < 2)
		return refuse(file, part->line, DEV_LINE);
	if (strlen(words.word[1]) >= IFNAMSIZ)
		return refuse(file, part->line, "\"%s\" is no name of a device: %d characters are the limit",
			      words.word[1], IFNAMSIZ - 1);
	strcpy(part->dev, words.word[1]);
	for (other = file->part; other < part; other++)
		if (!strcmp(other->dev, part->dev))
			return refuse(file, part->line, "the device %s has a part already, in line %u",
				      part->dev, other->line);
	return take_settings(file, part, &words);
}

/* Ids and order without the search over the sets, which only the kernel needs. */
static bool finish_list(const struct file *file, struct fdrop_rule_list *list)
{
	struct fdrop_sets *sets = list->sets;
	struct fdrop_text_error error;
	u32 i;

	list->sets = NULL;
	if (fdrop_rule_list_finish(list, &error)) {
		fdrop_sets_put(list->sets);
		list->sets = sets;
		return refuse(file, error.line, "%s", error.message);
	}
	if (!sets)
		return true;
	fdrop_sets_put(list->sets);
	list->sets = sets;
	for (i = 0; i < sets->count; i++)
		if (fdrop_set_finish(&sets->set[i]))
			fail("no memory");
	return true;
}

/* Rules and sets up to the next line that begins a part. */
static bool read_part(struct file *file, struct lines *lines)
{
	struct part *part = &file->part[file->count - 1];
	struct fdrop_text_error error;
	struct fdrop_text text;
	struct lines start = *lines;

	while (lines->pos < lines->end && !is_dev_line(lines))
		skip_line(lines);
	text = fdrop_text_of(start.pos, lines->pos - start.pos);
	text.line = start.line;
	if (fdrop_rule_list_add(&part->list, &text, &error)) {
		complain("%s, line %u, column %u: %s", file->name, error.line, error.column,
			 error.message);
		return false;
	}
	return finish_list(file, &part->list);
}

/* Whether there is anything but blanks and comments before the first line of a part. */
static bool begins_with_dev(struct lines lines)
{
	const char *p;

	for (; lines.pos < lines.end; skip_line(&lines)) {
		for (p = lines.pos; p < lines.end && is_blank(*p); p++)
			;
		if (is_dev_line(&lines))
			return true;
		if (p < lines.end && *p != '\n' && *p != '#')
			return false;
	}
	return false;
}

static bool read_text(struct file *file, const char *text, size_t length)
{
	struct lines lines = { text, text + length, 1 };
	bool has_devs = begins_with_dev(lines);

	if (!has_devs)
		add_part(file, 1);
	while (has_devs && !is_dev_line(&lines))
		skip_line(&lines);
	do {
		if (has_devs && !read_dev_line(file, &lines))
			return false;
		if (has_devs)
			skip_line(&lines);
		if (!read_part(file, &lines))
			return false;
		if (lines.pos < lines.end && !has_devs)
			return refuse(file, lines.line, "rules stand before the first line of a device: whose are they?");
	} while (lines.pos < lines.end);
	return true;
}

/* An empty file, which a generator that failed leaves behind, is not to take all rules away. */
static bool check_text(const struct file *file, const char *text, size_t length)
{
	size_t i;

	if (memchr(text, 0, length)) {
		complain("%s: there is a byte of 0 in it: this is no text", file->name);
		return false;
	}
	for (i = 0; i < length; i++)
		if (!is_blank(text[i]) && text[i] != '\n')
			return true;
	complain("%s: it is empty; what removes all rules is: fastdrop flush", file->name);
	return false;
}

bool file_read(struct file *file, const char *name)
{
	size_t length;
	char *text;
	bool good;

	*file = (struct file){ .name = strcmp(name, "-") ? name : "standard input" };
	text = read_file(name, &length);
	good = check_text(file, text, length) && read_text(file, text, length);
	free(text);
	return good;
}

void file_free(struct file *file)
{
	u32 i;

	for (i = 0; i < file->count; i++)
		fdrop_rule_list_free(&file->part[i].list);
	free(file->part);
	*file = (struct file){ };
}

bool file_set_dev(struct file *file, const char *dev)
{
	u32 i;

	if (!dev)
		return true;
	if (file->count == 1 && !file->part[0].dev[0]) {
		strcpy(file->part[0].dev, dev);
		return true;
	}
	for (i = 0; i < file->count; i++) {
		if (strcmp(file->part[i].dev, dev))
			continue;
		if (file->count == 1)
			return true;
		complain("%s is for several devices: load it without dev, or split it", file->name);
		return false;
	}
	complain("%s is not for the device %s: its line %u says dev %s", file->name, dev,
		 file->part[0].line, file->part[0].dev);
	return false;
}
