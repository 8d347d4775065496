#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The command fastdrop, against the rows of cli_cases; its JSON, against
# docs/cli.schema.json; its help, against the man page and the completion.
. ./lib.sh

: "${FASTDROP:?say which command to test}"
here=$PWD
cases=$here/cli_cases
rows=$(grep -c '^\$ ' "$cases")
# Three for each kind of JSON, two for each command of the help, the log.
kinds=$(grep -c '^    { "$ref": ' "$here/cli.schema.json")
commands=$("$FASTDROP" help | sed -n 's/^  \([a-z]\+\)\( [a-z]\+\)\?\( .*\)\?$/\1\2/p')
plan $((rows + 3 * kinds + 2 * $(echo "$commands" | wc -l) + 1))

make_hosts
home=$(mktemp -d)
trap 'cleanup; rm -rf "$home"' EXIT
mkdir "$home/bin" "$home/work"
ln -s "$FASTDROP" "$home/bin/fastdrop"
# For as_nobody too.
chmod 755 "$home" "$home"/*
PATH=$home/bin:$PATH
cd "$home/work" || exit 1

# What rows use.

# document KIND: passes on what is JSON of that kind, and keeps it for later
document()
{
	local text

	text=$(cat)
	printf '%s %s\n' "$1" "$text" >> "$home/documents"
	printf '%s\n' "$text"
}

generation() { fastdrop -j dev | sed 's/.*"generation":\([0-9]*\).*/\1/'; }
on_terminal() { script -qec "$*" /dev/null | tr -d '\r'; }
as_nobody() { setpriv --reuid 65534 --clear-groups "$@"; }

# top_of_flood OPTION...: top, while there is a flood
top_of_flood()
{
	{ sleep 1; SOURCE=198.51.100.1 flood 10 4322; } &
	fastdrop top -1 -d 3 "$@"
	wait $!
}

# Whether a process has joined a group of generic netlink, or reads rings.
listens()
{
	grep -qs /dev/fastdrop "/proc/$1/maps" ||
	awk -v pid="$1" '$2 == 16 && $3 == pid && $4 !~ /^0*$/ { n = 1 } END { exit !n }' \
		/proc/net/netlink
}

# watch CMD...: it runs until unwatch, and watched TEXT waits for a line of it
watch() { "$@" > "$home/watched" & watcher=$!; wait_for 20 listens $watcher; }
watched() { wait_for 20 grep -q -- "$1" "$home/watched"; grep -- "$1" "$home/watched"; }
unwatch() { kill -INT "$watcher"; wait "$watcher"; }

# like ACTUAL EXPECTED: in which "..." stands for anything
like()
{
	local pattern=$2

	pattern=${pattern//\\/\\\\}
	pattern=${pattern//\*/\\*}
	pattern=${pattern//\?/\\?}
	pattern=${pattern//\[/\\[}
	# shellcheck disable=SC2053
	[[ $1 == ${pattern//.../*} ]]
}

# same FILE LINE...: the file has these lines, and no other
same()
{
	local file=$1 line expected

	shift
	exec 4< "$file"
	for expected in "$@"; do
		[ "$expected" != ... ] || return 0
		IFS= read -r line <&4 || [ -n "$line" ] || return
		like "$line" "$expected" || return
	done
	! IFS= read -r line <&4
}

run_row()
{
	local status rc=0

	eval "$command" > "$home/out" 2> "$home/err" < /dev/null
	status=$?
	[ $status = "$ends" ] && same "$home/out" "${out[@]}" && same "$home/err" "${err[@]}" || rc=1
	if [ $rc != 0 ]; then
		echo "# what came instead:"
		sed 's/^/# | /' "$home/out"
		sed 's/^/# ! /' "$home/err"
		echo "# = $status"
	fi
	result $rc "$command"
}

begin_row() { command=$1 out=() err=() ends=0; }

# Runs the row that is complete.
end_row() { [ -z "$command" ] || run_row; command=""; }

prepare()
{
	echo "# $1"
	eval "$1" < /dev/null || { echo "# failed: $1"; exit 1; }
}

run_rows()
{
	local line

	command=""
	while IFS= read -r line <&3; do
		case $line in
		"$ "*) end_row; begin_row "${line:2}" ;;
		"|"*) out+=("${line:2}") ;;
		"!"*) err+=("${line:2}") ;;
		"= "*) ends=${line:2} ;;
		"% "*) end_row; prepare "${line:2}" ;;
		"#"*) end_row; echo "$line" ;;
		"") ;;
		*) echo "# this is no line of a row: $line"; exit 1 ;;
		esac
	done 3< "$cases"
	end_row
}

# A line "ok WHAT" or "not ok WHAT" of each check, and comments.
check_json()
{
	local line

	while IFS= read -r line; do
		case $line in
		"ok "*) result 0 "${line#ok }" ;;
		"not ok "*) result 1 "${line#not ok }" ;;
		*) echo "$line" ;;
		esac
	done < <("$here/json_valid.py" "$here/cli.schema.json" "$home/documents" 2>&1)
}

# The commands of the man page's synopsis: "rule add|replace" is two, "rule [show]" one.
in_man()
{
	sed -n '/^\.SH SYNOPSIS/,/^\.SH DESC/p' "$here/fastdrop.8" |
		sed 's/\\f[A-Z]//g; s/[][]//g' | awk '
		$1 == "fastdrop" {
			n = split($2, a, "|"); m = split($3, b, "|")
			for (i = 1; i <= n; i++) {
				print a[i]
				for (j = 1; j <= m; j++)
					print a[i], b[j]
			}
		}' | grep -qx "$1"
}

# Whether the completion offers the last word behind those before.
in_completion()
{
	local COMP_WORDS COMP_CWORD last=${1##* }

	read -ra COMP_WORDS <<< "fastdrop $1"
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	COMP_WORDS[COMP_CWORD]=""
	_fastdrop
	printf '%s\n' "${COMPREPLY[@]}" | grep -qx -- "$last"
}

check_commands()
{
	local name

	# shellcheck disable=SC1091
	. "$here/fastdrop"
	while read -r name; do
		check "the man page has $name" in_man "$name"
		check "the completion has $name" in_completion "$name"
	done <<< "$commands"
}

run_rows
check_json
check_commands
cd "$here" || exit 1
finish
