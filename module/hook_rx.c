// SPDX-License-Identifier: GPL-2.0
/* The rx_handler of a netdev: behind the driver and GRO, before IP. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "hook.h"

#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/printk.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/rtnetlink.h>
#include <trace/events/skb.h>

#include "bpf.h"
#include "datapath.h"
#include "error.h"

/* Cannot write to the skb, which others may hold too: it copies, never pulls. */
static int read_skb(const struct fdrop_packet *packet, u32 offset, void *to, u32 n)
{
	return skb_copy_bits(packet->frame, offset, to, n);
}

static bool run_bpf(const struct fdrop_packet *packet, const void *program)
{
	return fdrop_bpf_accepts(program, packet->frame);
}

static const struct fdrop_packet_ops skb_ops = {
	.read = read_skb,
	.bpf = run_bpf,
};

/* Gives @packet back the tag that was taken off, by the NIC or on the way here. */
static void add_tag(struct fdrop_packet *packet, const struct sk_buff *skb)
{
	packet->vlan = cpu_to_be16(FDROP_VLAN_TAGGED | skb_vlan_tag_get_id(skb));
	packet->vlan_tci = skb_vlan_tag_get(skb);
	packet->vlan_proto = skb->vlan_proto;
	packet->bytes += VLAN_HLEN;
}

/* The receive queue as the core has it: the first one if the driver did not say. */
static u32 skb_queue(const struct sk_buff *skb, u32 queues)
{
	u32 queue = skb_get_queue_mapping(skb) - 1;

	return queue < queues ? queue : 0;
}

/*
 * Bytes of headers, from the link layer's on, that each packet of an aggregate
 * had; 0 if they cannot be told. The transport header's place may have been
 * chosen by a guest, or be that of an outer packet: nothing here is trusted.
 */
static u32 aggregate_headers(const struct sk_buff *skb)
{
	unsigned int type = skb_shinfo(skb)->gso_type;
	int offset = skb_transport_offset(skb);
	struct tcphdr buffer;
	const struct tcphdr *tcp;
	u32 transport = 0;

	if (offset <= 0 || offset >= skb->len)
		return 0;
	if (type & (SKB_GSO_TCPV4 | SKB_GSO_TCPV6)) {
		tcp = skb_header_pointer(skb, offset, sizeof(buffer), &buffer);
		transport = tcp ? __tcp_hdrlen(tcp) : 0;
	} else if (type & SKB_GSO_UDP_L4) {
		transport = sizeof(struct udphdr);
	}
	if (!transport || offset + transport >= skb->len)
		return 0;
	return skb->mac_len + offset + transport;
}

/*
 * A host's or guest's TSO comes without a number of segments: it is computed as
 * the stack would segment it.
 */
static noinline void count_aggregate(struct fdrop_packet *packet, const struct sk_buff *skb)
{
	const struct skb_shared_info *shinfo = skb_shinfo(skb);
	u32 headers = aggregate_headers(skb);
	u32 segs = shinfo->gso_segs;

	if (!segs && headers)
		segs = DIV_ROUND_UP(skb->mac_len + skb->len - headers, shinfo->gso_size);
	if (segs > 1) {
		packet->packets = segs;
		packet->bytes += (segs - 1) * (headers + (packet->vlan ? VLAN_HLEN : 0));
	}
}

/*
 * Frees a dropped packet. Whoever traces kfree_skb (dropwatch, perf) sees it
 * there; nobody else pays for that.
 */
static void drop_skb(struct sk_buff *skb)
{
	if (unlikely(trace_kfree_skb_enabled()))
		kfree_skb_reason(skb, SKB_DROP_REASON_NOT_SPECIFIED);
	else
		napi_consume_skb(skb, 1);
}

/* All of a packet but what is special about some. */
static __always_inline void describe(struct fdrop_packet *packet, const struct sk_buff *skb,
				     const struct fdrop_datapath *dp)
{
	packet->data = skb->data;
	packet->ops = &skb_ops;
	packet->frame = skb;
	packet->linear = skb_headlen(skb);
	packet->packets = 1;
	packet->len = skb->len;
	packet->bytes = skb->mac_len + skb->len;
	packet->queue = skb_queue(skb, dp->queues);
	packet->ethertype = skb->protocol;
	packet->vlan = 0;
	packet->link = skb->mac_len == dp->link ? dp->link : 0;
}

static __always_inline rx_handler_result_t carry_out(struct sk_buff *skb,
						     enum fdrop_verdict verdict)
{
	if (verdict == FDROP_VERDICT_PASS)
		return RX_HANDLER_PASS;
	drop_skb(skb);
	return RX_HANDLER_CONSUMED;
}

