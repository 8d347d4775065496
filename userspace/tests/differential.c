// SPDX-License-Identifier: GPL-2.0
/*
 * fastdrop's rules against tcpdump's expressions: which of many frames each
 * matches. libpcap is another's reading of the same headers; where the two
 * differ, the table says why and at which frames, and that is checked too.
 *
 * usage: test_differential [-w FILE [-l LINK]]
 *   -w  write the frames to a capture instead, -l as of another link type (DLT_)
 */
#include "kselftest.h"

#include <pcap/pcap.h>

#include "capture.h"
#include "differential.h"
#include "engine/rule_text.h"
#include "engine/table.h"

#define BYTES_MAX	(ETH_HLEN + FRAME_MAX)
#define WORDS_MAX	(2 * FDROP_RULE_TEXT)

/* One of the frames, and what it would be without tags, or extension headers. */
struct sample {
	u32 length;
	u8 *bytes;
};

static struct sample samples[ARRAY_SIZE(frames)];
static struct sample plain[ARRAY_SIZE(frames)];	/* see struct row, @through */

static u32 build(const struct named_frame *f, const struct frame *frame, u8 *bytes)
{
	u32 tags = 4 * (!!frame->outer + !!frame->vlan + !!frame->third), i;
	__u16 ethertype;
	u32 length;

	memset(bytes, 2, 2 * ETH_ALEN);
	length = ETH_HLEN + frame_build(frame, bytes + ETH_HLEN, &ethertype);
	frame_put16(bytes + 2 * ETH_ALEN, ethertype);
	for (i = 0; i < f->set_count; i++)
		bytes[ETH_HLEN + tags + f->set[i].at] = f->set[i].value;
	return length;
}

/* Exactly so many bytes, for ASan to guard. */
static struct sample make_sample(const struct named_frame *f, const struct frame *frame)
{
	static u8 bytes[BYTES_MAX];
	struct sample s = { .length = build(f, frame, bytes) };

	s.bytes = malloc(s.length);
	if (!s.bytes)
		ksft_exit_fail_msg("no memory\n");
	memcpy(s.bytes, bytes, s.length);
	return s;
}

static struct frame without(const struct frame *frame, unsigned int through)
{
	struct frame f = *frame;

	if (through & TAGS) {
		f.outer = 0;
		f.vlan = 0;
		f.third = 0;
	}
	return f;
}

static void make_samples(struct sample *to, unsigned int through)
{
	struct frame frame;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(frames); i++) {
		frame = without(&frames[i].frame, through);
		free(to[i].bytes);
		to[i] = make_sample(&frames[i], &frame);
	}
}

static void compile(const char *expression, struct bpf_program *program)
{
	pcap_t *p = pcap_open_dead(DLT_EN10MB, 65535);

	if (pcap_compile(p, program, expression, 1, PCAP_NETMASK_UNKNOWN))
		ksft_exit_fail_msg("%s: %s\n", expression, pcap_geterr(p));
	pcap_close(p);
}

/* The program as a rule has it. */
static void print_program(const struct bpf_program *program, char *to, size_t size)
{
	size_t n = snprintf(to, size, "bpf \"%u", program->bf_len);
	const struct bpf_insn *insn;

	for (insn = program->bf_insns; insn < program->bf_insns + program->bf_len; insn++)
		n += snprintf(to + n, size - n, ",%u %u %u %u", insn->code, insn->jt, insn->jf,
			      insn->k);
	snprintf(to + n, size - n, "\"");
}

/* The rule of @row as the only one of a table; BPF in it is the row's expression. */
static struct fdrop_table *make_table(const struct row *row, const struct bpf_program *program)
{
	const char *mark = strstr(row->rule, "BPF");
	static char words[WORDS_MAX], bpf[FDROP_RULE_TEXT];
	struct fdrop_rule *rule = fdrop_alloc(sizeof(*rule));
	struct fdrop_sets sets = { };
	struct fdrop_text_error error;
	struct fdrop_table *table;
	struct fdrop_text text;

	print_program(program, bpf, sizeof(bpf));
	snprintf(words, sizeof(words), "%.*s%s drop", (int)(mark ? mark - row->rule : WORDS_MAX),
		 row->rule, mark ? bpf : "");
	text = fdrop_text_of(words, strlen(words));
	if (!rule || fdrop_rule_parse(&text, &sets, rule, &error) != 1)
		ksft_exit_fail_msg("%s: column %u: %s\n", words, error.column, error.message);
	if (rule->bpf) {
		if (!capture_bpf_is_valid(rule->bpf))
			ksft_exit_fail_msg("%s: not valid\n", words);
		rule->bpf->program = rule->bpf;
	}
	table = fdrop_table_build(rule, 1, NULL);
	if (!table)
		ksft_exit_fail_msg("no memory\n");
	return table;
}

