#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# fastdrop capture, fed by tests/fake_feed.c: what Wireshark's tools read of its files, how
# they rotate, and what is left of them when the disk is full.
#
# usage: tests/pcapng.sh DIR
#
# DIR has fastdrop_fed.

set -u
. "${0%/*}/lib.sh" "$1"
export TZ=UTC

# run STATUS FEED ARGS...: fastdrop capture ends so; what it says is in out and err
run()
{
	local want=$1 feed=$2

	shift 2
	FEED=$feed timeout 60 "$dir/fastdrop_fed" capture "$@" > out 2> err
	[ $? = "$want" ]
}

# refused STATUS MESSAGE WHAT ARGS...
refused()
{
	local want=$1 message=$2 what=$3

	shift 3
	run "$want" all "$@" && [ ! -s out ] && grep -qF -- "$message" err
	result "$what"
}

# fields FILE FIELD...: a line a packet; nothing if the file is not whole
fields()
{
	local file=$1 args="" f

	shift
	for f in "$@"; do
		args="$args -e $f"
	done
	# shellcheck disable=SC2086
	tshark -r "$file" -T fields -E separator=\| $args 2> said || { cat said; return 1; }
	! grep -v 'Running as user' said
}

# packets FILE: how many there are, if all of it can be read
packets() { fields "$1" frame.number > list && wc -l < list; }

# counts FILE: received, dropped and delivered, of the statistics blocks
counts()
{
	local options=pcapng.options.option.data.interface

	tshark -r "$1" -X "read_format:MIME Files Format" -T fields -e $options.received \
		-e $options.dropped -e $options.delivered_to_user 2> said | tr '\t' '|'
}

# wait_for CMD...: it comes to succeed, within 10 seconds
wait_for()
{
	local deadline=$((SECONDS + 10))

	until "$@" > /dev/null 2>&1; do
		[ $SECONDS -lt $deadline ] || return 1
		sleep 0.05
	done
}

# whole FILE...: each can be read; how many packets are in them together
whole()
{
	local file count sum=0

	for file in "$@"; do
		count=$(packets "$file") || return
		sum=$((sum + count))
	done
	echo $sum
}

# full FILE: the command failed, and FILE has as many packets as it says, and no torn one
full()
{
	local count

	count=$(whole "$1") && grep -q "^fastdrop: $1: .*: $count packets are in it\$" err &&
		[ "$(grep -c ^fastdrop: err)" = 1 ] && grep -qx '0 records lost' err
}

# empty FILE: the command failed, and nothing is in FILE, not even a head
empty() { [ ! -s "$1" ] && grep -qx "fastdrop: $1: .*: 0 packets are in it" err; }

# limited KIB FEED ARGS...: it fails, as no file may be larger; what it says goes by a pipe
limited()
{
	local kib=$1 feed=$2

	shift 2
	(ulimit -f "$kib"; FEED=$feed exec timeout 60 "$dir/fastdrop_fed" capture "$@") 2>&1 > out |
		cat > err
	[ "${PIPESTATUS[0]}" = 2 ]
}

echo "TAP version 13"

# Each kind of record.
cat > expected <<END
1700000000.123456789|60|60|0|v1|0||2|0x00000001|rule 3 drop||4321
1700000000.123457789|64|64|0|v1|1||2|0x00000001|rule 3 drop|100|4321
1700000000.123458789|46|46|1|tun0|0||0|0x00000001|sample pass||4321
1700000000.123460789|60|60|0|v1|0|3|4|0x00000001|rule 7 divert, 12 packets||4321
1700000000.123461789|60|60|0|v1|0|5000000000|0|0x00000001|rule 3 would-drop||4321
1700000000.123462789|60|60|0|v1|4000000000||0|0x00000001|rule 8 count||4321
1700000000.123463789|60|60|0|v1|0||0|0x00000001|rule 4294967040 protect||4321
1700000000.123464789|60|41|0|v1|0||0|0x00000001|rule 3 ?||4321
END
all="frame.time_epoch frame.len frame.cap_len frame.interface_id frame.interface_name
	frame.interface_queue frame.drop_count frame.verdict.ebpf_tc frame.packet_flags
	frame.comment vlan.id udp.dstport"
# shellcheck disable=SC2086
run 0 all -w all.pcapng && fields all.pcapng $all > out && diff expected out >> err
result "each kind of record, field by field"

fill=$(printf '42%.0s' {1..18})
cat > expected <<END
eth:ethertype:vlan:ethertype:ip:udp:data|02:00:00:00:00:07|3|192.0.2.1|198.51.100.7|26|$fill
raw:ip:udp:data|||192.0.2.1|198.51.100.7|26|$fill
END
fields all.pcapng frame.protocols eth.dst vlan.priority ip.src ip.dst udp.length data.data |
	sed -n 2,3p > out && diff expected out >> err
result "their frames, with the tag where it was"

run 0 all -w all.pcapng && [ ! -s out ] &&
	grep -qx '8 packets captured to all.pcapng, 7 records lost' err
result "what is said at the end"

