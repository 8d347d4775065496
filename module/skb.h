/* SPDX-License-Identifier: GPL-2.0 */
/* The datapath for hooks that bring an skb. */
#ifndef FDROP_SKB_H
#define FDROP_SKB_H

#include <linux/if_packet.h>
#include <linux/if_vlan.h>
#include <linux/skbuff.h>

#include "datapath.h"

/* Any packet, and any rules. As fdrop_skb_run(). */
enum fdrop_verdict fdrop_skb_any(struct sk_buff *skb, const struct fdrop_datapath *dp);

/* No tag, no aggregate, rules that are usual, and a port that is plain. As fdrop_skb_run(). */
enum fdrop_verdict fdrop_skb_plain(struct sk_buff *skb, const struct fdrop_datapath *dp,
				   const struct fdrop_generation *gen);

/**
 * fdrop_skb_run() - what becomes of an skb, carried out
 * @skb: the packet, whose data is at the network header, with mac_len set
 * @dp: the port's
 *
 * The functions that it goes on to are its own last act, so that each saves no
 * more registers than it needs.
 *
 * Context: BH off.
 * Return: %FDROP_VERDICT_PASS, or %FDROP_VERDICT_DROP if the skb is gone.
 */
static __always_inline enum fdrop_verdict fdrop_skb_run(struct sk_buff *skb,
							const struct fdrop_datapath *dp)
{
	const struct fdrop_generation *gen;

	if (unlikely(skb->pkt_type == PACKET_LOOPBACK))
		return FDROP_VERDICT_PASS;
	gen = fdrop_dereference(dp->plain);
	if (unlikely(!gen || skb_vlan_tag_present(skb) || skb_is_gso(skb)))
		return READ_ONCE(dp->enabled) ? fdrop_skb_any(skb, dp) : FDROP_VERDICT_PASS;
	return fdrop_skb_plain(skb, dp, gen);
}

#endif /* FDROP_SKB_H */
