#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# scripts/tally, on logs that are made up here: what it counts as failed, and what it tells.
#
# usage: tests/tally.sh DIR

set -u
tally=$(cd "${0%/*}/../../scripts" && pwd)/tally
. "${0%/*}/lib.sh" "$1"

# tells WHAT EXPECTED: of the log on standard input; its status says whether all is well
tells()
{
	local status=0

	printf '%s\n' "$2" > expected
	"$tally" - > out 2> err || status=$?
	cmp -s expected out && case $2 in
	*", 0 failed, "*) [ $status = 0 ] ;;
	*) [ $status = 1 ] ;;
	esac
	result "$1"
}

tells "leaf results are counted" "3 passed, 0 failed, 1 skipped" <<-EOF
	#: unit
	#:: a program
	ok 1 this
	#: selftests on kernel 6.1
	# selftests: fastdrop: a.sh
	# TAP version 13
	# 1..2
	# ok 1 that
	# ok 2 # SKIP not here
	ok 1 selftests: fastdrop: a.sh
	# selftests: fastdrop: b.sh
	ok 2 selftests: fastdrop: b.sh
EOF

tells "a failure has its kernel, its selftest, and what was said before" \
"selftests on kernel 6.12, a.sh
    # expected 1, got 2
  not ok 2 that
1 passed, 1 failed, 0 skipped" <<-EOF
	#: selftests on kernel 6.12
	TAP version 13
	# selftests: fastdrop: a.sh
	# TAP version 13
	# 1..2
	# # before that
	# ok 1 this
	# # expected 1, got 2
	# not ok 2 that
	not ok 1 selftests: fastdrop: a.sh # exit=1
EOF

tells "the first failure has nothing of what began before" \
"style
  not ok 1 checkpatch
selftests on kernel 6.12, a.sh
  not ok 1 that
0 passed, 2 failed, 0 skipped" <<-EOF
	compiling
	#: style
	TAP version 13
	not ok 1 checkpatch
	1..1
	#! check_style ended with status 1
	#: selftests on kernel 6.12
	building
	# selftests: fastdrop: a.sh
	# TAP version 13
	# 1..40
	# not ok 1 that
	not ok 1 selftests: fastdrop: a.sh # exit=1
EOF

tells "of much that was said the last 40 lines are told" \
"style
$(seq 61 100 | sed 's/^/    /')
  not ok 1 checkpatch
0 passed, 1 failed, 0 skipped" < <(echo "#: style"; seq 100; echo "not ok 1 checkpatch")

tells "one that is killed behind a good result is told" \
"selftests on kernel 6.1, a.sh
  not ok 1 selftests: fastdrop: a.sh # exit=137
1 passed, 1 failed, 0 skipped" <<-EOF
	#: selftests on kernel 6.1
	# selftests: fastdrop: a.sh
	# ok 1 this
	not ok 1 selftests: fastdrop: a.sh # exit=137
EOF

tells "a part that dies is told, and counted" \
"selftests on kernel 6.12, a.sh
    vm: time is up
  check_selftests 6.12 ended with status 124
1 passed, 1 failed, 0 skipped" <<-EOF
	#: selftests on kernel 6.12
	# selftests: fastdrop: a.sh
	# ok 1 this
	vm: time is up
	#! check_selftests 6.12 ended with status 124
EOF

tells "behind a failure of another part, too" \
"style
    a warning
  not ok 1 checkpatch
selftests on kernel 6.12
  check_selftests 6.12 ended with status 125
0 passed, 2 failed, 0 skipped" <<-EOF
	#: style
	# a warning
	not ok 1 checkpatch
	#! check_style ended with status 1
	#: selftests on kernel 6.12
	#! check_selftests 6.12 ended with status 125
EOF

tells "and behind a failed selftest: their runner does not tell of those" \
"selftests on kernel 6.12, a.sh
  not ok 1 this
selftests on kernel 6.12, b.sh
    vm: time is up
  check_selftests 6.12 ended with status 124
0 passed, 2 failed, 0 skipped" <<-EOF
	#: selftests on kernel 6.12
	# selftests: fastdrop: a.sh
	# not ok 1 this
	not ok 1 selftests: fastdrop: a.sh # exit=1
	# selftests: fastdrop: b.sh
	vm: time is up
	#! check_selftests 6.12 ended with status 124
EOF

tells "programs of one part are told apart" \
"unit, test_addr
    an address is wrong
  not ok 1 addresses
unit, test_set
    AddressSanitizer: stack
  test_set ended with status 134
1 passed, 2 failed, 0 skipped" <<-EOF
	#: unit
	#:: test_addr
	# an address is wrong
	not ok 1 addresses
	#!! test_addr ended with status 1
	#:: test_set
	AddressSanitizer: stack
	#!! test_set ended with status 134
	#:: pcapng
	ok 1 files
	#! check_unit ended with status 2
EOF

tells "what a test says is no mark" "1 passed, 0 failed, 0 skipped" <<-EOF
	#: selftests on kernel 6.1
	# selftests: fastdrop: a.sh
	# load ended with status 1
	# # load ended with status 1
	# ok 1 as it should
	ok 1 selftests: fastdrop: a.sh
EOF

tells "one that is killed in the middle of a line, too" \
"selftests on kernel 6.1, a.sh
  ok 2 thnot ok 1 selftests: fastdrop: a.sh # exit=139
1 passed, 1 failed, 0 skipped" <<-EOF
	#: selftests on kernel 6.1
	# selftests: fastdrop: a.sh
	# ok 1 this
	# ok 2 thnot ok 1 selftests: fastdrop: a.sh # exit=139
EOF

tells "a lane that is killed is told, whatever has failed before" \
"style
  not ok 1 checkpatch
  lane_two ended with status 137
0 passed, 2 failed, 0 skipped" <<-EOF
	#: style
	not ok 1 checkpatch
	#! lane_two ended with status 137
EOF

echo "1..$n"
exit $failed