/* Whether the engine drops the frame if only @captured bytes of it are there. */
static bool engine_matches(const struct fdrop_table *table, const struct sample *s, u32 captured,
			   bool *cut)
{
	struct capture_frame frame;
	struct fdrop_key key;
	bool matches = false;
	u8 *bytes = malloc(captured ?: 1);

	memcpy(bytes, s->bytes, captured);
	*cut = !capture_frame_set(&frame, DLT_EN10MB, bytes, captured, s->length);
	if (!*cut) {
		fdrop_parse(&frame.packet, &key);
		matches = fdrop_table_lookup(table, &key, &frame.packet, 0)->rank == 0;
		*cut = frame.cut;
	}
	free(bytes);
	return matches;
}

static bool tcpdump_matches(const struct bpf_program *program, const struct sample *s)
{
	struct pcap_pkthdr header = { .caplen = s->length, .len = s->length };

	return pcap_offline_filter(program, &header, s->bytes);
}

/* Whether @name is one of the words of @list, which may be NULL. */
static bool has_word(const char *list, const char *name)
{
	size_t length = strlen(name);
	const char *at = list;

	while (at && (at = strstr(at, name))) {
		if ((at == list || at[-1] == ' ') && (!at[length] || at[length] == ' '))
			return true;
		at += length;
	}
	return false;
}

/* Every frame that a row names is there: a wrong name would excuse nothing. */
static void check_names(const struct row *row, const char *list)
{
	char name[40];
	size_t i;
	int n;

	for (; list && sscanf(list, " %39s%n", name, &n) == 1; list += n) {
		for (i = 0; i < ARRAY_SIZE(frames); i++)
			if (!strcmp(frames[i].name, name))
				break;
		if (i == ARRAY_SIZE(frames))
			ksft_exit_fail_msg("\"%s\" names %s, which is no frame\n",
					   row->expression, name);
	}
}

/* What the row expects of the engine for the frame, from what tcpdump says. */
static bool expected(const struct row *row, const struct bpf_program *program, size_t i)
{
	const struct sample *s = row->through ? &plain[i] : &samples[i];

	if (has_word(row->engine, frames[i].name))
		return true;
	if (has_word(row->tcpdump, frames[i].name))
		return false;
	return tcpdump_matches(program, s);
}

static void check_row(const struct row *row)
{
	bool ok = true, differs = false, engine, tcpdump, cut;
	struct bpf_program program;
	struct fdrop_table *table;
	size_t i, matched = 0;

	check_names(row, row->engine);
	check_names(row, row->tcpdump);
	compile(row->expression, &program);
	table = make_table(row, &program);
	for (i = 0; i < ARRAY_SIZE(frames); i++) {
		engine = engine_matches(table, &samples[i], samples[i].length, &cut);
		tcpdump = tcpdump_matches(&program, &samples[i]);
		matched += engine;
		differs |= engine != tcpdump;
		/* A name says that they differ there, so they do. */
		if (engine == expected(row, &program, i) && !cut &&
		    (engine != tcpdump || !(has_word(row->engine, frames[i].name) ||
					    has_word(row->tcpdump, frames[i].name))))
			continue;
		ok = false;
		ksft_print_msg("%s: fastdrop %s, tcpdump %s\n", frames[i].name,
			       engine ? "matches" : "does not", tcpdump ? "matches" : "does not");
	}
	if (differs != !!row->why)
		ksft_print_msg("%s\n", differs ? "they differ, and no reason is given" :
						 "a reason is given, and they do not differ");
	ok = ok && differs == !!row->why && matched && matched < ARRAY_SIZE(frames);
	ksft_test_result(ok, "\"%s\" is tcpdump's \"%s\"%s%s (%zu frames)\n", row->rule,
			 row->expression, row->why ? ", but: " : "", row->why ?: "", matched);
	fdrop_table_free(table);
	pcap_freecode(&program);
}

/* A frame cut by the capture is judged as the whole one is, or said to be cut. */
static bool cut_holds(const struct row *row)
{
	struct bpf_program program;
	struct fdrop_table *table;
	bool ok = true, cut, whole, part;
	u32 captured;
	size_t i;

	compile(row->expression, &program);
	table = make_table(row, &program);
	for (i = 0; i < ARRAY_SIZE(frames); i++) {
		whole = engine_matches(table, &samples[i], samples[i].length, &cut);
		for (captured = 0; captured < samples[i].length && captured < 300; captured++) {
			part = engine_matches(table, &samples[i], captured, &cut);
			if (cut || part == whole)
				continue;
			ok = false;
			ksft_print_msg("\"%s\", %s cut at %u\n", row->rule, frames[i].name,
				       captured);
		}
	}
	fdrop_table_free(table);
	pcap_freecode(&program);
	return ok;
}

static void check_cuts(void)
{
	bool ok = true;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (!strstr(rows[i].rule, "BPF"))
			ok = cut_holds(&rows[i]) && ok;
	ksft_test_result(ok, "a frame cut short is judged as the whole one, or said to be cut\n");
}

