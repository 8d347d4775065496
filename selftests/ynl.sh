#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A tool that knows nothing but docs/netlink/fastdrop.yaml speaks with the module.
. ./lib.sh

tool=${FASTDROP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/fastdrop}/ynl
schema=$tool/Documentation/netlink/genetlink.yaml

plan 23
skip_all()
{
	while [ $number -lt $((planned - 1)) ]; do skip "$1: scripts/setup"; done
	finish
}

[ -e "$schema" ] || skip_all "there is no ynl"
make_hosts
load

# To start it takes longer than all its requests: one for all of them.
pipes=$(mktemp -d /tmp/ynl.XXXXXX)
trap 'cleanup; rm -r "$pipes"' EXIT
mkfifo "$pipes/requests" "$pipes/answers"
./ynl.py "$tool/tools/net/ynl" fastdrop.yaml "$schema" \
	< "$pipes/requests" > "$pipes/answers" 2> "$pipes/errors" &
# If it dies, its last words are shown.
trap '' PIPE
exec 3> "$pipes/requests" 4< "$pipes/answers"
read -r -t 60 answer <&4
case $answer in
missing*) skip_all "$answer" ;;
esac

# has DESCRIPTION REQUEST TEXT...: the answer has them all
has()
{
	local what=$1 request=$2 answer text missing=0

	shift 2
	echo "$request" >&3
	read -r -t 30 answer <&4 || answer=$(cat "$pipes/errors")
	for text in "$@"; do
		grep -qF -- "$text" <<< "$answer" || { echo "# no $text in: $answer"; missing=1; }
	done
	result $missing "$what"
}

has "dev-new"		'do dev-new { "ifname": "v1", "hook": "rx", "dryrun": 1 }' null
has "dev-get"		'do dev-get { "ifname": "v1" }' '"ifname": "v1"' \
	"\"ifindex\": $(cat /sys/class/net/v1/ifindex)" '"hook": "rx"' '"dryrun": 1' '"generation": 1'
has "its dump"		'dump dev-get' '[{' '"ifname": "v1"'
has "dev-set"		'do dev-set { "ifname": "v1", "dryrun": 0, "sample": 1000 }' null
equal "it is set"	0 "$(cat "$(port_dir)/dryrun")"
has "and shown"		'do dev-get { "ifname": "v1" }' '"dryrun": 0' '"sample": 1000'
has "a refusal has its sentence, and what is to blame" \
	'do dev-new { "ifname": "v1" }' refused "v1 is protected already" ifname
has "begin"		'do begin { "ifname": "v1", "expected": 1 }' '"generation": 1'
has "set-new"		'do set-new { "set": "bots" }' null
has "element-new"	'do element-new { "set": "bots", "prefixes4": ["c000020018000000"] }' null
has "rule-new"		'do rule-new { "rule": ["src @bots drop id 7", "udp dport 53 drop"] }' null
has "commit"		'do commit { "confirm": 60 }' '"generation": 2'
has "confirm"		'do confirm { "ifname": "v1" }' null
equal "it is in force"	2 "$(cat "$(port_dir)/generation")"
has "rule-get"		'dump rule-get { "ifname": "v1" }' '"src @bots drop id 7"' '"packets": 0'
has "set-get"		'dump set-get { "ifname": "v1" }' '"set": "bots"' '"prefixes": 1'
has "element-get"	'dump element-get { "ifname": "v1", "set": "bots" }' c000020018000000
has "stats-get"		'dump stats-get { "ifname": "v1" }' '"queue": 0' '"diverted"' '"sampled"' \
	'"ring-lost"' '"rule-id": [7]'
has "a second transaction" 'do begin { "ifname": "v1" }' '"generation": 2'
has "abort"		'do abort' null
has "and there is none"	'do abort' refused "begin one first"
has "dev-del"		'do dev-del { "ifname": "v1" }' null
exec 3>&- 4<&-
finish
