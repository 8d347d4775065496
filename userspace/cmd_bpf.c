// SPDX-License-Identifier: GPL-2.0
/* A tcpdump expression as a rule. */
#include <pcap/pcap.h>
#include <unistd.h>

#include "cmd.h"
#include "engine/rule.h"
#include "out.h"

/* A handle to compile for: of the device, as it is now, or of Ethernet. */
static pcap_t *open_handle(const char *dev)
{
	char error[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pcap;
	int status;

	if (!dev)
		return need(pcap_open_dead(DLT_EN10MB, SNAP_MAX));
	pcap = pcap_create(dev, error);
	if (!pcap)
		fail("cannot look at the device \"%s\": %s", dev, error);
	pcap_set_snaplen(pcap, SNAP_MAX);
	status = pcap_activate(pcap);
	if (status < 0) {
		snprintf(error, sizeof(error), "%s", pcap_geterr(pcap));
		fail("cannot look at the device \"%s\": %s", dev,
		     *error ? error : pcap_statustostr(status));
	}
	if (pcap_datalink(pcap) != DLT_EN10MB && pcap_datalink(pcap) != DLT_RAW)
		fail("cannot compile for \"%s\": its link layer is %s, and must be Ethernet or raw IP",
		     dev, pcap_datalink_val_to_name(pcap_datalink(pcap)) ?: "unknown");
	return pcap;
}

/* Where @program has the ethertype compared with that of a VLAN tag. */
static bool asks_for_tags(const struct bpf_program *program)
{
	static const u32 tpids[] = { 0x8100, 0x88a8, 0x9100 };
	u32 i, j;

	for (i = 0; i < program->bf_len; i++)
		for (j = 0; j < ARRAY_SIZE(tpids); j++)
			if (program->bf_insns[i].code == (BPF_JMP | BPF_JEQ | BPF_K) &&
			    program->bf_insns[i].k == tpids[j])
				return true;
	return false;
}

/* The rule's text, as docs/rules.md has it. */
static char *rule_text(const struct bpf_program *program)
{
	const struct bpf_insn *insn = program->bf_insns;
	char *text = NULL;
	size_t size;
	FILE *to;
	u32 i;

	to = need(open_memstream(&text, &size));
	fprintf(to, "bpf \"%u", program->bf_len);
	for (i = 0; i < program->bf_len; i++)
		fprintf(to, ",%u %u %u %u", insn[i].code, insn[i].jt, insn[i].jf, insn[i].k);
	fputs("\" drop", to);
	if (fclose(to))
		fail("no memory");
	return need(text);
}

static enum status show(const struct bpf_program *program, const struct options *options)
{
	struct out *out = out_begin(options->json, options->pretty);
	char *text = rule_text(program);

	out_string(out, "rule", "%s\n", text);
	out_number(out, "instructions", NULL, program->bf_len);
	free(text);
	return finish(out);
}

static enum status compile(const char *expression, const char *dev, const struct options *options)
{
	pcap_t *pcap = open_handle(dev);
	struct bpf_program program;
	enum status status = STATUS_OK;

	if (pcap_compile(pcap, &program, expression, 1, PCAP_NETMASK_UNKNOWN)) {
		complain("\"%s\": %s", expression, pcap_geterr(pcap));
		pcap_close(pcap);
		return STATUS_USAGE;
	}
	if (program.bf_len > FDROP_BPF_MAX) {
		complain("\"%s\" takes %u instructions: a rule has %u at most", expression,
			 program.bf_len, FDROP_BPF_MAX);
		status = STATUS_FAILED;
	} else {
		status = show(&program, options);
		if (!dev && asks_for_tags(&program))
			notice("a VLAN tag that the NIC took off is not seen by this program: say dev DEV, or use the match vlan instead");
	}
	pcap_freecode(&program);
	pcap_close(pcap);
	return status;
}

/* [-j] [-p] EXPR... [dev DEV] */
enum status cmd_bpf(int argc, char **argv, struct options *options)
{
	const char *dev = NULL;
	enum status status;
	char *expression;
	int c;

	while ((c = getopt(argc, argv, "+:jp")) != -1) {
		if (c == '?')
			return refuse_option(c, argv);
		options->json |= c == 'j';
		options->pretty |= c == 'p';
	}
	argc -= optind;
	argv += optind;
	if (argc >= 2 && !strcmp(argv[argc - 2], "dev")) {
		dev = argv[argc - 1];
		argc -= 2;
	}
	if (!argc) {
		complain("which packets? An expression of tcpdump is missing, such as \"udp port 53\"");
		return STATUS_USAGE;
	}
	expression = join_words(argc, argv);
	status = compile(expression, dev, options);
	free(expression);
	return status;
}
