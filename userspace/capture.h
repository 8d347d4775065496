/* SPDX-License-Identifier: GPL-2.0 */
/* A captured frame as the hook in the kernel would see it. */
#ifndef FASTDROP_CAPTURE_H
#define FASTDROP_CAPTURE_H

#include "engine/rule.h"

/**
 * struct capture_frame - one frame of a capture
 * @packet: what the engine gets; its frame is this one
 * @bytes: the frame from its link-layer header on
 * @captured: how many bytes there are
 * @wire: how many there were on the wire, never less
 * @cut: the engine asked for bytes that were not captured, so what it says is
 *	not what it would say of the whole packet. The caller clears it
 */
struct capture_frame {
	struct fdrop_packet packet;
	const u8 *bytes;
	u32 captured;
	u32 wire;
	bool cut;
};

/* Whether frames of this DLT_ can be read. */
bool capture_link_is_known(int link);

/**
 * capture_frame_set() - make a packet of a frame
 * @frame: all of it is written; it must stay where it is while it is of use
 * @link: its DLT_, one that is known
 * @bytes: its bytes, which must stay as long
 * @captured: how many
 * @wire: how many there were on the wire
 *
 * As in the kernel, one VLAN tag is taken off, and an 802.3 length becomes the
 * ethertype that stands for 802.2 there. Bytes beyond the capture count for all
 * lengths and cannot be read.
 *
 * Return: false if the link-layer header is not all there: no packet to match.
 */
bool capture_frame_set(struct capture_frame *frame, int link, const u8 *bytes, u32 captured,
		       u32 wire);

/* Whether a BPF program may be run: it ends, and stays within itself. */
bool capture_bpf_is_valid(const struct fdrop_bpf *bpf);

#endif /* FASTDROP_CAPTURE_H */
