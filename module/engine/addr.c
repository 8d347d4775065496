// SPDX-License-Identifier: GPL-2.0
#include "addr.h"

#define GROUPS	8

bool fdrop_addr4_parse(const char *text, size_t length, __be32 *addr)
{
	const char *end = text + length;
	u32 value = 0, octet;
	int i, digits;

	for (i = 0; i < 4; i++) {
		if (i && (text == end || *text++ != '.'))
			return false;
		octet = 0;
		for (digits = 0; text < end && *text >= '0' && *text <= '9'; digits++) {
			if (digits == 3 || (digits && !octet))
				return false;
			octet = octet * 10 + (*text++ - '0');
		}
		if (!digits || octet > 255)
			return false;
		value = value << 8 | octet;
	}
	*addr = cpu_to_be32(value);
	return text == end;
}

int fdrop_hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One to four hexadecimal digits at *@text. */
static bool parse_group(const char **text, const char *end, u16 *group)
{
	u16 value = 0;
	int i;

	for (i = 0; *text < end && fdrop_hex_value(**text) >= 0; i++) {
		if (i == 4)
			return false;
		value = value << 4 | fdrop_hex_value(*(*text)++);
	}
	*group = value;
	return i > 0;
}

/*
 * Groups up to the end of the text or a "::", which is left standing.
 * Returns how many there are, at most @room, or -1.
 */
static int parse_groups(const char **text, const char *end, u16 *groups, int room)
{
	int n = 0;
	__be32 v4;

	while (*text < end && n < room) {
		if (room - n >= 2 && fdrop_addr4_parse(*text, end - *text, &v4)) {
			groups[n++] = be32_to_cpu(v4) >> 16;
			groups[n++] = be32_to_cpu(v4) & 0xffff;
			*text = end;
			break;
		}
		if (!parse_group(text, end, &groups[n++]))
			return -1;
		if (*text == end || (end - *text >= 2 && (*text)[0] == ':' && (*text)[1] == ':'))
			break;
		if (*(*text)++ != ':' || *text == end)
			return -1;
	}
	return n;
}

bool fdrop_addr6_parse(const char *text, size_t length, __be32 addr[4])
{
	const char *end = text + length;
	u16 groups[GROUPS] = { 0 };
	u16 tail[GROUPS];
	int head = 0, n, i;

	if (length < 2 || text[0] != ':' || text[1] != ':')
		head = parse_groups(&text, end, groups, GROUPS);
	if (head < 0)
		return false;
	if (head < GROUPS) {
		/* "::" stands for at least one group of zeros. */
		if (end - text < 2 || text[0] != ':' || text[1] != ':')
			return false;
		text += 2;
		n = parse_groups(&text, end, tail, GROUPS - 1 - head);
		if (n < 0)
			return false;
		memcpy(&groups[GROUPS - n], tail, n * sizeof(*tail));
	}
	if (text != end)
		return false;
	for (i = 0; i < 4; i++)
		addr[i] = cpu_to_be32((u32)groups[2 * i] << 16 | groups[2 * i + 1]);
	return true;
}

void fdrop_addr4_print(__be32 addr, char text[FDROP_ADDR_TEXT])
{
	u32 v = be32_to_cpu(addr);

	snprintf(text, FDROP_ADDR_TEXT, "%u.%u.%u.%u",
		 v >> 24, v >> 16 & 0xff, v >> 8 & 0xff, v & 0xff);
}

/* The longest run of two zero groups or more, the first of equals. */
static int longest_zeros(const u16 groups[GROUPS], int *length)
{
	int best = -1, i, n;

	*length = 1;
	for (i = 0; i < GROUPS; i += n + 1) {
		for (n = 0; i + n < GROUPS && !groups[i + n]; n++)
			;
		if (n > *length) {
			*length = n;
			best = i;
		}
	}
	return best;
}

/* Without leading zeros. */
static char *print_group(char *to, u16 group)
{
	static const char digits[] = "0123456789abcdef";
	int shift = 12;

	while (shift && !(group >> shift))
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		*to++ = digits[group >> shift & 0xf];
	return to;
}

void fdrop_addr6_print(const __be32 addr[4], char text[FDROP_ADDR_TEXT])
{
	u16 groups[GROUPS];
	int i, zeros, length;
	char *to = text;

	for (i = 0; i < GROUPS; i++)
		groups[i] = be32_to_cpu(addr[i / 2]) >> (i % 2 ? 0 : 16);
	zeros = longest_zeros(groups, &length);
	for (i = 0; i < GROUPS; i++) {
		if (i == zeros) {
			*to++ = ':';
			*to++ = ':';
			i += length - 1;
			continue;
		}
		if (i && i != zeros + length)
			*to++ = ':';
		to = print_group(to, groups[i]);
	}
	*to = 0;
}
