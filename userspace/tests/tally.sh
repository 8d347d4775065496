#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# scripts/tally, on logs that are made up here: what it counts as failed, and what it tells.
#
# usage: tests/tally.sh DIR

set -u
tally=$(cd "${0%/*}/../../scripts" && pwd)/tally
. "${0%/*}/lib.sh" "$1"

# tells WHAT EXPECTED: of the log on standard input
tells()
{
	printf '%s\n' "$2" > expected
	"$tally" - > out 2> err && cmp -s expected out
	result "$1"
}

tells "leaf results are counted" "3 passed, 0 failed, 1 skipped" <<-EOF
	# unit: a program
	ok 1 this
	# selftests on kernel 6.1
	# selftests: fastdrop: a.sh
	# ok 1 that
	# ok 2 # SKIP not here
	ok 1 selftests: fastdrop: a.sh
	# selftests: fastdrop: b.sh
	ok 2 selftests: fastdrop: b.sh
EOF

tells "a failure has its kernel, its selftest, and what was said before" \
"# selftests on kernel 6.12: not ok 1 selftests: fastdrop: a.sh # exit=1
    # expected 1, got 2
  not ok 2 that
1 passed, 1 failed, 0 skipped" <<-EOF
	# selftests on kernel 6.12
	# selftests: fastdrop: a.sh
	# # before that
	# ok 1 this
	# # expected 1, got 2
	# not ok 2 that
	not ok 1 selftests: fastdrop: a.sh # exit=1
EOF

tells "one that is killed behind a good result is told" \
"# selftests on kernel 6.1: not ok 1 selftests: fastdrop: a.sh # exit=137
  not ok 1 selftests: fastdrop: a.sh # exit=137
1 passed, 1 failed, 0 skipped" <<-EOF
	# selftests on kernel 6.1
	# selftests: fastdrop: a.sh
	# ok 1 this
	not ok 1 selftests: fastdrop: a.sh # exit=137
EOF

tells "a part that dies is told, and counted" \
"# selftests on kernel 6.12
    vm: time is up
  check_selftests 6.12 ended with status 124
1 passed, 1 failed, 0 skipped" <<-EOF
	# selftests on kernel 6.12
	# ok 1 this
	vm: time is up
	# check_selftests 6.12 ended with status 124
EOF

tells "beside the failure of another part, too" \
"# style
    a warning
  not ok 1 checkpatch
# selftests on kernel 6.12
  check_selftests 6.12 ended with status 125
0 passed, 2 failed, 0 skipped" <<-EOF
	# style
	# a warning
	not ok 1 checkpatch
	# check_style ended with status 1
	# selftests on kernel 6.12
	# check_selftests 6.12 ended with status 125
EOF

echo "1..$n"
exit $failed
