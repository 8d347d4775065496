/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a command shows, as text or as JSON: each value is given once, with its
 * key for JSON and its format for text. A key of NULL is none: the value is an
 * element of a list. A format of NULL is for what the text does not show.
 */
#ifndef FASTDROP_OUT_H
#define FASTDROP_OUT_H

#include "engine/platform.h"

struct out;

/* One document; JSON, and that on many lines, or text. It ends with out_end() or out_end_line(). */
struct out *out_begin(bool is_json, bool is_pretty);

/* An object or a list, up to out_close(); text shows nothing of them. */
void out_open(struct out *out, const char *key);
void out_open_list(struct out *out, const char *key);
void out_close(struct out *out);

/* @format takes an unsigned long long. */
void out_number(struct out *out, const char *key, const char *format, u64 number);
void out_signed(struct out *out, const char *key, const char *format, s64 number);

/* @format takes a char *. What is not UTF-8 or could steer a terminal becomes "?". */
void out_string(struct out *out, const char *key, const char *format, const char *string);

/* What out_string() does to a string, in place. */
void out_clean(char *string);

/* In JSON only. */
void out_bool(struct out *out, const char *key, bool value);

/* In the text, and on a terminal: an escape sequence, or the end of it for NULL. */
void out_colour(struct out *out, const char *sequence);

/* In the text only. */
__printf(2, 3) void out_text(struct out *out, const char *format, ...);

/* Of many documents, one after another: flushing standard output is up to the caller. */
void out_end_line(struct out *out);

/* Writes what is left. Returns false if standard output could not be written. */
bool out_end(struct out *out);

#endif /* FASTDROP_OUT_H */
