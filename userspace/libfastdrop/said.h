/* SPDX-License-Identifier: GPL-2.0 */
/* What libbpf and libxdp print, kept for a sentence of ours: one line. */
#ifndef FASTDROP_SAID_H
#define FASTDROP_SAID_H

#include <stdarg.h>

/* The line; "" if there is none. */
const char *said(void);

void said_forget(void);

/* What stands behind @mark in a text is the line, if it is the first with that. */
void said_note(const char *mark, const char *format, va_list args);

#endif /* FASTDROP_SAID_H */
