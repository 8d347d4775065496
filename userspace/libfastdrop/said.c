// SPDX-License-Identifier: GPL-2.0
#include "said.h"

#include <stdio.h>
#include <string.h>

static char kept[160];

const char *said(void)
{
	return kept;
}

void said_forget(void)
{
	kept[0] = 0;
}

void said_note(const char *mark, const char *format, va_list args)
{
	const char *found;
	char text[256];

	vsnprintf(text, sizeof(text), format, args);
	found = *kept ? NULL : strstr(text, mark);
	if (!found)
		return;
	found += strlen(mark);
	snprintf(kept, sizeof(kept), "%.*s", (int)strcspn(found, "\n"), found);
}
