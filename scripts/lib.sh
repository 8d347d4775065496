# SPDX-License-Identifier: GPL-2.0
# What the scripts here share. Sourced, never run.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${FASTDROP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/fastdrop}
build=${build:-$top/build}
KERNEL=${KERNEL:-6.1}
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

# What $KERNEL (6.1, 6.12, debug) stands for, in four variables: where to
# build a module against, the image, its modules, its release.
find_kernel()
{
	local dir=$cache/kernel-$KERNEL

	release=$(cat "$dir/release" 2>/dev/null) ||
		die "kernel $KERNEL is not set up: run scripts/setup kernel $KERNEL"
	modules=$dir/lib/modules
	vmlinuz=$dir/boot/vmlinuz-$release
	kdir=$dir/usr/src/linux-headers-$release
	case $KERNEL in
	6.1) kdir=/usr/src/linux-headers-$release ;;
	debug) kdir=$dir/build ;;
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
