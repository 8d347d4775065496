// SPDX-License-Identifier: GPL-2.0
/* Every match, both ways, on frames in one piece and in two. */
#include "kselftest.h"

#include "match_cases.h"
#include "packet.h"
#include "rules.h"

static bool holds(const struct match_case *c, u32 linear)
{
	struct fdrop_table *table;
	struct test_packet packet;
	struct fdrop_key key;
	char line[256];
	bool result;

	snprintf(line, sizeof(line), "%s drop", c->rule);
	table = test_table(line);
	test_packet_build(&packet, &c->frame, linear);
	fdrop_parse(&packet.packet, &key);
	result = fdrop_table_lookup(table, &key, &packet.packet, 0)->action == FDROP_ACTION_DROP;
	memset(&key, 0xa5, sizeof(key));
	if (table->usual && fdrop_parse_plain(&packet.packet, &key) &&
	    (fdrop_table_find(table, &key)->action == FDROP_ACTION_DROP) != result)
		ksft_exit_fail_msg("%s: the short way is another for %s\n", line, c->what);
	test_packet_free(&packet);
	fdrop_table_free(table);
	return result;
}

int main(void)
{
	/* All of it, none of it, and a cut in the midst of every header. */
	static const u32 linear[] = { ~0U, 0, 1, 4, 19, 20, 23, 39, 40, 47, 60, 255 };
	const struct match_case *c;
	size_t i, j;
	bool ok;

	ksft_print_header();
	ksft_set_plan(ARRAY_SIZE(match_cases));
	for (i = 0; i < ARRAY_SIZE(match_cases); i++) {
		c = &match_cases[i];
		ok = true;
		for (j = 0; j < ARRAY_SIZE(linear); j++)
			ok = ok && holds(c, linear[j]) == c->holds;
		ksft_test_result(ok, "\"%s\" %s for %s\n", c->rule,
				 c->holds ? "holds" : "does not hold", c->what);
	}
	ksft_finished();
}
