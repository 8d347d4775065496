// SPDX-License-Identifier: GPL-2.0
#include "capture.h"

#include <linux/if_ether.h>
#include <pcap/pcap.h>

#define ETHERTYPE_AT	12
#define VLAN_TAG	4
#define SLL_HEADER	16	/* as in LINKTYPE_LINUX_SLL of tcpdump.org */
#define SLL_PROTOCOL	14
#define SLL2_HEADER	20	/* and in LINKTYPE_LINUX_SLL2 */
#define SLL2_PROTOCOL	0
#define NULL_HEADER	4

/* How libpcap and the engine call a BPF instruction is all that tells them apart. */
static_assert(sizeof(struct bpf_insn) == sizeof(struct sock_filter) &&
	      offsetof(struct bpf_insn, code) == offsetof(struct sock_filter, code) &&
	      offsetof(struct bpf_insn, jt) == offsetof(struct sock_filter, jt) &&
	      offsetof(struct bpf_insn, jf) == offsetof(struct sock_filter, jf) &&
	      offsetof(struct bpf_insn, k) == offsetof(struct sock_filter, k));

/**
 * struct link - a link type that can be read
 * @type: its DLT_
 * @header: bytes before the network header, all of which must have been captured
 * @ethertype: what is behind it, host byte order; 0 for what is not known
 */
struct link {
	int type;
	u32 header;
	u16 (*ethertype)(const struct capture_frame *frame);
};

static u16 load16(const u8 *p)
{
	return be16_to_cpu(fdrop_load16(p));
}

static u16 ethernet_type(const struct capture_frame *frame)
{
	return load16(frame->bytes + ETHERTYPE_AT);
}

static u16 sll_type(const struct capture_frame *frame)
{
	return load16(frame->bytes + SLL_PROTOCOL);
}

static u16 sll2_type(const struct capture_frame *frame)
{
	return load16(frame->bytes + SLL2_PROTOCOL);
}

static u16 ip4_type(const struct capture_frame *frame)
{
	return ETH_P_IP;
}

static u16 ip6_type(const struct capture_frame *frame)
{
	return ETH_P_IPV6;
}

static u16 raw_type(const struct capture_frame *frame)
{
	if (!frame->captured)
		return 0;
	switch (frame->bytes[0] >> 4) {
	case 4:
		return ETH_P_IP;
	case 6:
		return ETH_P_IPV6;
	default:
		return 0;
	}
}

/* The number of an address family, of Linux, FreeBSD, NetBSD or macOS; none is above 255. */
static u16 family_type(const struct capture_frame *frame)
{
	const u8 *p = frame->bytes;

	if (p[1] || p[2] || (p[0] && p[3]))
		return 0;
	switch (p[0] | p[3]) {	/* in the byte order of whoever captured it */
	case 2:
		return ETH_P_IP;
	case 10:
	case 24:
	case 28:
	case 30:
		return ETH_P_IPV6;
	default:
		return 0;
	}
}

static const struct link links[] = {
	{ DLT_EN10MB,		ETH_HLEN,	ethernet_type },
	{ DLT_RAW,		0,		raw_type },
	{ DLT_IPV4,		0,		ip4_type },
	{ DLT_IPV6,		0,		ip6_type },
	{ DLT_LINUX_SLL,	SLL_HEADER,	sll_type },
	{ DLT_LINUX_SLL2,	SLL2_HEADER,	sll2_type },
	{ DLT_NULL,		NULL_HEADER,	family_type },
	{ DLT_LOOP,		NULL_HEADER,	family_type },
	{ }
};

static const struct link *find_link(int type)
{
	const struct link *link;

	for (link = links; link->ethertype; link++)
		if (link->type == type)
			return link;
	return NULL;
}

bool capture_link_is_known(int link)
{
	return find_link(link);
}

static int read_frame(const struct fdrop_packet *packet, u32 offset, void *to, u32 n)
{
	struct capture_frame *frame = (struct capture_frame *)packet->frame;

	if (offset > packet->linear || n > packet->linear - offset) {
		frame->cut = true;
		return -EFAULT;
	}
	memcpy(to, packet->data + offset, n);
	return 0;
}

static bool run_bpf(const struct fdrop_packet *packet, const void *program)
{
	const struct capture_frame *frame = packet->frame;
	const struct fdrop_bpf *bpf = program;

	return bpf_filter((const struct bpf_insn *)bpf->insn, frame->bytes, frame->wire,
			  frame->captured);
}

static const struct fdrop_packet_ops ops = {
	.read = read_frame,
	.bpf = run_bpf,
};

/* As skb_vlan_untag() does: one tag, whether a device took it off or the core. */
static void take_tag(struct fdrop_packet *packet)
{
	u16 type = be16_to_cpu(packet->ethertype);

	if ((type != ETH_P_8021Q && type != ETH_P_8021AD) || packet->linear < VLAN_TAG)
		return;
	packet->vlan = cpu_to_be16((load16(packet->data) & FDROP_VLAN_ID) | FDROP_VLAN_TAGGED);
	packet->ethertype = fdrop_load16(packet->data + 2);
	packet->data += VLAN_TAG;
	packet->linear -= VLAN_TAG;
	packet->len -= VLAN_TAG;
}

/* As eth_type_trans() does: what is no ethertype is a length. */
static void set_802_2(struct fdrop_packet *packet)
{
	bool is_802_3;

	if (be16_to_cpu(packet->ethertype) >= ETH_P_802_3_MIN)
		return;
	is_802_3 = packet->linear >= 2 && load16(packet->data) == 0xffff;
	packet->ethertype = cpu_to_be16(is_802_3 ? ETH_P_802_3 : ETH_P_802_2);
}

bool capture_frame_set(struct capture_frame *frame, int type, const u8 *bytes, u32 captured,
		       u32 wire)
{
	const struct link *link = find_link(type);
	struct fdrop_packet *packet = &frame->packet;

	*frame = (struct capture_frame){
		.bytes = bytes,
		.captured = captured,
		.wire = wire > captured ? wire : captured,
	};
	if (captured < link->header)
		return false;
	*packet = (struct fdrop_packet){
		.data = bytes + link->header,
		.ops = &ops,
		.frame = frame,
		.linear = captured - link->header,
		.len = frame->wire - link->header,
		.packets = 1,
		.bytes = frame->wire,
		.ethertype = cpu_to_be16(link->ethertype(frame)),
	};
	take_tag(packet);
	if (type == DLT_EN10MB)
		set_802_2(packet);
	return true;
}

/* bpf_validate() lets a program jump back and shift too far; the kernel does not. */
bool capture_bpf_is_valid(const struct fdrop_bpf *bpf)
{
	const struct sock_filter *insn;

	for (insn = bpf->insn; insn < bpf->insn + bpf->count; insn++) {
		switch (insn->code) {
		case BPF_JMP | BPF_JA:
			if (insn->k >= bpf->count)
				return false;
			break;
		case BPF_ALU | BPF_LSH | BPF_K:
		case BPF_ALU | BPF_RSH | BPF_K:
			if (insn->k >= 32)
				return false;
			break;
		}
	}
	return bpf_validate((const struct bpf_insn *)bpf->insn, bpf->count);
}
