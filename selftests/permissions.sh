#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Who may do what: rules are for root in the initial user namespace, to change and
# to see. What devices are protected is for all.
. ./lib.sh

# All operations, with attributes that are fine.
denied="dev-new dev-del dev-set rule-get set-get element-get stats-get begin rule-new rule-replace
	rule-del rule-flush set-new set-del set-flush element-new element-del commit abort confirm
	rollback"
plan 96

anybody() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
in_userns() { unshare -Ur "$@"; }
in_both() { unshare -Urn "$@"; }

# answers WHO DESCRIPTION ANSWER OPERATION...: what comes of each operation
answers()
{
	local who=$1 what=$2 answer=$3 op lines

	shift 3
	mapfile -t lines < <($who ./netlink_op v1 "$@" 2> /dev/null)
	for op in "$@"; do
		equal "$what: $op: $answer" "$op: $answer" "${lines[0]-}"
		lines=("${lines[@]:1}")
	done
}

make_hosts
load dev=v1 filter="set s { 192.0.2.0/24 }; src @s drop"

answers "" root fine rule-get set-get element-get stats-get
answers "" root "v1 fine" dev-get

# shellcheck disable=SC2086
answers anybody anybody "not permitted" $denied
answers anybody anybody "v1 fine" dev-get dev-dump
answers anybody anybody fine join

if in_userns true; then
	# shellcheck disable=SC2086
	answers in_userns "root of a user namespace" "not permitted" $denied
	answers in_userns "root of a user namespace" "v1 fine" dev-get dev-dump

	# In a network namespace of its own there is no such device.
	# shellcheck disable=SC2086
	answers in_both "root of both namespaces" "not permitted" $denied
	answers in_both "root of both namespaces" refused dev-get
	answers in_both "root of both namespaces" fine dev-dump

	# Files are root's by their mode, and that of a user namespace is root too.
	refuse "it does not read the rules"	in_userns cat "$(port_dir)/rules"
	refuse "or add one"			in_userns sh -c "echo udp drop > $(port_dir)/rule_add"
	refuse "or delete one"			in_userns sh -c "echo 1 > $(port_dir)/rule_del"
	for file in enabled dryrun protect sample; do
		refuse "or set $file"		in_userns sh -c "echo 0 > $(port_dir)/$file"
	done
else
	# A kernel may have them switched off.
	for i in {1..53}; do skip "no user namespace can be made here"; done
fi
answers "" root "v1 fine" dev-dump
equal "nothing was changed"		1 "$(cat "$(port_dir)/generation")"

# files
mode() { stat -c %a "$(port_dir)/$1"; }
equal "rules can be read by root"	400 "$(mode rules)"
equal "rule_add can be written by root"	200 "$(mode rule_add)"
equal "rule_del too"			200 "$(mode rule_del)"
equal "generation can be read by all"	444 "$(mode generation)"
for file in enabled dryrun protect sample; do
	equal "$file can be set by root"	644 "$(mode $file)"
done
refuse "nobody else reads the rules"	anybody cat "$(port_dir)/rules"
refuse "or adds one"			anybody sh -c "echo udp drop > $(port_dir)/rule_add"
refuse "or switches it off"		anybody sh -c "echo 0 > $(port_dir)/enabled"
finish
