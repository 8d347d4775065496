/* SPDX-License-Identifier: GPL-2.0 */
/* Why something was refused: a sentence, for whichever door it goes out by. */
#ifndef FDROP_ERROR_H
#define FDROP_ERROR_H

struct fdrop_error {
	char text[256];
};

#define fdrop_error_set(error, format, ...) \
	((void)snprintf((error)->text, sizeof((error)->text), format, ##__VA_ARGS__))

#endif /* FDROP_ERROR_H */
