/* SPDX-License-Identifier: GPL-2.0 */
/* What fastdrop doctor has found, one sentence at a time. */
#ifndef FASTDROP_DOCTOR_H
#define FASTDROP_DOCTOR_H

#include "libfastdrop/link.h"
#include "libfastdrop/state.h"

enum doctor_level {
	DOCTOR_OK,
	DOCTOR_NOTE,		/* worth knowing */
	DOCTOR_PROBLEM,		/* it stands in the way */
};

/**
 * struct doctor - the patient, and what is found
 * @out: where findings go
 * @links: all devices
 * @ports: those under protection, none where the module does not tell
 * @dev: the device that the findings are of, or NULL for the host
 */
struct doctor {
	struct out *out;
	struct links links;
	struct ports ports;
	const char *dev;
};

/* A finding; @remedy is what to do about it, or NULL. */
__printf(4, 5) void doctor_find(struct doctor *doctor, enum doctor_level level,
				const char *remedy, const char *format, ...);

/* The first word of a file without its line end, false if it cannot be read. */
bool doctor_read(const char *path, char *to, size_t room);

void doctor_host(struct doctor *doctor);
void doctor_dev(struct doctor *doctor, const struct link *link);

#endif /* FASTDROP_DOCTOR_H */
