/* SPDX-License-Identifier: GPL-2.0 */
/* What the readers of import.c and import_nft.c share: an import, and a prefix of it. */
#ifndef FASTDROP_IMPORT_PREFIX_H
#define FASTDROP_IMPORT_PREFIX_H

#include "import.h"

/**
 * struct import - a file that is being read
 * @name: as messages call it
 * @set: where its prefixes go
 * @error: where a complaint goes
 * @place: the place in the file: "line", or "element"
 * @number: which one, from 1, or 0 if it is the file as a whole
 * @masked: how many prefixes had bits behind their length
 * @has_options: there was a timeout or a comment
 */
struct import {
	const char *name;
	struct fdrop_set *set;
	struct import_error *error;
	const char *place;
	u32 number;
	u64 masked;
	bool has_options;
};

/* Puts the message, behind file and place, into the error. Returns -EINVAL. */
__printf(2, 3) int import_refuse(struct import *in, const char *format, ...);

/* The same of a word that is not what was expected, however odd its characters are. */
int import_unexpected(struct import *in, const char *expected, const char *word, size_t length);

/* An address, or a prefix, whose bits behind the length are masked. -EINVAL, -E2BIG, -ENOMEM. */
int import_prefix(struct import *in, const char *word, size_t length);

/* All addresses from one to the other, as prefixes. */
int import_range(struct import *in, const char *from, const char *to);

/* JSON of nft, in import_nft.c. */
int import_nft(struct import *in, const char *text, size_t length);

#endif /* FASTDROP_IMPORT_PREFIX_H */
