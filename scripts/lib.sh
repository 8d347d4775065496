# SPDX-License-Identifier: GPL-2.0
# What the scripts here share. Sourced, never run.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${FASTDROP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/fastdrop}
build=${build:-$top/build}
KERNEL=${KERNEL:-6.1}
COMPILER=${COMPILER:-gcc}
PATH=$PATH:/usr/sbin:/sbin

say() { printf '%s\n' "$*" >&2; }
die() { say "${0##*/}: $*"; exit 1; }

# The text between the first comment line and the first code of the script.
usage()
{
	sed -n '3,/^[^#]/ { s/^# \{0,1\}//p }' "$0"
	exit "${1:-0}"
}

as_root()
{
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "needs root for: $*"
	fi
}

# Release of the newest installed headers of a series: 6.1 -> 6.1.0-56-amd64
headers_release()
{
	find /usr/src -maxdepth 1 -name "linux-headers-$1[.-]*-amd64" \
		! -name '*-cloud-amd64' ! -name '*-rt-amd64' -printf '%f\n' |
		sed 's/^linux-headers-//' | sort -V | tail -n 1
}

# What $KERNEL (6.1, 6.12, debug, uml) stands for, in five variables: where to
# build a module against, for which ARCH if not this machine's, the image, its
# modules, its release.
find_kernel()
{
	local dir=$cache/kernel-$KERNEL

	release=$(cat "$dir/release" 2>/dev/null) ||
		die "kernel $KERNEL is not set up: run scripts/setup kernel $KERNEL"
	modules=$dir/lib/modules
	vmlinuz=$dir/boot/vmlinuz-$release
	kdir=$dir/usr/src/linux-headers-$release arch=''
	case $KERNEL in
	6.1) kdir=/usr/src/linux-headers-$release ;;
	debug) kdir=$dir/build ;;
	uml) kdir=$dir/build arch=um ;;
	esac
}

# Ends a background job and waits for it, by its process id.
end_job()
{
	[ -n "${1:-}" ] || return 0
	kill "$1" 2>/dev/null || :
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		kill -0 "$1" 2>/dev/null || break
		sleep 0.1
	done
	kill -KILL "$1" 2>/dev/null || :
	wait "$1" 2>/dev/null || :
}

# known_rows ROWS ROW...: each ROW is one of ROWS
known_rows()
{
	local rows=$1 row

	shift
	for row in "$@"; do
		case " $(echo $rows) " in
		*" ${row%:*} "*) ;;
		*) die "there is no row '$row': $(echo $rows)" ;;
		esac
	done
}

# record PART COLUMN...: hands on lines "ROW FIGURE...", and puts each figure into
# $RESULTS, if that is set: part, kernel, compiler, row, column and figure, by tabs.
# So it does with lines "# NAME VALUE", which say what the figures come from.
record()
{
	local part=$1 columns

	shift
	columns=$(printf '%s\t' "$@")
	awk -v part="$part" -v columns="$columns" -v kernel="$KERNEL" -v compiler="$COMPILER" \
		-v file="${RESULTS:-/dev/null}" '
	function put(part, row, column, figure) {
		print part, kernel, compiler, row, column, figure >> file
		fflush(file)
	}
	BEGIN { OFS = "\t"; split(columns, name, "\t") }
	{ print; fflush() }
	$1 == "#" { key = $2; sub(/^# [^ ]+ /, ""); put("about", key, "", $0); next }
	$2 !~ /^(-|[0-9.]+)$/ { next }	# what a tool has said
	{ for (i = 2; i <= NF; i++) if ($i != "-") put(part, $1, name[i - 1], $i) }'
}

# beside ROW COLUMN...: a table of such lines; each figure, and what it is of that of ROW
beside()
{
	awk -v base="$1" -v names="$(printf '%s|' "${@:2}")" '
	$1 == "#" || $2 !~ /^(-|[0-9.]+)$/ { next }
	{ row[++rows] = $0 }
	$1 == base { ours = $0 }
	END {
		columns = split(names, name, "|") - 1
		split(ours, our)
		printf "%-14s", ""
		for (i = 1; i <= columns; i++)
			printf " %12s%s", name[i], ours ? sprintf("%8s", "") : ""
		printf "\n"
		for (r = 1; r <= rows; r++) {
			split(row[r], cost)
			printf "%-14s", cost[1]
			for (i = 2; i <= columns + 1; i++) {
				printf " %12s", cost[i]
				if (ours)
					printf cost[i] + 0 && our[i] + 0 ? " %6.2fx" : "%8s", \
						our[i] + 0 && cost[i] + 0 ? cost[i] / our[i] : ""
			}
			printf "\n"
		}
	}'
}

# What a guest says of itself, for record.
about_guest()
{
	local flaws=/sys/devices/system/cpu/vulnerabilities

	echo "# kernel $(uname -r), built by $(sed 's/.*(\([^ ]*gcc[^ ]*\|[^ ]*clang\) .* \([0-9][0-9.]*\), GNU ld.*/\1 \2/' /proc/version)"
	echo "# mitigations $(cd $flaws && grep -h Mitigation * | sort -u | sed 's/Mitigation: //' |
		paste -sd '|' | sed 's/|/; /g')"
}
