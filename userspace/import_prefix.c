// SPDX-License-Identifier: GPL-2.0
#include "import_prefix.h"

#include "engine/addr.h"

#define WORD_SHOWN	60	/* characters */

static const char expected_prefix[] = "an address or prefix";

int import_refuse(struct import *in, const char *format, ...)
{
	char *to = in->error->message;
	size_t room = sizeof(in->error->message);
	va_list args;
	int n;

	if (in->number)
		n = snprintf(to, room, "%.100s, %s %u: ", in->name, in->place, in->number);
	else
		n = snprintf(to, room, "%.100s: ", in->name);
	va_start(args, format);
	vsnprintf(to + n, room - n, format, args);
	va_end(args);
	return -EINVAL;
}

int import_unexpected(struct import *in, const char *expected, const char *word, size_t length)
{
	char shown[WORD_SHOWN + 1];
	size_t i;

	for (i = 0; i < length && i < WORD_SHOWN; i++)
		shown[i] = word[i] >= ' ' && word[i] <= '~' ? word[i] : '?';
	shown[i] = 0;
	return import_refuse(in, "expected %s, not \"%s\"%s", expected, shown,
			     length > WORD_SHOWN ? "..." : "");
}

static bool parse_addr(const char *word, size_t length, struct fdrop_prefix *prefix)
{
	__be32 addr[4];

	prefix->lo = 0;
	prefix->is_ip6 = memchr(word, ':', length);
	prefix->length = prefix->is_ip6 ? 128 : 32;
	if (!prefix->is_ip6) {
		if (!fdrop_addr4_parse(word, length, addr))
			return false;
		prefix->hi = (u64)be32_to_cpu(addr[0]) << 32;
		return true;
	}
	if (!fdrop_addr6_parse(word, length, addr))
		return false;
	prefix->hi = (u64)be32_to_cpu(addr[0]) << 32 | be32_to_cpu(addr[1]);
	prefix->lo = (u64)be32_to_cpu(addr[2]) << 32 | be32_to_cpu(addr[3]);
	return true;
}

/* One to three digits, at most what @prefix has now. */
static bool parse_length(const char *word, size_t length, struct fdrop_prefix *prefix)
{
	u32 value = 0;
	size_t i;

	for (i = 0; i < length; i++) {
		if (i == 3 || word[i] < '0' || word[i] > '9')
			return false;
		value = value * 10 + (word[i] - '0');
	}
	if (!i || value > prefix->length)
		return false;
	prefix->length = value;
	return true;
}

/* The upper bits of 64, as many as there are of @bits. */
static u64 upper(int bits)
{
	return bits <= 0 ? 0 : bits >= 64 ? ~0ULL : ~0ULL << (64 - bits);
}

/* Returns whether there were bits behind the prefix. */
static bool mask_prefix(struct fdrop_prefix *prefix)
{
	u64 hi = prefix->hi & upper(prefix->length), lo = prefix->lo & upper(prefix->length - 64);
	bool is_masked = hi != prefix->hi || lo != prefix->lo;

	prefix->hi = hi;
	prefix->lo = lo;
	return is_masked;
}

static int add(struct import *in, const struct fdrop_prefix *prefix)
{
	int err = fdrop_set_add(in->set, prefix);

	if (err == -E2BIG)
		import_refuse(in, "there are more than the %u prefixes that sets may hold",
			      FDROP_PREFIXES_MAX);
	else if (err)
		import_refuse(in, "no memory");
	return err;
}

int import_prefix(struct import *in, const char *word, size_t length)
{
	const char *slash = memchr(word, '/', length);
	size_t n = slash ? slash - word : length;
	struct fdrop_prefix prefix;

	if (!parse_addr(word, n, &prefix) ||
	    (slash && !parse_length(slash + 1, length - n - 1, &prefix)))
		return import_unexpected(in, expected_prefix, word, length);
	if (mask_prefix(&prefix))
		in->masked++;
	return add(in, &prefix);
}

/* The lowest bits of 128. */
static __uint128_t lower(int bits)
{
	return bits ? ~(__uint128_t)0 >> (128 - bits) : 0;
}

static int add_range(struct import *in, __uint128_t at, __uint128_t end, bool is_ip6)
{
	int width = is_ip6 ? 128 : 32, unused = 128 - width, bits, err;
	__uint128_t last;

	at >>= unused;
	end >>= unused;
	for (;;) {
		for (bits = 0; bits < width; bits++)
			if ((at >> bits & 1) || (at | lower(bits + 1)) > end)
				break;
		err = add(in, &(struct fdrop_prefix){
			.hi = at << unused >> 64,
			.lo = at << unused,
			.length = width - bits,
			.is_ip6 = is_ip6,
		});
		last = at | lower(bits);
		if (err || last >= end)
			return err;
		at = last + 1;
	}
}

int import_range(struct import *in, const char *from, const char *to)
{
	struct fdrop_prefix a, b;
	__uint128_t at, end;

	if (!parse_addr(from, strlen(from), &a))
		return import_unexpected(in, "an address", from, strlen(from));
	if (!parse_addr(to, strlen(to), &b) || a.is_ip6 != b.is_ip6)
		return import_unexpected(in, "an address of the same family", to, strlen(to));
	at = (__uint128_t)a.hi << 64 | a.lo;
	end = (__uint128_t)b.hi << 64 | b.lo;
	if (at > end)
		return import_unexpected(in, "the range's upper end", to, strlen(to));
	return add_range(in, at, end, a.is_ip6);
}
