// SPDX-License-Identifier: GPL-2.0
/*
 * XDP: in the driver, before there is an skb. A program calls fdrop_xdp(), and
 * returns what that returns; `fastdrop dev add` brings one that does nothing else.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "hook.h"

#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/file.h>
#include <linux/filter.h>
#include <linux/if_arp.h>
#include <linux/etherdevice.h>
#include <linux/if_ether.h>
#include <linux/ktime.h>
#include <linux/netdevice.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/rtnetlink.h>
#include <net/xdp.h>

#include "bpf.h"
#include "compat.h"
#include "datapath.h"
#include "error.h"

/*
 * By the page that their net_device is in. Changed under RTNL, read by packets.
 * Each chain ends with one of no device, whose datapath is off.
 */
#define CHAINS	64

static struct fdrop_datapath off;
static struct fdrop_attachment nobody = { .dp = &off };
static struct fdrop_attachment __rcu *devices[CHAINS] = {
	[0 ... CHAINS - 1] = RCU_INITIALIZER(&nobody),
};

static __always_inline struct fdrop_attachment __rcu **chain_of(const struct net_device *dev)
{
	return &devices[((unsigned long)dev >> PAGE_SHIFT) % CHAINS];
}

static __always_inline const struct fdrop_attachment *find(const struct net_device *dev)
{
	const struct fdrop_attachment *at = fdrop_dereference(*chain_of(dev));

	while (unlikely(at->dev != dev && at != &nobody))
		at = fdrop_dereference(at->next);
	return at;
}

/* Of what is plain: Ethernet, and IPv4 up to the ports. */
#define SHORTEST	(ETH_HLEN + 24)

static __always_inline u32 linear_length(struct xdp_buff *xdp)
{
	return xdp->data_end - xdp->data;
}

/* Bytes of a frame in @from to @to that are also in a piece that begins at @at. */
static u32 overlap(u32 from, u32 to, u32 at, u32 size)
{
	u32 end = min(to, at + size);

	return from < end ? end - from : 0;
}

static int read_frame(const struct fdrop_packet *packet, u32 offset, void *to, u32 n)
{
	struct xdp_buff *xdp = (struct xdp_buff *)packet->frame;
	const struct skb_shared_info *pieces = xdp_get_shared_info_from_buff(xdp);
	u32 at = packet->linear, end = offset + n, i;
	u32 copied = overlap(offset, end, 0, at);

	memcpy(to, packet->data + offset, copied);
	for (i = 0; i < pieces->nr_frags && offset + copied < end; i++) {
		const skb_frag_t *piece = &pieces->frags[i];
		u32 size = skb_frag_size(piece);
		u32 here = overlap(offset + copied, end, at, size);

		memcpy(to + copied, skb_frag_address(piece) + (offset + copied - at), here);
		copied += here;
		at += size;
	}
	return copied == n ? 0 : -EFAULT;
}

/* As eth_type_trans() has it. */
static u8 packet_type(struct xdp_buff *xdp)
{
	const struct ethhdr *eth = xdp->data;
	const struct net_device *dev = xdp->rxq->dev;

	if (linear_length(xdp) < ETH_HLEN || ether_addr_equal(eth->h_dest, dev->dev_addr))
		return PACKET_HOST;
	if (!is_multicast_ether_addr(eth->h_dest))
		return PACKET_OTHERHOST;
	return is_broadcast_ether_addr(eth->h_dest) ? PACKET_BROADCAST : PACKET_MULTICAST;
}

/* Classic programs read an skb: one that is nothing but a view of the frame. */
static bool run_bpf(const struct fdrop_packet *packet, const void *program)
{
	struct xdp_buff *xdp = (struct xdp_buff *)packet->frame;
	struct sk_buff skb = {
		.dev = xdp->rxq->dev,
		.head = xdp->data_hard_start,
		.data = (u8 *)packet->data,
		.len = packet->len,
		.data_len = packet->len - packet->linear,
		.mac_len = packet->link,
		.protocol = packet->ethertype,
		.queue_mapping = packet->queue + 1,
	};

	skb.pkt_type = packet_type(xdp);
	skb.end = (u8 *)xdp_get_shared_info_from_buff(xdp) - skb.head;
	skb_set_tail_pointer(&skb, packet->linear);
	skb_reset_network_header(&skb);
	skb_reset_transport_header(&skb);
	skb_set_mac_header(&skb, -(int)packet->link);
	return fdrop_bpf_accepts(program, &skb);
}

static const struct fdrop_packet_ops xdp_ops = {
	.read = read_frame,
	.bpf = run_bpf,
};

