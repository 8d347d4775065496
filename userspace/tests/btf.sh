#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# fastdrop module btf, on a module and kernels that are made up here: what it writes,
# leaves alone, and refuses. The real ones are for selftests/cli_cases.
#
# usage: tests/btf.sh DIR
#
# DIR has fastdrop.

set -u
. "${0%/*}/lib.sh" "$1"
command=$dir/fastdrop

# run STATUS ARGS...: fastdrop module btf ends so; what it says is in out and err
run()
{
	local want=$1

	shift
	"$command" module btf "$@" > out 2> err < /dev/null
	[ $? = "$want" ]
}

# refused MESSAGE WHAT MODULE ARGS...: one sentence, and the file is as it was
refused()
{
	local message=$1 what=$2 before

	shift 2
	before=$(stat -c '%i %Y' "$1" 2>/dev/null; cat "$1" 2>/dev/null | sha256sum)
	run 2 "$@" && [ ! -s out ] && [ "$(wc -l < err)" = 1 ] && grep -qF -- "$message" err &&
		[ "$before" = "$(stat -c '%i %Y' "$1" 2>/dev/null; cat "$1" 2>/dev/null | sha256sum)" ]
	result "refused: $what"
}

# module NAME KFUNC [RELEASE]: a set of one kfunc, as BTF_ID_FLAGS makes it
module()
{
	cat > module.s <<-END
	.section .modinfo, "a"
	.asciz "name=fastdrop"
	.asciz "vermagic=${3-9.9.9} SMP"
	.section .gnu.linkonce.this_module, "aw"
	.zero 64
	.section .odd, "a"
	.byte 1
	.section .BTF_ids, "a"
	__BTF_ID__set8__kfuncs:
	.long 0
	.long 1
	.type __BTF_ID__func__$2__70123, @object
	.size __BTF_ID__func__$2__70123, 4
	__BTF_ID__func__$2__70123:
	.long 0
	.long 4
	.size __BTF_ID__set8__kfuncs, . - __BTF_ID__set8__kfuncs
	END
	gcc -c module.s -o "$1"
}

# base NAME CODE: an ELF file with the BTF of that code
base() { echo "$2" > base.c && gcc -g -c base.c -o "$1" && pahole -J "$1"; }

# patch FILE OFFSET BYTES: bytes in hexadecimal
patch()
{
	perl -e 'open my $f, "+<", $ARGV[0] or die; binmode $f; seek $f, $ARGV[1], 0;
		print $f pack "H*", $ARGV[2]' "$@"
}

# kernel PACKED NAME TAIL: what x86 boots, of protocol 2.15
kernel()
{
	perl -e 'local $/; open my $f, "<", $ARGV[0] or die; binmode $f; binmode STDOUT;
		my $p = <$f> . pack "a" . $ARGV[1], ""; my $h = "\0" x 1024;
		substr($h, 0x1f1, 1) = "\1"; substr($h, 0x202, 4) = "HdrS";
		substr($h, 0x206, 2) = pack "v", 0x20f;
		substr($h, 0x248, 8) = pack "V2", 16, length $p;
		print $h, "\x90" x 16, $p, "behind it"' "$1" "$3" > "$2"
}

# ids FILE: the words of .BTF_ids
ids() { objcopy -O binary --only-section=.BTF_ids "$1" ids && od -An -v -tu4 ids | xargs; }

