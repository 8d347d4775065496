/* SPDX-License-Identifier: GPL-2.0 */
/* The whole of a file in memory: modules, kernels, and what is packed in them. */
#ifndef FASTDROP_IMAGE_H
#define FASTDROP_IMAGE_H

#include "engine/platform.h"

/* A file's bytes, for image_free(). */
struct image {
	u8 *data;
	size_t size;
};

/* Why something could not be done: a sentence. */
struct reason {
	char text[512];
};

/* Always false, for whoever says why it returns false. */
__printf(2, 3) bool because(struct reason *reason, const char *format, ...);

/* Each returns false with a sentence in @reason, and nothing in an image that it was to fill. */
bool image_read(const char *path, struct image *image, struct reason *reason);
void image_free(struct image *image);

/* Takes what is in a descriptor, from its beginning. */
bool image_read_fd(int fd, struct image *image, struct reason *reason);

/* A file in memory with a copy of these bytes, to be closed; -1 and why not. */
int image_fd(const void *data, size_t size, struct reason *reason);

/* By which program the bytes are packed, such as "xz"; NULL if they are not. */
const char *image_packer(const struct image *image);

/* Unpacks, by that program. */
bool image_unpack(const struct image *packed, struct image *to, struct reason *reason);

/* A file, unpacked if it is packed, which @was_packed tells; NULL if nobody asks. */
bool image_read_unpacked(const char *path, struct image *image, bool *was_packed,
			 struct reason *reason);

/* Whether it is a kernel that x86 boots, and what is packed in that: an ELF file. */
bool image_is_kernel(const struct image *image);
bool image_unpack_kernel(const struct image *kernel, struct image *to, struct reason *reason);

/*
 * Puts the image in the place of a file, at once: whoever opens it has the old one or the
 * new one. Mode and owner stay.
 */
bool image_replace(const char *path, const struct image *image, struct reason *reason);

#endif /* FASTDROP_IMAGE_H */
