#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# fastdrop replay, as a user runs it: what it says, writes, and refuses.
#
# usage: tests/replay.sh DIR
#
# DIR has fastdrop and test_differential.

set -u
. "${0%/*}/lib.sh" "$1"

# run STATUS ARGS...: fastdrop ends so; what it says is in out and err
run()
{
	local want=$1

	shift
	"$dir/fastdrop" "$@" > out 2> err < in
	[ $? = "$want" ]
}

# refused STATUS MESSAGE WHAT ARGS...: nothing on standard output, MESSAGE on the other
refused()
{
	local want=$1 message=$2 what=$3

	shift 3
	run "$want" "$@" && [ ! -s out ] && grep -qF -- "$message" err
	result "$what"
}

total() { grep -q "^ *$1 .* $2\$" out; }

echo "TAP version 13"
: > in
"$dir/test_differential" -w frames.pcap
run 0 replay -j /dev/null frames.pcap
frames=$(sed 's/.*"seen":{"packets":\([0-9]*\).*/\1/' out)
[ "$frames" -gt 60 ] && grep -q "\"unmatched\":{\"packets\":$frames," out
result "no rules: all $frames packets are seen"

cat > rules <<END
# counts first, and goes on
ip6 count prio 1
src 192.0.2.2 pass prio 2
udp dport 4321 drop comment "the flood"
arp drop id 7
END
run 0 replay rules frames.pcap && grep -q '^ *[1-9][0-9]* .*  ip6 count prio 1$' out &&
	grep -q '^ *2 .*  src 192.0.2.2 pass prio 2$' out &&
	grep -q '^ *3 .*  arp drop id 7$' out &&
	total "$frames" "in the capture" && [ ! -s err ]
result "rules in their order, with what they matched"

sed -n 2,5p out | sed 's/^ *[0-9]* *[0-9]*  //' > order
printf '%s\n' "ip6 count prio 1" "src 192.0.2.2 pass prio 2" "arp drop id 7" \
	'udp dport 4321 drop comment "the flood"' | cmp -s - order
result "the order is that of prio, then id"

grep -q '^from 2023-11-14 22:13:20.123456000 UTC$' out &&
	grep -q "^span $((frames - 1)).000000000 s\$" out
result "from when to when the capture goes"

dropped=$(sed -n 's/^ *\([0-9]*\) .*would be dropped$/\1/p' out)
passed=$(sed -n 's/^ *\([0-9]*\) .*would pass$/\1/p' out)
[ $((dropped + passed)) = "$frames" ] && [ "$dropped" -gt 3 ]
result "dropped and passed are all there is"

run 0 replay -j rules frames.pcap && [ "$(wc -l < out)" = 1 ] &&
	grep -q "\"dropped\":{\"packets\":$dropped,\"bytes\":[0-9]*}" out &&
	grep -q '"rules":\[{"packets":[0-9]*,"bytes":[0-9]*,"rule":"ip6 count prio 1","action":"count","id":[0-9]*,"prio":1,"line":2}' out &&
	grep -q '"rule":"udp dport 4321 drop comment \\"the flood\\""' out &&
	grep -q '"first_ns":1700000000123456000,' out
result "the same as JSON, in one line"

run 0 -p replay --json rules frames.pcap && grep -q "^    \"packets\": *$dropped," out
result "and on many lines"

run 0 replay -w dropped.pcap rules frames.pcap &&
	run 0 replay rules dropped.pcap && total "$dropped" "in the capture" &&
	total "$dropped" "would be dropped" && total 0 "would pass"
result "what -w writes is what would be dropped, and all of it"

cmp -s -n 24 frames.pcap dropped.pcap
result "with the link type, snap length and precision of the capture"

"$dir/fastdrop" replay rules - < frames.pcap > out 2> err && total "$dropped" "would be dropped"
result "the capture from standard input"

"$dir/fastdrop" replay - frames.pcap < rules > out 2> err && total "$dropped" "would be dropped"
result "the rules from standard input"

cat frames.pcap | "$dir/fastdrop" replay -w piped.pcap rules - > out 2> err &&
	cmp -s dropped.pcap piped.pcap
result "the capture from a pipe"

echo 'udp queue 3 drop; udp queue 0 drop' > queue
run 0 replay queue frames.pcap && [ "$(grep -c '^queue: .* count as queue 0$' err)" = 1 ] &&
	grep -q '^ *0 .* udp queue 3 drop' out