# A reader of its own: BASE, the BTF upon it, and the number of what is to be shown.
cat > read.pl <<'END'
use strict;
my (@types, $strings, $base);
for my $file (@ARGV[0, 1]) {
	open my $f, "<", $file or die; binmode $f; local $/; my $data = <$f>;
	my ($magic, $version, $flags, $header, @at) = unpack "vCCV5", $data;
	die unless $magic == 0xeb9f;
	$strings .= substr $data, $header + $at[2], $at[3];
	push @types, undef unless @types;
	for (my $p = $header + $at[0]; $p < $header + $at[0] + $at[1];) {
		my ($name, $info, $type) = unpack "V3", substr $data, $p, 12;
		my ($kind, $n) = ($info >> 24 & 31, $info & 0xffff);
		my $more = $kind == 1 || $kind == 14 || $kind == 17 ? 4 : $kind == 3 ? 12 :
			$kind == 4 || $kind == 5 || $kind == 15 || $kind == 19 ? 12 * $n :
			$kind == 6 || $kind == 13 ? 8 * $n : 0;
		push @types, [$kind, $name, $type, substr $data, $p + 12, $more];
		$p += 12 + $more;
	}
}
sub text { unpack "Z*", substr $strings, $_[0] }
sub show {
	my $t = $types[$_[0]] or return "void";
	my ($kind, $name, $type, $more) = @$t;
	return text($name) if $kind == 1;
	return show($type) . " *" if $kind == 2;
	return "struct " . text($name) if $kind == 4;
	return "kind $kind" unless $kind == 12 && $types[$type][0] == 13;
	my @p = unpack "V*", $types[$type][3];
	my @shown;
	while (my ($n, $of) = splice @p, 0, 2) { push @shown, show($of) . " " . text($n) }
	return show($types[$type][2]) . " " . text($name) . "(" . join(", ", @shown) . ")";
}
print show($ARGV[2]), "\n";
END

# is_right FILE BASE: the number in .BTF_ids is that of the kfunc, by that reader
is_right()
{
	local words

	read -ra words < <(ids "$1")
	[ "${#words[@]}" = 4 ] && [ "${words[0]} ${words[1]} ${words[3]}" = "1 1 4" ] || return
	objcopy --dump-section .BTF=split "$1" /dev/null 2>> err &&
		[ "$(perl read.pl "$2" split "${words[2]}" 2> perl)" = \
			'int fdrop_xdp(struct xdp_md * ctx)' ]
}

echo "TAP version 13"
context='struct xdp_md { int data; };'
base base.o "$context int use(struct xdp_md *m) { return m->data; }"
objcopy --dump-section .BTF=base.raw base.o
base large.o "long first; $context int none(void) { return 1; } struct xdp_md m;"
objcopy --dump-section .BTF=large.raw large.o
module new.ko fdrop_xdp

cp new.ko a.ko
chmod 640 a.ko
[ "$(id -u)" != 0 ] || chown 1:2 a.ko
owner=$(stat -c '%a %u %g' a.ko)
run 0 a.ko base base.raw && [ ! -s out ] && [ ! -s err ] && is_right a.ko base.raw
result "BTF out of a file of BTF"
[ "$(stat -c '%a %u %g' a.ko)" = "$owner" ] && [ "$(echo a.ko*)" = a.ko ]
result "mode and owner are as they were, and nothing is left beside it"
[ "$(objcopy -O binary --only-section=.modinfo a.ko info; tr '\0' ' ' < info)" = \
	"name=fastdrop vermagic=9.9.9 SMP " ]
result "the rest of the module is as it was"

before=$(stat -c '%i %y' a.ko)
run 0 a.ko base base.o && [ "$(stat -c '%i %y' a.ko)" = "$before" ]
result "a file that is right is left alone, whatever form the base has"

run 0 a.ko base large.raw && is_right a.ko large.raw && ! is_right a.ko base.raw &&
	[ "$(readelf -SW a.ko | grep -c ' \.BTF ')" = 1 ]
result "BTF of another kernel is replaced; there a pointer is made"
run 0 a.ko base base.raw && is_right a.ko base.raw
result "and back"

cp new.ko b.ko
run 0 b.ko base base.o && is_right b.ko base.raw
result "BTF out of an ELF file"

for packer in "xz 4" "zstd 4" "gzip 0" "bzip2 4" "lz4 4"; do
	read -r program tail <<< "$packer"
	# lz4 is the old format in a kernel, as its own build makes it.
	[ "$program" = lz4 ] && options=-lc || options=-c
	if ! type "$program" > /dev/null 2>&1; then
		echo "ok $((n += 1)) # SKIP there is no $program"
		continue
	fi
	cp new.ko c.ko
	"$program" $options < base.o > packed 2> /dev/null
	kernel packed vmlinuz "$tail"
	run 0 c.ko base vmlinuz && is_right c.ko base.raw
	result "BTF out of a kernel packed by $program"
