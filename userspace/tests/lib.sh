# SPDX-License-Identifier: GPL-2.0
# What the tests of commands share. Sourced with the directory that the commands are in,
# which is then $dir; the test goes on in a directory of its own.

dir=$(cd "$1" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp" || exit 1
n=0
failed=0

# result WHAT: by the status of the command before
result()
{
	if [ $? = 0 ]; then
		echo "ok $((n += 1)) $1"
	else
		sed 's/^/# /' out err 2>/dev/null
		echo "not ok $((n += 1)) $1"
		failed=1
	fi
}
