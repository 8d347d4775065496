// SPDX-License-Identifier: GPL-2.0
#include "bpf.h"

#include <linux/filter.h>
#include <linux/slab.h>

#include "engine/rule.h"

/* What the kernel counts from the network header: A gets the link layer added. */
static bool is_length(const struct sock_filter *insn)
{
	return insn->code == (BPF_LD | BPF_W | BPF_LEN) ||
	       (insn->code == (BPF_LD | BPF_W | BPF_ABS) &&
		insn->k == (u32)(SKF_AD_OFF + SKF_AD_PAY_OFFSET));
}

/* X cannot be added to; no compiler makes this. */
static bool is_length_in_x(const struct sock_filter *insn)
{
	return insn->code == (BPF_LDX | BPF_W | BPF_LEN);
}

/* Instructions that read the packet at an offset. */
static bool is_load(const struct sock_filter *insn)
{
	switch (insn->code) {
	case BPF_LD | BPF_W | BPF_ABS:
	case BPF_LD | BPF_H | BPF_ABS:
	case BPF_LD | BPF_B | BPF_ABS:
	case BPF_LD | BPF_W | BPF_IND:
	case BPF_LD | BPF_H | BPF_IND:
	case BPF_LD | BPF_B | BPF_IND:
	case BPF_LDX | BPF_B | BPF_MSH:
		return true;
	default:
		return false;
	}
}

/*
 * The program counts from the link-layer header, and where it runs data is at
 * the network header. What lies before that has the negative offsets that the
 * kernel gives to it; the offsets of ancillary data (the stripped VLAN tag
 * among them) are negative too, and stay. "[x - 4]" is negative and neither.
 */
static void move_load(struct sock_filter *insn, u32 link)
{
	s32 k = insn->k;

	if (k >= 0)
		insn->k = k < (s32)link ? SKF_LL_OFF + k : k - (s32)link;
	else if (BPF_MODE(insn->code) == BPF_IND && k > SKF_AD_OFF)
		insn->k = k - (s32)link;
}

/* How far a jump of the instruction at @from gets when all is in its new place. */
static bool move_jump(u8 *jump, const u16 *place, u32 from, u32 count)
{
	u32 to = from + 1 + *jump, distance;

	if (to >= count)
		return false;
	distance = place[to] - place[from] - 1;
	*jump = distance;
	return distance <= U8_MAX;
}

static bool move_insn(struct sock_filter *insn, const u16 *place, u32 i, u32 count, u32 link)
{
	if (is_length_in_x(insn) && link)
		return false;
	if (is_load(insn))
		move_load(insn, link);
	if (BPF_CLASS(insn->code) != BPF_JMP)
		return true;
	if (BPF_OP(insn->code) != BPF_JA)
		return move_jump(&insn->jt, place, i, count) &&
		       move_jump(&insn->jf, place, i, count);
	if (insn->k >= count - i - 1)
		return false;
	insn->k = place[i + 1 + insn->k] - place[i] - 1;
	return true;
}

/* Rewrites @bpf into @to, which has room for twice as much; 0 if it is not valid. */
static u32 rewrite(const struct fdrop_bpf *bpf, struct sock_filter *to, u16 *place, u32 link)
{
	u32 i, n = 0;

	for (i = 0; i < bpf->count; i++) {
		place[i] = n;
		n += is_length(&bpf->insn[i]) ? 2 : 1;
	}
	for (i = 0; i < bpf->count; i++) {
		to[place[i]] = bpf->insn[i];
		if (!move_insn(&to[place[i]], place, i, bpf->count, link))
			return 0;
		if (is_length(&bpf->insn[i]))
			to[place[i] + 1] = (struct sock_filter)
				BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, link);
	}
	return n;
}

static void destroy(void *program)
{
	bpf_prog_destroy(program);
}

int fdrop_bpf_compile(struct fdrop_bpf *bpf, u32 link)
{
	struct sock_fprog_kern fprog = { 0 };
	struct bpf_prog *program;
	u16 *place;
	int err = -ENOMEM;

	fprog.filter = kcalloc(2 * bpf->count, sizeof(*fprog.filter), GFP_KERNEL);
	place = kcalloc(bpf->count, sizeof(*place), GFP_KERNEL);
	if (fprog.filter && place) {
		fprog.len = rewrite(bpf, fprog.filter, place, link);
		err = fprog.len ? bpf_prog_create(&program, &fprog) : -EINVAL;
	}
	kfree(place);
	kfree(fprog.filter);
	if (!err) {
		bpf->program = program;
		bpf->release = destroy;
	}
	return err;
}

bool fdrop_bpf_accepts(const void *program, const struct sk_buff *skb)
{
	return bpf_prog_run(program, skb);
}