result "a capture does not tell the queue, and that is said once"

echo 'bpf "2,48 0 0 23,6 0 0 65535" drop; bpf "1,6 0 0 0" drop' > bpf
run 0 replay bpf frames.pcap && grep -q '^ *0 .* bpf "1,6 0 0 0" drop' out
result "a BPF program is run"
[ "$(grep -c '^bpf: .* tag' err)" = 1 ]
result "and how it sees tags is said once"

printf 'set bots { 192.0.2.2 }\nsrc @bots drop expire 10m\n' > sets
run 0 replay sets frames.pcap && grep -q '^ *2 .*  src @bots drop expire 10m$' out
result "a set, and a rule that would expire, which is in force"

# Cut to 40 bytes a frame, as a snap length does: 24 bytes of file header, 16 a record.
perl -e 'binmode STDIN; binmode STDOUT; local $/; my $d = <STDIN>; print substr $d, 0, 24;
	for (my $i = 24; $i < length $d;) {
		my ($s, $u, $c, $l) = unpack "V4", substr $d, $i, 16;
		my $n = $c < 40 ? $c : 40;
		print pack("V4", $s, $u, $n, $l), substr $d, $i + 16, $n;
		$i += 16 + $c;
	}' < frames.pcap > cut.pcap
printf 'udp dport 4321 drop\nip len 1424 count prio 1\n' > short
run 0 replay short cut.pcap && total "$frames" "in the capture" &&
	! total 0 "cut short by the capture, where a rule or header goes on" &&
	grep -q '^ *[1-9][0-9]* .*  ip len 1424 count prio 1$' out &&
	! total 0 "would be dropped"
result "packets cut by the capture are counted apart, and have their length on the wire"

printf 'udp drop\n\n  udp dprt 1 drop\n' > bad
refused 2 'bad:3:7: expected a match' "a bad rule, with its line and column" replay bad frames.pcap
echo 'bpf "1,0 0 0 0" drop' > bad
refused 2 'bad:1:1: the BPF program is not a valid one' "a BPF program that does not end" \
	replay bad frames.pcap
echo 'bpf "2,5 0 0 4294967295,6 0 0 0" drop' > bad
refused 2 'bad:1:1: the BPF program is not a valid one' "a BPF program that jumps back" \
	replay bad frames.pcap
refused 2 'nowhere: No such file' "rules that are not there" replay nowhere frames.pcap
refused 2 'nowhere: No such file' "a capture that is not there" replay rules nowhere
refused 2 '.: Is a directory' "rules that are a directory" replay . frames.pcap
refused 2 'rules: unknown file format' "a capture that is none" replay rules rules
refused 2 'in: ' "a capture that is empty" replay rules in
"$dir/test_differential" -w wlan.pcap -l 105
refused 2 'link type IEEE802_11' "a link type that cannot be read, by name" replay rules wlan.pcap
cp frames.pcap same.pcap
refused 2 'is the capture that is read' "-w onto the capture" replay -w same.pcap rules same.pcap
cmp -s frames.pcap same.pcap
result "which is still there"
refused 2 'No such file' "-w where nothing can be written" replay -w no/where rules frames.pcap

head -c 1000 frames.pcap > torn.pcap
run 2 replay rules torn.pcap && grep -q 'torn.pcap: after [0-9]* packets: truncated' err &&
	grep -q 'would be dropped' out
result "a capture that ends amid a packet: what was read, and a failure"

"$dir/fastdrop" replay rules frames.pcap > /dev/full 2> err
[ $? = 2 ] && grep -q 'could not be written' err
result "a full disk behind standard output"

refused 1 'usage: fastdrop replay' "an option that there is not" replay -x rules frames.pcap
refused 1 'usage: fastdrop replay' "too few arguments" replay rules
refused 1 'cannot both be standard input' "both from standard input" replay - -
refused 1 'there is no command "repaly"' "a command that there is not" repaly
refused 2 'the module fastdrop is not loaded' "no command, which is dev show, without the module"
run 0 help && grep -q '^usage: fastdrop' out && [ ! -s err ]
result "help"
run 0 help replay && grep -q '^usage: fastdrop replay' out
result "help of a command"
run 0 -V && grep -q '^fastdrop [0-9]' out
result "the version"

echo "1..$n"
exit $failed
