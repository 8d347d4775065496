// SPDX-License-Identifier: GPL-2.0
/*
 * gso DEV: sends one TCP aggregate of 5,000 bytes, 1,000 a segment, as a host
 * or guest does with TSO: without a number of segments.
 */
#include <err.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "frame.h"

int main(int argc, char **argv)
{
	struct virtio_net_hdr vnet = {
		.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.gso_type = VIRTIO_NET_HDR_GSO_TCPV4,
		.hdr_len = ETH_HLEN + 20 + 20,
		.gso_size = 1000,
		.csum_start = ETH_HLEN + 20,
		.csum_offset = 16,
	};
	/* The builder's transport header is its ports: 16 bytes more are TCP's. */
	struct frame frame = { .proto = 6, .payload = 16 + 5000 };
	unsigned char bytes[ETH_HLEN + FRAME_MAX] = { 2, 0, 0, 0, 0, 7, 2, 0, 0, 0, 0, 1 };
	struct iovec iov[] = { { &vnet, sizeof(vnet) }, { bytes, 0 } };
	struct sockaddr_ll addr = { .sll_family = AF_PACKET };
	int s = socket(AF_PACKET, SOCK_RAW, 0), one = 1;
	__u16 ethertype;

	if (argc != 2)
		errx(2, "usage: gso DEV");
	addr.sll_ifindex = if_nametoindex(argv[1]);
	iov[1].iov_len = ETH_HLEN + frame_build(&frame, bytes + ETH_HLEN, &ethertype);
	frame_put16(bytes + 12, ethertype);
	bytes[ETH_HLEN + 20 + 12] = 5 << 4;
	if (s < 0 || bind(s, (struct sockaddr *)&addr, sizeof(addr)) ||
	    setsockopt(s, SOL_PACKET, PACKET_VNET_HDR, &one, sizeof(one)) ||
	    writev(s, iov, 2) < 0)
		err(1, "%s", argv[1]);
	return 0;
}