/* Of a frame with an Ethernet header, and @more bytes in other pieces. */
static __always_inline void describe(struct fdrop_packet *packet, struct xdp_buff *xdp,
				     const struct fdrop_datapath *dp, u32 more)
{
	const struct ethhdr *eth = xdp->data;
	u32 length = linear_length(xdp);
	u32 queue = xdp->rxq->queue_index;

	packet->data = xdp->data + ETH_HLEN;
	packet->ops = &xdp_ops;
	packet->frame = xdp;
	packet->linear = length - ETH_HLEN;
	packet->packets = 1;
	packet->len = length - ETH_HLEN + more;
	packet->bytes = length + more;
	packet->queue = queue < dp->queues ? queue : 0;
	packet->ethertype = eth->h_proto;
	packet->vlan = 0;
	packet->link = ETH_HLEN;
}

static __always_inline int xdp_action(enum fdrop_verdict verdict)
{
	return verdict == FDROP_VERDICT_PASS ? XDP_PASS : XDP_DROP;
}

/* Any frame, and any rules. */
static noinline int run_any(struct xdp_buff *xdp, const struct fdrop_datapath *dp)
{
	struct fdrop_packet packet fdrop_uninitialized;
	u32 length = linear_length(xdp);

	describe(&packet, xdp, dp, xdp_get_buff_len(xdp) - length);
	if (unlikely(length < ETH_HLEN)) {
		packet.data = xdp->data;
		packet.linear = length;
		packet.len = length;
		packet.ethertype = 0;
		packet.link = 0;
	} else if (!eth_proto_is_802_3(packet.ethertype)) {
		packet.ethertype = cpu_to_be16(ETH_P_802_2);	/* as eth_type_trans() has it */
	}
	return xdp_action(fdrop_datapath_run(dp, &packet));
}

/* A plain packet that is to be shown. */
static noinline int run_due(struct xdp_buff *xdp, const struct fdrop_datapath *dp,
			    const struct fdrop_generation *gen, const struct fdrop_entry *due)
{
	struct fdrop_packet packet fdrop_uninitialized;
	const u64 now = ktime_get_real_fast_ns();
	enum fdrop_verdict verdict;

	describe(&packet, xdp, dp, 0);
	verdict = fdrop_datapath_due(dp, gen, &packet, due, now);
	return unlikely(verdict == FDROP_VERDICT_NONE) ? run_any(xdp, dp) : xdp_action(verdict);
}

/* All in one piece, rules that are usual, and a port that is plain. */
static __always_inline int run_plain(struct xdp_buff *xdp, const struct fdrop_datapath *dp,
				     const struct fdrop_generation *gen)
{
	struct fdrop_packet packet fdrop_uninitialized;
	const struct fdrop_entry *due;
	enum fdrop_verdict verdict;

	describe(&packet, xdp, dp, 0);
	verdict = fdrop_datapath_short(dp, gen, &packet, &due);
	if (unlikely(verdict == FDROP_VERDICT_DUE))
		return run_due(xdp, dp, gen, due);
	if (unlikely(verdict == FDROP_VERDICT_NONE))
		return run_any(xdp, dp);
	return xdp_action(verdict);
}

int fdrop_xdp(struct xdp_md *ctx);

/**
 * fdrop_xdp() - what becomes of a frame, for XDP programs to ask
 * @ctx: the program's context
 *
 * With BH on, as a test run of the program has it before 6.11, or on a device that is
 * no port at hook xdp: the frame passes, uncounted. A test run that has BH off, for a
 * device that is a port, counts.
 *
 * There is no array here that is written by a length of the packet's: a guard of the
 * stack would be six instructions for nothing.
 *
 * Context: as of an XDP program.
 * Return: %XDP_PASS or %XDP_DROP.
 */
__bpf_kfunc __no_stack_protector int fdrop_xdp(struct xdp_md *ctx)
{
	struct xdp_buff *xdp = (struct xdp_buff *)ctx;
	const struct fdrop_attachment *at = find(xdp->rxq->dev);
	const struct fdrop_generation *gen;
	const struct fdrop_datapath *dp;

	if (unlikely(!in_softirq()))
		return XDP_PASS;
	dp = at->dp;
	gen = fdrop_dereference(dp->plain);
	if (unlikely(!gen || xdp_buff_has_frags(xdp) || linear_length(xdp) < SHORTEST))
		return READ_ONCE(dp->enabled) ? run_any(xdp, dp) : XDP_PASS;
	return run_plain(xdp, dp, gen);
}

BTF_KFUNCS_START(fdrop_xdp_kfuncs)
BTF_ID_FLAGS(func, fdrop_xdp)
BTF_KFUNCS_END(fdrop_xdp_kfuncs)

