// SPDX-License-Identifier: GPL-2.0
#include "skb.h"

#include <linux/ktime.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <trace/events/skb.h>

#include "bpf.h"

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

static __always_inline enum fdrop_verdict carry_out(struct sk_buff *skb,
						    enum fdrop_verdict verdict)
{
	if (verdict == FDROP_VERDICT_PASS)
		return FDROP_VERDICT_PASS;
	drop_skb(skb);
	return FDROP_VERDICT_DROP;
}

enum fdrop_verdict fdrop_skb_any(struct sk_buff *skb, const struct fdrop_datapath *dp)
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
static noinline enum fdrop_verdict run_due(struct sk_buff *skb, const struct fdrop_datapath *dp,
					   const struct fdrop_generation *gen,
					   const struct fdrop_entry *due)
{
	struct fdrop_packet packet fdrop_uninitialized;
	const u64 now = ktime_get_real_fast_ns();
	enum fdrop_verdict verdict;

	describe(&packet, skb, dp);
	verdict = fdrop_datapath_due(dp, gen, &packet, due, now);
	if (unlikely(verdict == FDROP_VERDICT_NONE))
		return fdrop_skb_any(skb, dp);
	return carry_out(skb, verdict);
}

/* No array here is written by a length of the packet's: a guard of the stack is for nothing. */
__no_stack_protector
enum fdrop_verdict fdrop_skb_plain(struct sk_buff *skb, const struct fdrop_datapath *dp,
				   const struct fdrop_generation *gen)
{
	struct fdrop_packet packet fdrop_uninitialized;
	const struct fdrop_entry *due;
	enum fdrop_verdict verdict;

	describe(&packet, skb, dp);
	verdict = fdrop_datapath_short(dp, gen, &packet, &due);
	if (unlikely(verdict == FDROP_VERDICT_DUE))
		return run_due(skb, dp, gen, due);
	if (unlikely(verdict == FDROP_VERDICT_NONE))
		return fdrop_skb_any(skb, dp);
	return carry_out(skb, verdict);
}