capinfos all.pcapng > out 2> err && grep -q '^Number of packets: *8$' out &&
	grep -q '^Strict time order: *True$' out &&
	grep -q '^Capture application: *fastdrop [0-9]' out &&
	grep -q "^Capture oper-sys: *$(uname -sr)\$" out &&
	grep -q '^Number of interfaces in file: 2$' out &&
	[ "$(grep -c 'Time precision = nanoseconds' out)" = 2 ] &&
	[ "$(grep -c 'Capture length = 65535' out)" = 2 ] &&
	grep -q 'Encapsulation = Raw IP' out
result "capinfos finds no error, and two interfaces"

[ "$(counts all.pcapng)" = "||7,1" ]
result "whose losses these are of two devices, nobody knows"
run 0 "flood 5" -w one.pcapng && [ "$(counts one.pcapng)" = "12|7|5" ]
result "of one, somebody does"
run 0 "flood 5" -w one.pcapng dev v1 rule 3 && [ "$(counts one.pcapng)" = "|7|5" ]
result "but not how many there were that were not asked for"

wrong=""
for snap in 1 41 42 43 44 59 60 61; do
	run 0 all -w snap.pcapng -s $snap
	fields snap.pcapng frame.len frame.cap_len > lengths && awk -F '|' -v snap=$snap '
		$2 > snap || ($1 >= snap && $2 < snap && $2 != 41) { bad = 1 }
		END { exit bad || NR != 8 }' lengths || wrong="$wrong $snap"
done
[ -z "$wrong" ]
result "snap lengths, which the tag counts for"

# How it ends, and who reads meanwhile.
run 0 "flood 1000" -w some.pcapng -c 7 && [ "$(packets some.pcapng)" = 7 ] &&
	grep -qx '7 packets captured to some.pcapng, 0 records lost' err
result "-c COUNT"
run 0 "flood 1000" dev v1 -c 1 udp -w some.pcapng && grep -q '^1 packet captured to' err
result "options amid the words"

FEED="flood 100000" "$dir/fastdrop_fed" capture -w - 2> err | tshark -r - 2>/dev/null | wc -l > out
[ "$(cat out)" = 100000 ] && grep -qx '100000 packets captured to standard output, 7 records lost' err
result "a pipe"
FEED="flood 100000" "$dir/fastdrop_fed" capture -w - 2> err | head -c 1 > out
[ "${PIPESTATUS[0]}" = 2 ] && grep -qx '0 records lost' err &&
	grep -qx 'fastdrop: standard output: Broken pipe: [0-9]* packets are in it' err
result "a pipe whose reader goes is an error that is told"

FEED="wait 5" "$dir/fastdrop_fed" capture -w live.pcapng 2> err &
pid=$!
wait_for grep -q "rule 3 drop" live.pcapng && [ "$(packets live.pcapng)" = 5 ]
result "packets can be read while it waits for more"
kill -INT $pid
wait $pid && [ "$(packets live.pcapng)" = 5 ] && [ "$(counts live.pcapng)" = "12|7|5" ] &&
	grep -qx '5 packets captured to live.pcapng, 7 records lost' err
result "SIGINT ends it properly"

head -c 100000 /dev/zero > old.pcapng
run 0 "flood 5" -w old.pcapng && [ "$(packets old.pcapng)" = 5 ]
result "what was in the file is gone"
(umask 027; run 0 "flood 5" -w mode.pcapng) && [ "$(stat -c %a mode.pcapng)" = 640 ]
result "its mode is the umask's"

# Many files.
run 0 "flood 40000" -C 1 -w r && ls r* > names && printf '%s\n' r r1 r2 r3 r4 r5 | diff - names >> err &&
	[ "$(whole r*)" = 40000 ] && [ "$(stat -c %s r? | sort -n | sed -n '$p')" -lt 1001200 ] &&
	[ "$(stat -c %s r r1 r2 r3 r4 | sort -n | head -1)" -gt 1000000 ]
result "-C: a number is appended"
run 0 "flood 40000" -C 1 -W 3 -w w && [ "$(echo w*)" = "w0 w1 w2" ] &&
	[ "$(fields w2 frame.time_epoch | tail -1)" = 1700000000.163455789 ] &&
	[ "$(whole w*)" -gt 14000 ] && grep -q '^40000 packets captured to w,' err
result "-C -W: in turns"
run 0 "flood 10" -C 1 -W 11 -w z && [ "$(echo z*)" = z00 ]
result "with zeros in front, so that they sort"
run 0 "flood 20000" -C 1 -W 1 -w x && [ "$(echo x*)" = x ] && [ "$(whole x)" -lt 10000 ]
result "one file, over and over"
run 0 "slow 50" -G 1 -W 2 -w 't-%s' && [ "$(echo t-* | wc -w)" = 2 ] &&
	[ "$(whole t-*)" -lt 25 ] && [ "$(whole t-*)" -gt 5 ]