/* Any packet, and any rules. */
static noinline rx_handler_result_t handle_any(struct sk_buff *skb, const struct fdrop_datapath *dp)
{
	struct fdrop_packet packet fdrop_uninitialized;

	describe(&packet, skb, dp);
	if (unlikely(skb_vlan_tag_present(skb)))
		add_tag(&packet, skb);
	if (skb_is_gso(skb))
		count_aggregate(&packet, skb);
	return carry_out(skb, fdrop_datapath_run(dp, &packet));
}

/* A plain packet that is to be shown. */
static noinline rx_handler_result_t handle_due(struct sk_buff *skb, const struct fdrop_datapath *dp,
					       const struct fdrop_generation *gen,
					       const struct fdrop_entry *due)
{
	struct fdrop_packet packet fdrop_uninitialized;
	const u64 now = ktime_get_real_fast_ns();
	enum fdrop_verdict verdict;

	describe(&packet, skb, dp);
	verdict = fdrop_datapath_due(dp, gen, &packet, due, now);
	if (unlikely(verdict == FDROP_VERDICT_NONE))
		return handle_any(skb, dp);
	return carry_out(skb, verdict);
}

/* No tag, no aggregate, rules that are usual, and a port that is plain. */
static noinline rx_handler_result_t handle_plain(struct sk_buff *skb,
						 const struct fdrop_datapath *dp,
						 const struct fdrop_generation *gen)
{
	struct fdrop_packet packet fdrop_uninitialized;
	const struct fdrop_entry *due = NULL;
	enum fdrop_verdict verdict;

	describe(&packet, skb, dp);
	verdict = fdrop_datapath_short(dp, gen, &packet, &due);
	if (unlikely(verdict == FDROP_VERDICT_NONE))
		return due ? handle_due(skb, dp, gen, due) : handle_any(skb, dp);
	return carry_out(skb, verdict);
}

/*
 * Called with rcu_read_lock and BH off; skb->data is at the network header. The
 * functions that it goes on to are its own last act, so that each saves no more
 * registers than it needs.
 */
static rx_handler_result_t handle_frame(struct sk_buff **pskb)
{
	struct sk_buff *skb = *pskb;
	const struct fdrop_datapath *dp = rcu_dereference(skb->dev->rx_handler_data);
	const struct fdrop_generation *gen;

	if (unlikely(skb->pkt_type == PACKET_LOOPBACK))
		return RX_HANDLER_PASS;
	gen = rcu_dereference(dp->generation);
	if (unlikely(!READ_ONCE(dp->plain) || !gen->table->usual || skb_vlan_tag_present(skb) ||
		     skb_is_gso(skb)))
		return READ_ONCE(dp->enabled) ? handle_any(skb, dp) : RX_HANDLER_PASS;
	return handle_plain(skb, dp, gen);
}

static const char *kind(const struct net_device *dev)
{
	return dev->rtnl_link_ops ? dev->rtnl_link_ops->kind : "device";
}

/* Whoever has the rx_handler is linked above the device; a VLAN device needs none. */
static void name_owner(struct net_device *dev, struct fdrop_error *error)
{
	struct net_device *upper;
	struct list_head *iter;

	netdev_for_each_upper_dev_rcu(dev, upper, iter) {
		if (is_vlan_dev(upper))
			continue;
		fdrop_error_set(error, "%s belongs to the %s %s, which has its rx_handler: protect %s instead, or take %s out of it",
				dev->name, kind(upper), upper->name, upper->name, dev->name);
		return;
	}
	fdrop_error_set(error, "the rx_handler of %s is taken, and not by a device above it: is there another filter module?",
			dev->name);
}

static void warn_of_vlans(struct net_device *dev)
{
	struct net_device *upper;
	struct list_head *iter;

	netdev_for_each_upper_dev_rcu(dev, upper, iter)
		if (is_vlan_dev(upper))
			pr_notice("%s: frames of VLAN %u go to %s and are not filtered here: protect %s too\n",
				  dev->name, vlan_dev_vlan_id(upper), upper->name, upper->name);
}

static int attach(struct net_device *dev, struct fdrop_datapath *dp, struct fdrop_error *error)
{
	int err;

	err = netdev_rx_handler_register(dev, handle_frame, dp);
	if (err == -EBUSY)
		name_owner(dev, error);
	else if (err)
		fdrop_error_set(error, "%s is a device that takes no rx_handler", dev->name);
	else
		warn_of_vlans(dev);
	return err;
}

const struct fdrop_hook fdrop_hook_rx = {
	.name = "rx",
	.attach = attach,
	.detach = netdev_rx_handler_unregister,
};