done

ln -s c.ko link.ko
run 0 link.ko base large.raw && [ -L link.ko ] && is_right c.ko large.raw
result "behind a link, the file is replaced and not the link"

cp a.ko d.ko
objcopy --add-section .BTF.base=base.raw d.ko
before=$(stat -c %i d.ko)
run 0 d.ko base large.raw && is_right d.ko base.raw && [ "$(stat -c %i d.ko)" = "$before" ]
result "a module that brings its base along is right for each kernel"
cp new.ko d.ko
objcopy --add-section .BTF.base=base.raw d.ko
run 0 d.ko base large.raw && is_right d.ko large.raw && ! readelf -SW d.ko | grep -q 'BTF\.base'
result "one that does so and has no numbers gets BTF of the kernel alone"

refused 'new.ko: it is for the kernel 9.9.9, and' "the running kernel's BTF for another one's module" \
	new.ko
refused 'nowhere: No such file' "a module that is not there" nowhere base base.raw
refused 'nowhere: No such file' "a base that is not there" new.ko base nowhere
refused 'no kernel module' "a file that is no module" base.raw base base.raw
refused 'no kernel module' "an object that is no module" base.o base base.raw
: > empty
refused 'no kernel module' "an empty file" empty base base.raw
refused '.: Is a directory' "a directory" . base base.raw
module old.ko other_kfunc
refused 'a kfunc that is not known here (other_kfunc__70123)' "a kfunc of another version" \
	old.ko base base.raw
strip -N __BTF_ID__func__fdrop_xdp__70123 new.ko -o bare.ko
refused 'it has no kfunc fdrop_xdp' "a module without the kfunc" bare.ko base base.raw
xz -k new.ko
refused 'it is packed: unpack it by xz first' "a module that is packed" new.ko.xz base base.raw
{ cat new.ko; echo '~Module signature appended~'; } > signed.ko
refused 'it is signed, and the signature would not hold' "a module that is signed" \
	signed.ko base base.raw
{ cat a.ko; echo '~Module signature appended~'; } > signed.ko
run 0 signed.ko base base.raw
result "one that is signed and right is left alone"
gcc -g -c base.c -o plain.o
refused 'plain.o: it has no BTF' "a base without BTF" new.ko base plain.o
refused 'err: it has no BTF' "a base that is a text" new.ko base err
cp base.o machine.o
patch machine.o 18 b700
refused 'the base is of another machine' "a base of another machine" new.ko base machine.o
base lean.o 'int main(void) { return 0; }'
refused 'the base has no struct xdp_md' "a kernel without BPF" new.ko base lean.o
head -c 40 base.raw > torn.raw
refused 'its BTF cannot be read' "BTF that is not complete" new.ko base torn.raw
head -c 1200 vmlinuz > torn
refused 'torn: its payload goes on behind its end' "a kernel that is not complete" new.ko base torn
cp vmlinuz bad
patch bad 1040 00000000
refused 'bad: its payload is not packed in a known way' "a kernel packed in another way" \
	new.ko base bad
xz -c base.o > packed
kernel packed bad 4
patch bad 1070 ffffffff
refused 'xz could not unpack it: the file is damaged' "a kernel that is damaged" new.ko base bad
kernel packed vmlinuz 4
PATH=/nowhere "$command" module btf new.ko base vmlinuz > out 2> err
[ $? = 2 ] && grep -q 'does not run: .*: install xz$' err
result "refused: a kernel whose program is not there"
for i in 1 2 3 4 5 6 7 8; do
	cp new.ko cut.ko
	size=$(stat -c %s cut.ko)
	truncate -s $((size * i / 9)) cut.ko
	"$command" module btf cut.ko base base.raw > out 2> err
	[ $? = 2 ] && [ "$(wc -l < err)" = 1 ] || break
done
[ "$i" = 8 ] && [ "$(wc -l < err)" = 1 ]
result "refused: modules that are cut, with a sentence each"

echo "1..$n"
exit $failed
