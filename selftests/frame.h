/* SPDX-License-Identifier: GPL-2.0 */
/* Frames for tests, told by what is special about them. */
#ifndef FASTDROP_FRAME_H
#define FASTDROP_FRAME_H

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define FRAME_MAX	9000
#define FRAME_SRC4	"192.0.2.1"
#define FRAME_DST4	"198.51.100.7"
#define FRAME_SRC6	"2001:db8::1"
#define FRAME_DST6	"2001:db8:1::7"

/*
 * What is 0 gets a usual value: UDP over IPv4 from FRAME_SRC4 port 1024 to
 * FRAME_DST4 port 4321, no tag, no fragment, no options, 18 bytes of payload.
 */
struct frame {
	__u16 ethertype;	/* neither IPv4 nor IPv6: nothing but payload behind it */
	__u16 outer;		/* VLAN id of an outer tag, 802.1ad */
	__u16 vlan;		/* VLAN id of the (inner) tag, 802.1Q */
	__u16 third;		/* VLAN id of a third tag, innermost */
	const char *src;	/* with dst, says IPv4 or IPv6 */
	const char *dst;
	bool ip6;		/* the usual addresses of IPv6 */
	__u8 proto;
	bool proto0;		/* proto is really 0 */
	__u16 sport;
	__u16 dport;
	__u8 options;		/* bytes of IPv4 options, a multiple of 4 */
	__u8 ext[12];		/* IPv6 extension headers, by their numbers */
	__u8 ext_count;
	__u16 ext_bytes;	/* of each, if not 8 */
	__u16 offset;		/* of a fragment, in bytes */
	bool more;		/* more fragments */
	__u16 payload;		/* bytes behind the ports */
	bool no_payload;	/* really none */
	__u16 total;		/* what the IP header says is its length */
	__u16 cut;		/* the frame ends after so many bytes of IP */
	__u8 first;		/* first byte of the IP header */
	__u16 pad;		/* zeros behind the packet */
	__u8 ttl;		/* or hop limit */
	__u8 tos;		/* or traffic class */
	__u8 flags;		/* of TCP, whose header is then whole */
	__u8 tcp_options;	/* bytes of them, a multiple of 4 */
	const char *data;	/* bytes of the payload of UDP, ICMP or TCP, */
	__u16 at;		/* from here on */
};

static inline void frame_put16(__u8 *p, __u16 v)
{
	p[0] = v >> 8;
	p[1] = v;
}

static inline bool frame_is_ip6(const struct frame *f)
{
	return f->ip6 || (f->src && strchr(f->src, ':')) || (f->dst && strchr(f->dst, ':'));
}

static inline size_t frame_ip4(const struct frame *f, __u8 *p, size_t rest)
{
	size_t header = 20 + f->options;

	memset(p, 1, header);		/* options: no-operation */
	memset(p, 0, 20);
	p[0] = f->first ?: 0x40 | header / 4;
	frame_put16(p + 2, f->total ?: header + rest);
	frame_put16(p + 6, f->offset / 8 | (f->more ? 0x2000 : 0));
	p[1] = f->tos;
	p[8] = f->ttl ?: 64;
	p[9] = f->proto || f->proto0 ? f->proto : 17;
	inet_pton(AF_INET, f->src ?: FRAME_SRC4, p + 12);
	inet_pton(AF_INET, f->dst ?: FRAME_DST4, p + 16);
	return header;
}

/* The extension headers of @f at @p; returns their bytes. */
static inline size_t frame_ext(const struct frame *f, __u8 *p)
{
	size_t bytes = f->ext_bytes ?: 8, at = 0;
	__u8 i;

	for (i = 0; i < f->ext_count; i++) {
		memset(p + at, 0, bytes);
		p[at] = i + 1 < f->ext_count ? f->ext[i + 1] : f->proto ?: 17;
		if (f->ext[i] == 44) {
			frame_put16(p + at + 2, f->offset | f->more);
			at += 8;
		} else {
			p[at + 1] = bytes / 8 - 1;
			at += bytes;
		}
	}
	return at;
}

static inline size_t frame_ip6(const struct frame *f, __u8 *p, size_t ext, size_t rest)
{
	memset(p, 0, 40);
	p[0] = f->first ?: 0x60 | f->tos >> 4;
	p[1] = f->tos << 4;
	frame_put16(p + 4, f->total ?: ext + rest);
	p[6] = f->ext_count ? f->ext[0] : f->proto || f->proto0 ? f->proto : 17;
	p[7] = f->ttl ?: 64;
	inet_pton(AF_INET6, f->src ?: FRAME_SRC6, p + 8);
	inet_pton(AF_INET6, f->dst ?: FRAME_DST6, p + 24);
	return 40;
}

/* Ports, what a TCP header has besides, and the first bytes behind the header. */
static inline void frame_transport(const struct frame *f, __u8 *p, size_t length)
{
	size_t header = f->proto == 6 ? 20 + f->tcp_options : 8;

	memset(p, 0, length);
	frame_put16(p, f->sport ?: 1024);
	frame_put16(p + 2, f->dport ?: 4321);
	if (!f->proto || f->proto == 17)
		frame_put16(p + 4, length);
	if (f->proto == 6 && length >= 20) {
		p[12] = header / 4 << 4;
		p[13] = f->flags;
	}
	if (f->data)
		memcpy(p + header + f->at, f->data, strlen(f->data));
}

static inline size_t frame_tag(__u8 *p, __u16 id, __u16 ethertype)
{
	frame_put16(p, id);
	frame_put16(p + 2, ethertype);
	return 4;
}

/* From the network header on; returns its length. */
static inline size_t frame_network(const struct frame *f, __u8 *p)
{
	size_t transport = 4 + (f->no_payload ? 0 : f->payload ?: 18);
	bool ip6 = frame_is_ip6(f);
	__u8 ext[2048];
	size_t n;

	if (f->ethertype) {
		memset(p, 0, transport);
		return transport;
	}
	if (ip6) {
		size_t bytes = frame_ext(f, ext);

		n = frame_ip6(f, p, bytes, transport);
		memcpy(p + n, ext, bytes);
		n += bytes;
	} else {
		n = frame_ip4(f, p, transport);
	}
	frame_transport(f, p + n, transport);
	n += transport;
	if (f->cut && f->cut < n)
		n = f->cut;
	memset(p + n, 0, f->pad);
	return n + f->pad;
}

/* Behind the Ethernet header: tags and all. Returns its length; *@ethertype is what it is. */
static inline size_t frame_build(const struct frame *f, __u8 *p, __u16 *ethertype)
{
	bool ip6 = frame_is_ip6(f);
	__u16 inner = f->ethertype ?: ip6 ? ETH_P_IPV6 : ETH_P_IP;
	size_t n = 0;

	*ethertype = f->outer ? ETH_P_8021AD : f->vlan ? ETH_P_8021Q : inner;
	if (f->outer)
		n += frame_tag(p + n, f->outer, f->vlan ? ETH_P_8021Q : inner);
	if (f->vlan)
		n += frame_tag(p + n, f->vlan, f->third ? ETH_P_8021Q : inner);
	if (f->third)
		n += frame_tag(p + n, f->third, inner);
	return n + frame_network(f, p + n);
}

#endif /* FASTDROP_FRAME_H */