result "-G -W: by time, and then the end"
run 0 "wait 3" -G 1 -W 1 -w idle && [ "$(whole idle)" = 3 ]
result "which comes even if no packet does"
run 0 "flood 20000" -C 1 -G 3600 -w 'c-%Y' && [ "$(echo c-*)" = "c-$(date +%Y) c-$(date +%Y)1 c-$(date +%Y)2" ]
result "-C -G: by both"

# pcap.
run 0 "flood 20000" --pcap -w c.pcap && [ "$(whole c.pcap)" = 20000 ] &&
	[ "$(fields c.pcap frame.time_epoch frame.len udp.dstport | sed -n 2p)" = "1700000000.123457789|60|4321" ] &&
	capinfos -t c.pcap 2> err | grep -q 'nanosecond pcap'
result "pcap, with nanoseconds"
run 0 "flood 40000" --pcap -C 1 -W 2 -s 40 -w p && [ "$(echo p*)" = "p0 p1" ] &&
	[ "$(whole p*)" -gt 17000 ] && [ "$(fields p0 frame.cap_len | sort -u)" = 40 ]
result "it rotates, too"
refused 2 "v1 and tun0 have different link layers, and a pcap file has one" \
	"two link types in one" --pcap -w two.pcap
[ ! -e two.pcap ]
result "of which nothing is left"

# No room. A packet's block has 140 bytes: the limit cuts through one.
wrong=""
for kib in 0 1 100 255 256 257 700; do
	for format in "" --pcap; do
		rm -f full
		# shellcheck disable=SC2086
		limited $kib "flood 20000" $format -w full && { full full || empty full; } ||
			wrong="$wrong $kib$format"
	done
done
[ -z "$wrong" ]
result "a limit of the file's size: whole blocks are left, and their number is said"
printf before > after
(ulimit -f 100; FEED="flood 20000" "$dir/fastdrop_fed" capture -w - 2> err >> after)
[ $? = 2 ] && [ "$(head -c 6 after)" = before ] && tail -c +7 after > full &&
	count=$(packets full) &&
	grep -qx "fastdrop: standard output: File too large: $count packets are in it" err
result "what was in the file before stays"
limited 1500 "flood 40000" -C 2 -w l && full l && grep -q '^fastdrop: l: File too large: ' err
result "a limit that a file meets before it is another's turn"
run 2 "flood 5" -w /dev/full && printf '%s\n' \
	"fastdrop: /dev/full: No space left on device: 0 packets are in it" "7 records lost" |
	diff - err > out
result "a full device: that is said, and what was lost, and no more"
mkdir disk
if mount -t tmpfs -o size=700k tmpfs disk 2>/dev/null; then
	run 2 "flood 20000" -w disk/full && full disk/full && grep -q 'No space left on device' err
	result "a full disk"
	rm disk/full
	run 2 "flood 20000" --pcap -w disk/full && full disk/full
	result "of pcap, too"
	umount disk
else
	echo "ok $((n += 1)) # SKIP no tmpfs can be mounted here"
	echo "ok $((n += 1)) # SKIP no tmpfs can be mounted here"
fi

# What it does not do.
for option in j p s; do
	FEED=all "$dir/fastdrop_fed" -$option capture -w no > out 2> err
	[ $? = 1 ] && grep -qx "fastdrop: -$option does not go with \"capture\"" err
	result "-$option in front of it"
done
refused 1 "which file? -w FILE is missing" "no file"
refused 1 "-W is a number of files, which -C or -G make" "-W alone" -W 3 -w no
refused 1 "standard output is only one" "many files on standard output" -C 1 -w -
refused 1 'expected a number of packets from 1 to 4294967295, not "0"' "no packets" -c 0 -w no
refused 1 'expected bytes of a packet from 1 to 262144, not "1k"' "a number that is none" -s 1k -w no
refused 1 'expected bytes of a packet from 1 to 262144, not "262145"' "a snap length that pcap has not" \
	-B 2048 -s 262145 -w no
run 0 all -w ring.pcapng -B 1048576 -s 262144
result "the largest ring, and snap length"
refused 1 "expected a power of 2 behind -B, 4 to 1048576, not 3000" "a ring of no such size" -B 3000 -w no
refused 1 "expected a power of 2 behind -B, 4 to 1048576, not 2097152" "a ring that is too large" \
	-B 2097152 -w no
refused 1 "a ring of 64 KiB has 16384 bytes of a packet at most, not 20000" "a snap length that no ring has" \
	-B 64 -s 20000 -w no
refused 1 'can'\''t parse filter expression' "an expression that is none" -w no nonsense
refused 1 'there is no option "-x"' "an option that there is not" -w no -x
refused 1 'expected an argument behind "-w"' "-w without a file" -w
refused 2 "no/where: No such file or directory" "a directory that is not there" -w no/where
refused 2 "disk: Is a directory" "a file that is a directory" -w disk
FEED=all script -qec "'$dir/fastdrop_fed' capture -w -; echo status \$?" /dev/null < /dev/null > out
grep -q 'standard output is a terminal, and packets are no text' out && grep -q 'status 2' out
result "packets on a terminal"
[ "$(echo no*)" = "no*" ]
result "none of these has made a file"

echo "1..$n"
exit $failed
