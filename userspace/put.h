/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text without printf(), for what is written millions of times a second: each function
 * puts something at @to and returns what is behind it. None writes a 0.
 */
#ifndef FASTDROP_PUT_H
#define FASTDROP_PUT_H

#include "engine/platform.h"

#define PUT_NUMBER	20	/* characters of the longest number */

static inline char *put_char(char *to, char c)
{
	*to = c;
	return to + 1;
}

static inline char *put_text(char *to, const char *text)
{
	while (*text)
		*to++ = *text++;
	return to;
}

static inline char *put_number(char *to, u64 number)
{
	char digits[PUT_NUMBER], *p = digits + sizeof(digits);
	size_t n;

	do {
		*--p = '0' + number % 10;
		number /= 10;
	} while (number);
	n = digits + sizeof(digits) - p;
	memcpy(to, p, n);
	return to + n;
}

/* With zeros in front, @digits of them in all. */
static inline char *put_padded(char *to, u32 number, u32 digits)
{
	u32 i;

	for (i = digits; i--; number /= 10)
		to[i] = '0' + number % 10;
	return to + digits;
}

static inline char *put_hex16(char *to, u16 number)
{
	static const char digits[] = "0123456789abcdef";

	*to++ = digits[number >> 12];
	*to++ = digits[number >> 8 & 0xf];
	*to++ = digits[number >> 4 & 0xf];
	*to++ = digits[number & 0xf];
	return to;
}

static inline char *put_octet(char *to, u8 octet)
{
	if (octet >= 100)
		*to++ = '0' + octet / 100;
	if (octet >= 10)
		*to++ = '0' + octet / 10 % 10;
	*to++ = '0' + octet % 10;
	return to;
}

static inline char *put_addr4(char *to, __be32 addr)
{
	const u8 *octet = (const u8 *)&addr;

	to = put_char(put_octet(to, octet[0]), '.');
	to = put_char(put_octet(to, octet[1]), '.');
	to = put_char(put_octet(to, octet[2]), '.');
	return put_octet(to, octet[3]);
}

#endif /* FASTDROP_PUT_H */
