/* SPDX-License-Identifier: GPL-2.0 */
/* The packet of a record: what the engine reads of it, and that as text. */
#ifndef FASTDROP_PACKET_TEXT_H
#define FASTDROP_PACKET_TEXT_H

#include "engine/parse.h"
#include "libfastdrop/ring.h"

/**
 * struct packet_view - the packet of a record
 * @packet: as the engine gets it
 * @key: what it reads
 * @reading: and how far
 * @is_cut: a header goes on behind what was kept of the packet
 */
struct packet_view {
	struct fdrop_packet packet;
	struct fdrop_key key;
	enum fdrop_reading reading;
	bool is_cut;
};

/* The view must stay where it is, and the record as long as that is of use. */
void packet_view_set(struct packet_view *view, const struct fastdrop_record *record);

/* Why it was not read to the end: "cut short", "truncated" and so on; NULL if it was. */
const char *packet_unread(const struct packet_view *view);

/* A TCP header's flags as tcpdump has them, such as "S."; returns what is behind them. */
#define PACKET_FLAGS	8
char *packet_put_flags(char *to, u8 flags);

/* An address of the packet, which is of IP. No 0 is written. */
char *packet_put_addr(char *to, const struct fdrop_key *key, bool is_src);

/* Room for the longest text, with its end. */
#define PACKET_TEXT	320

/* The packet as tcpdump -n would show it. Returns its length. */
size_t packet_text(const struct packet_view *view, char text[PACKET_TEXT]);

#endif /* FASTDROP_PACKET_TEXT_H */