/* The link-layer header of @link for an Ethernet header; 0 if it cannot be. */
static u32 put_link(int link, const u8 *ethernet, u8 *to)
{
	bool is_ip4 = ethernet[12] == 0x08 && ethernet[13] == 0x00;
	bool is_ip6 = ethernet[12] == 0x86 && ethernet[13] == 0xdd;

	memset(to, 0, 20);
	switch (link) {
	case DLT_LINUX_SLL:
		memcpy(to + 14, ethernet + 12, 2);
		return 16;
	case DLT_LINUX_SLL2:
		memcpy(to, ethernet + 12, 2);
		return 20;
	case DLT_NULL:		/* of a machine that is little-endian, and of one of BSD's */
		to[0] = is_ip4 ? 2 : 30;
		return is_ip4 || is_ip6 ? 4 : 0;
	case DLT_LOOP:
		to[3] = is_ip4 ? 2 : 24;
		return is_ip4 || is_ip6 ? 4 : 0;
	default:
		return 0;
	}
}

/* Whether a frame comes to the same key behind another link-layer header. */
static bool link_holds(int link, const struct sample *s)
{
	u32 header, length = s->length - ETH_HLEN;
	struct capture_frame ethernet, other;
	struct fdrop_key a, b;
	u8 *bytes = malloc(20 + length);
	bool ok;

	header = put_link(link, s->bytes, bytes);
	memcpy(bytes + header, s->bytes + ETH_HLEN, length);
	ok = capture_frame_set(&ethernet, DLT_EN10MB, s->bytes, s->length, s->length) &&
	     capture_frame_set(&other, link, bytes, header + length, header + length) &&
	     fdrop_parse(&ethernet.packet, &a) == fdrop_parse(&other.packet, &b) &&
	     !memcmp(a.word, b.word, sizeof(a.word)) &&
	     !capture_frame_set(&other, link, bytes, header - !!header, 100) == !!header;
	free(bytes);
	return ok;
}

static bool is_ip(const struct sample *s, int version)
{
	return s->bytes[12] == (version == 4 ? 0x08 : 0x86) &&
	       s->bytes[13] == (version == 4 ? 0x00 : 0xdd) && s->length > ETH_HLEN &&
	       s->bytes[ETH_HLEN] >> 4 == version;
}

static void check_link(int link)
{
	bool ok = true, fits;
	size_t i, tried = 0;
	u8 header[20];

	for (i = 0; i < ARRAY_SIZE(frames); i++) {
		fits = put_link(link, samples[i].bytes, header);
		if (link == DLT_RAW)
			fits = is_ip(&samples[i], 4) || is_ip(&samples[i], 6);
		else if (link == DLT_IPV4 || link == DLT_IPV6)
			fits = is_ip(&samples[i], link == DLT_IPV4 ? 4 : 6);
		if (!fits || !strcmp(frames[i].name, "llc"))
			continue;
		tried++;
		if (link_holds(link, &samples[i]))
			continue;
		ok = false;
		ksft_print_msg("%s\n", frames[i].name);
	}
	ksft_test_result(ok && tried > 10, "%zu frames behind a header of %s\n", tried,
			 pcap_datalink_val_to_name(link));
}

/* A second apart each, and 123456 microseconds past it. */
static void write_frames(const char *name, int link)
{
	struct pcap_pkthdr header = { .ts = { 1700000000, 123456 } };
	pcap_t *p = pcap_open_dead(link, 65535);
	pcap_dumper_t *dump = pcap_dump_open(p, name);
	size_t i;

	if (!dump)
		ksft_exit_fail_msg("%s: %s\n", name, pcap_geterr(p));
	for (i = 0; i < ARRAY_SIZE(frames); i++) {
		header.caplen = samples[i].length;
		header.len = samples[i].length;
		pcap_dump((u_char *)dump, &header, samples[i].bytes);
		header.ts.tv_sec++;
	}
	pcap_dump_close(dump);
	pcap_close(p);
}

int main(int argc, char **argv)
{
	static const int links[] = {
		DLT_RAW, DLT_IPV4, DLT_IPV6, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_NULL, DLT_LOOP,
	};
	const char *name = NULL;
	int c, link = DLT_EN10MB;
	size_t i;

	while ((c = getopt(argc, argv, "w:l:")) != -1) {
		if (c == 'w')
			name = optarg;
		else if (c == 'l')
			link = atoi(optarg);
		else
			return KSFT_FAIL;
	}
	make_samples(samples, 0);
	make_samples(plain, TAGS);
	if (name) {
		write_frames(name, link);
		return 0;
	}
	ksft_print_header();
	ksft_set_plan(ARRAY_SIZE(rows) + 1 + ARRAY_SIZE(links));
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		check_row(&rows[i]);
	check_cuts();
	for (i = 0; i < ARRAY_SIZE(links); i++)
		check_link(links[i]);
	ksft_finished();
}
