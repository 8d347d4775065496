// SPDX-License-Identifier: GPL-2.0
/*
 * What one writes by hand against one flood: UDP over IPv4 to ADDR and PORT is dropped,
 * by tc (section tc) or by XDP (section xdp).
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

static __always_inline int is_flood(void *data, void *end)
{
	struct ethhdr *eth = data;
	struct iphdr *ip = (void *)(eth + 1);
	struct udphdr *udp = (void *)(ip + 1);

	return (void *)(udp + 1) <= end && eth->h_proto == bpf_htons(ETH_P_IP) &&
	       ip->ihl == 5 && !(ip->frag_off & bpf_htons(0x1fff)) &&
	       ip->protocol == IPPROTO_UDP && ip->daddr == bpf_htonl(ADDR) &&
	       udp->dest == bpf_htons(PORT);
}

SEC("tc")
int tc_drop(struct __sk_buff *skb)
{
	return is_flood((void *)(long)skb->data, (void *)(long)skb->data_end) ?
	       TC_ACT_SHOT : TC_ACT_OK;
}

SEC("xdp")
int xdp_drop(struct xdp_md *ctx)
{
	return is_flood((void *)(long)ctx->data, (void *)(long)ctx->data_end) ?
	       XDP_DROP : XDP_PASS;
}

char _license[] SEC("license") = "GPL";
