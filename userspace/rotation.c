// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE	/* asprintf() */
#include "rotation.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cmd.h"

void rotation_begin(struct rotation *rotation)
{
	rotation->began = time(NULL);
	rotation->periods = 0;
	rotation->number = 0;
}

/* So many that the names sort: those of three files end in 0, 1 and 2. */
static u32 digits(const struct rotation *rotation)
{
	u32 last, n = 0;

	if (!rotation->bytes || !rotation->files)
		return 0;
	for (last = rotation->files - 1; last; last /= 10)
		n++;
	return n;
}

char *rotation_name(const struct rotation *rotation)
{
	char name[PATH_MAX];
	u32 width = digits(rotation);
	char *text;
	struct tm tm;

	snprintf(name, sizeof(name), "%s", rotation->name);
	if (rotation->seconds && (!localtime_r(&rotation->began, &tm) ||
				  !strftime(name, sizeof(name), rotation->name, &tm)))
		return NULL;
	if (!width && !rotation->number)
		return need(strdup(name));
	if (asprintf(&text, "%s%0*u", name, width, rotation->number) < 0)
		need(NULL);
	return text;
}

static bool is_time_up(const struct rotation *rotation)
{
	return rotation->seconds && time(NULL) - rotation->began >= rotation->seconds;
}

static bool is_last_period(const struct rotation *rotation)
{
	return !rotation->bytes && rotation->files && rotation->periods + 1 >= rotation->files;
}

bool rotation_turn(struct rotation *rotation, u64 bytes)
{
	if (is_time_up(rotation)) {
		if (is_last_period(rotation))
			return false;
		rotation->began = time(NULL);
		rotation->number = 0;
		rotation->periods++;
		return true;
	}
	if (!rotation->bytes || bytes <= rotation->bytes)
		return false;
	rotation->number++;
	if (rotation->number == rotation->files)
		rotation->number = 0;
	return true;
}

bool rotation_is_over(const struct rotation *rotation)
{
	return is_last_period(rotation) && is_time_up(rotation);
}
