// SPDX-License-Identifier: GPL-2.0
#include "prefix.h"

static void print_length(char *text, u32 length, u32 most)
{
	if (length < most)
		sprintf(text + strlen(text), "/%u", length);
}

void prefix_print(const struct fdrop_set *set, u32 place, char text[PREFIX_TEXT])
{
	const struct fdrop_prefix6 *v6;
	__be32 addr[4];

	if (place < set->count4) {
		fdrop_addr4_print(cpu_to_be32(set->v4[place].addr), text);
		print_length(text, set->v4[place].length, 32);
		return;
	}
	v6 = &set->v6[place - set->count4];
	addr[0] = cpu_to_be32(v6->hi >> 32);
	addr[1] = cpu_to_be32(v6->hi);
	addr[2] = cpu_to_be32(v6->lo >> 32);
	addr[3] = cpu_to_be32(v6->lo);
	fdrop_addr6_print(addr, text);
	print_length(text, v6->length, 128);
}
