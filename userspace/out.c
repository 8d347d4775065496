// SPDX-License-Identifier: GPL-2.0
#include "out.h"

#include <json-c/json.h>
#include <unistd.h>

#include "cmd.h"

#define DEPTH_MAX	8

/**
 * struct out - a document
 * @json: the objects and lists that are open, outermost first
 * @depth: how many; 0 for text
 * @is_pretty: how to write them
 * @has_colours: text goes to a terminal, whose user does not object
 */
struct out {
	struct json_object *json[DEPTH_MAX];
	int depth;
	bool is_pretty;
	bool has_colours;
};

/* The same for all documents: a line may be one. */
static bool has_colours(void)
{
	static int has = -1;

	if (has < 0)
		has = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	return has;
}

struct out *out_begin(bool is_json, bool is_pretty)
{
	struct out *out = need(calloc(1, sizeof(*out)));

	out->is_pretty = is_pretty;
	out->has_colours = !is_json && has_colours();
	if (is_json)
		out->json[out->depth++] = need(json_object_new_object());
	return out;
}

static void add(struct out *out, const char *key, struct json_object *value)
{
	struct json_object *parent = out->json[out->depth - 1];

	need(value);
	if (key ? json_object_object_add(parent, key, value) :
		  json_object_array_add(parent, value))
		fail("no memory");
}

static void open_json(struct out *out, const char *key, struct json_object *value)
{
	assert(out->depth < DEPTH_MAX);
	add(out, key, value);
	out->json[out->depth++] = value;
}

void out_open(struct out *out, const char *key)
{
	if (out->depth)
		open_json(out, key, json_object_new_object());
}

void out_open_list(struct out *out, const char *key)
{
	if (out->depth)
		open_json(out, key, json_object_new_array());
}

void out_close(struct out *out)
{
	if (out->depth)
		out->depth--;
}

void out_signed(struct out *out, const char *key, const char *format, s64 number)
{
	if (out->depth)
		add(out, key, json_object_new_int64(number));
	else if (format)
		printf(format, (long long)number);
}

void out_number(struct out *out, const char *key, const char *format, u64 number)
{
	if (out->depth)
		add(out, key, json_object_new_uint64(number));
	else if (format)
		printf(format, (unsigned long long)number);
}

/* Bytes of the character at @s if it is UTF-8 (RFC 3629) and can be shown, or 0. */
static size_t character(const u8 *s)
{
	static const u32 least[] = { 0, 0, 0xa0, 0x800, 0x10000 };
	size_t n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2, i;
	u32 code = s[0] & (0x7f >> n);

	if (s[0] < 0x80)
		return s[0] >= ' ' && s[0] != 0x7f;
	if (s[0] < 0xc0 || s[0] > 0xf4)
		return 0;
	for (i = 1; i < n; i++) {
		if (s[i] >> 6 != 2)
			return 0;
		code = code << 6 | (s[i] & 0x3f);
	}
	return code < least[n] || code > 0x10ffff || code >> 11 == 0x1b ? 0 : n;
}

void out_clean(char *string)
{
	size_t n;

	for (; *string; string += n ?: 1) {
		n = character((u8 *)string);
		if (!n)
			*string = '?';
	}
}

void out_string(struct out *out, const char *key, const char *format, const char *string)
{
	char *copy = need(strdup(string));

	out_clean(copy);
	if (out->depth)
		add(out, key, json_object_new_string(copy));
	else if (format)
		printf(format, copy);
	free(copy);
}

void out_bool(struct out *out, const char *key, bool value)
{
	if (out->depth)
		add(out, key, json_object_new_boolean(value));
}

void out_colour(struct out *out, const char *sequence)
{
	if (out->has_colours)
		fputs(sequence ?: "\033[0m", stdout);
}

void out_text(struct out *out, const char *format, ...)
{
	va_list args;

	if (out->depth)
		return;
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
}

void out_end_line(struct out *out)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;

	if (out->is_pretty)
		flags |= JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED;
	if (out->json[0]) {
		puts(need((void *)json_object_to_json_string_ext(out->json[0], flags)));
		json_object_put(out->json[0]);
	}
	free(out);
}

bool out_end(struct out *out)
{
	out_end_line(out);
	return !fflush(stdout) && !ferror(stdout);
}