static const struct btf_kfunc_id_set kfuncs = {
	.owner = THIS_MODULE,
	.set = &fdrop_xdp_kfuncs,
};

const char *fdrop_hook_xdp_mode(const struct net_device *dev)
{
	static const char *const names[__MAX_XDP_MODE] = {
		[XDP_MODE_SKB] = "generic",
		[XDP_MODE_DRV] = "native",
		[XDP_MODE_HW] = "offload",
	};
	u32 mode;

	for (mode = 0; mode < __MAX_XDP_MODE; mode++)
		if (READ_ONCE(dev->xdp_state[mode].prog) || READ_ONCE(dev->xdp_state[mode].link))
			return names[mode];
	return NULL;
}

/*
 * Of a device that has a program, its own or that of a BPF link, with which its
 * bpf_xdp_link begins. Under RTNL neither is replaced.
 */
static bool takes_frags(const struct net_device *dev)
{
	const struct bpf_prog *program;
	const struct bpf_link *link;
	u32 mode;

	for (mode = 0; mode < __MAX_XDP_MODE; mode++) {
		link = (void *)dev->xdp_state[mode].link;
		program = link ? link->prog : dev->xdp_state[mode].prog;
		if (program)
			return program->aux->xdp_has_frags;
	}
	return false;
}

/*
 * The private data of a BPF link's file is its bpf_link, and so is the device's
 * bpf_xdp_link: no other file has that.
 */
static bool is_link_of(const struct file *file, const struct net_device *dev)
{
	u32 mode;

	for (mode = 0; mode < __MAX_XDP_MODE; mode++)
		if (dev->xdp_state[mode].link &&
		    file->private_data == (void *)dev->xdp_state[mode].link)
			return true;
	return false;
}

static int check(const struct fdrop_attachment *at, struct fdrop_error *error)
{
	const char *name = at->dev->name;

	if (at->dev->type != ARPHRD_ETHER) {
		fdrop_error_set(error, "%s is no Ethernet device, which hook xdp needs: use hook rx",
				name);
		return -EOPNOTSUPP;
	}
	if (netif_is_bond_master(at->dev)) {
		fdrop_error_set(error, "%s is a bond, whose XDP programs run on its slaves: use hook rx, or hook xdp on each slave",
				name);
		return -EOPNOTSUPP;
	}
	if (at->program && !is_link_of(at->program, at->dev)) {
		fdrop_error_set(error, "the file is not the BPF link of an XDP program on %s: fastdrop dev add %s hook xdp makes one",
				name, name);
		return -EINVAL;
	}
	if (!fdrop_hook_xdp_mode(at->dev)) {
		fdrop_error_set(error, "%s has no XDP program that could call fdrop_xdp(): fastdrop dev add %s hook xdp attaches one",
				name, name);
		return -EINVAL;
	}
	return 0;
}

/* What the NIC takes off a frame is not in it. */
static void warn_of_tags(const struct net_device *dev)
{
	if (dev->features & (NETIF_F_HW_VLAN_CTAG_RX | NETIF_F_HW_VLAN_STAG_RX))
		pr_notice("%s: VLAN tags that the NIC takes off are not seen at hook xdp: ethtool -K %s rxvlan off, on a veth pair txvlan off at its peer\n",
			  dev->name, dev->name);
}

static int attach(struct fdrop_attachment *at, struct fdrop_error *error)
{
	struct fdrop_attachment __rcu **chain;
	int err = check(at, error);

	if (err)
		return err;
	if (at->program)
		get_file(at->program);
	at->has_frags = takes_frags(at->dev);
	chain = chain_of(at->dev);
	RCU_INIT_POINTER(at->next, rtnl_dereference(*chain));
	rcu_assign_pointer(*chain, at);
	warn_of_tags(at->dev);
	return 0;
}

/* The program is detached by the file's end, which takes RTNL, and is after us. */
static void detach(struct fdrop_attachment *at)
{
	struct fdrop_attachment __rcu **place = chain_of(at->dev);

	while (rtnl_dereference(*place) != at)
		place = &rtnl_dereference(*place)->next;
	RCU_INIT_POINTER(*place, rtnl_dereference(at->next));
	synchronize_net();
	if (at->program)
		fput(at->program);
}

const struct fdrop_hook fdrop_hook_xdp = {
	.name = "xdp",
	.attach = attach,
	.detach = detach,
};

void fdrop_hook_xdp_init(void)
{
	int err = register_btf_kfunc_id_set(BPF_PROG_TYPE_XDP, &kfuncs);

	if (err)
		pr_warn("there is no hook xdp (error %d): the module has BTF of another kernel: fastdrop module load makes its own\n",
			-err);
}
