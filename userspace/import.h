/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sets as others write them: feeds with an address or prefix a line, what
 * `ipset save` prints, and the JSON of `nft -j list set`. The content tells which.
 */
#ifndef FASTDROP_IMPORT_H
#define FASTDROP_IMPORT_H

#include "engine/set.h"

struct import_error {
	char message[320];	/* a sentence, with the file and the place in it */
};

/**
 * import_set() - read a file of addresses into a set
 * @path: the file, "-" for standard input
 * @set: where they go; also on failure it holds what came before, for fdrop_set_free().
 *	It is not finished
 * @error: what was wrong, on failure
 *
 * What was read in another sense than it was written in is told by notice().
 *
 * Return: 0, or -EINVAL if it is not to be understood, -E2BIG if it is too much, -ENOMEM,
 * or the negative errno of reading.
 */
int import_set(const char *path, struct fdrop_set *set, struct import_error *error);

#endif /* FASTDROP_IMPORT_H */
