#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What fastdrop capture writes of a flood is what came, as Wireshark's tools read it.
. ./lib.sh

: "${FASTDROP:?say which command to test}"
plan 25

tmp=$(mktemp -d)
trap 'umount "$tmp/disk" 2>/dev/null; cleanup; rm -rf "$tmp"' EXIT

reads() { readlink /proc/"$1"/fd/* | grep -qx /dev/fastdrop; }

# capture FILE ARGS...: runs beside us; what it says is in err
capture()
{
	local file=$1

	shift
	"$FASTDROP" capture -w "$file" "$@" 2> "$tmp/err" &
	reader=$!
	wait_for 20 reads $reader
}

# ends STATUS DESCRIPTION: the reader does, or has
ends() { wait "$reader"; equal "$2" "$1" $?; }

# of FILE CMD...: the command with the file as its input; what it says is in said. Outside of
# an emulated machine, where Wireshark's tools take half a minute to start.
of()
{
	local file=$1 status

	shift
	if ! command -v outside > /dev/null; then
		"$@" < "$file" 2> "$tmp/said"
		return
	fi
	cp "$file" /run/vm/input
	# shellcheck disable=SC2016
	outside sh -c '"$@" < "$VM_SHARE/input" 2> "$VM_SHARE/said"' sh "$@"
	status=$?
	cp /run/vm/said "$tmp/"
	return $status
}

packets() { of "$1" tshark -r - | wc -l; }
has() { [ "$(packets "$1")" = "$2" ]; }

in_order() { of "$1" capinfos -o - | grep True; }

# Whether all of it can be read.
whole() { has "$1" "$2" && ! grep -v "Running as user" "$tmp/said"; }

# summary FILE FIELD...: how often each line of them is there. The first of each: what is in
# the packets may look like anything
summary()
{
	local file=$1 args="" f

	shift
	for f in "$@"; do
		args="$args -e $f"
	done
	# shellcheck disable=SC2086
	of "$file" tshark -r - -T fields -E separator=\| -E occurrence=f $args | sort | uniq -c | sed 's/^ *//'
}

make_hosts
load dev=v1 filter="udp dport 4321 drop sample 1"

# field by field
capture "$tmp/f" dev v1
check "it reads"			reads $reader
before=$(date +%s)
flood 1000 4321
check "a flood is dropped"		wait_for 20 counter_is dropped 1000
check "all of it is in the file, at once" wait_for 20 has "$tmp/f" 1000
kill -INT "$reader"
ends 0 "SIGINT ends it"
equal "what it says"			"1000 packets captured to $tmp/f, 0 records lost" "$(cat "$tmp/err")"
check "the file is whole"		whole "$tmp/f" 1000
equal "where they came from, and what became of them" "1000 v1|0|0|2|rule 1 drop" \
	"$(summary "$tmp/f" frame.interface_name frame.interface_id frame.interface_queue \
		frame.verdict.ebpf_tc frame.comment)"
equal "the packets themselves"		"1000 60|60|02:00:00:00:00:07|198.51.100.7|4321|26" \
	"$(summary "$tmp/f" frame.len frame.cap_len eth.dst ip.dst udp.dstport udp.length)"
check "in the order of their time"	in_order "$tmp/f"
first=$(of "$tmp/f" tshark -r - -c 1 -T fields -e frame.time_epoch)
between() { [ "$1" -ge "$2" ] && [ "$1" -le "$3" ]; }
check "which is now"			between "${first%.*}" "$before" "$(date +%s)"

# only what is asked for, as pcap
capture "$tmp/c" -c 5 --pcap -s 42 dev v1 rule 1 queue 0 udp dst port 4321
check "it reads"			reads $reader
flood 10 4321
ends 0 "it ends with its count"
equal "a pcap file has as many"		"5 60|42|4321" \
	"$(summary "$tmp/c" frame.len frame.cap_len udp.dstport)"

# a pipe
mkfifo "$tmp/pipe"
cat "$tmp/pipe" > "$tmp/piped" &
piping=$!
capture - -c 1000 dev v1 > "$tmp/pipe"
flood 1000 4321
ends 0 "it writes to a pipe"
wait $piping
check "whose reader gets all"		whole "$tmp/piped" 1000

# Rotation. What a ring has no room for is lost, and told.
settled() { local size; size=$(du -b "$tmp/r"); sleep 0.5; [ "$(du -b "$tmp/r")" = "$size" ]; }
mkdir "$tmp/r"
seen=$(counter dropped)
capture "$tmp/r/r" -C 1 -W 2 dev v1
flood 20000 4321
wait_for 20 counter_is dropped $((seen + 20000))
wait_for 20 settled
kill -INT "$reader"
ends 0 "SIGINT ends it"
equal "nothing is missing but what it says" 20000 \
	"$(sed 's/^\([0-9]*\) packets\? captured to .*, \([0-9]*\) records\? lost$/\1 + \2/' "$tmp/err" | bc)"
equal "it goes on in two files"		"r0 r1" "$(cd "$tmp/r" && echo *)"
check "the first is whole"		whole "$tmp/r/r0" "$(packets "$tmp/r/r0")"
check "so is the second"		whole "$tmp/r/r1" "$(packets "$tmp/r/r1")"

# a full disk
mkdir "$tmp/disk"
run mount -t tmpfs -o size=300k tmpfs "$tmp/disk"
capture "$tmp/disk/full" dev v1
flood 5000 4321
ends 2 "a full disk ends it"
count=$(packets "$tmp/disk/full")
check "with a sentence"			grep -qF "$tmp/disk/full: No space left on device: $count packets are in it" "$tmp/err"
check "the file is whole"		whole "$tmp/disk/full" "$count"

capture "$tmp/gone" dev v1
"$FASTDROP" dev del v1
ends 0 "without a device it ends"
finish
