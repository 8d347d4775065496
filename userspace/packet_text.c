// SPDX-License-Identifier: GPL-2.0
#include "packet_text.h"

#include <linux/if_ether.h>

#include "engine/addr.h"
#include "put.h"

#define UDP_HEADER	8
#define TCP_HEADER	20
#define TCP_OFFSET	12	/* RFC 9293, section 3.1 */
#define TCP_WINDOW	14
#define TCP_ACK		0x10
#define TCP_TAKES_SEQ	0x07	/* FIN, SYN, RST: they are shown with their sequence number */
#define ICMP_ECHO	8	/* bytes up to its sequence number */

static int read_bytes(const struct fdrop_packet *packet, u32 offset, void *to, u32 n)
{
	struct packet_view *view = (struct packet_view *)packet->frame;

	if (offset > packet->linear || n > packet->linear - offset) {
		view->is_cut = true;
		return -EFAULT;
	}
	memcpy(to, packet->data + offset, n);
	return 0;
}

static const struct fdrop_packet_ops ops = {
	.read = read_bytes,
};

static __be16 tag_of(const struct fastdrop_record *record)
{
	if (!(record->flags & FASTDROP_RECORD_VLAN))
		return 0;
	return cpu_to_be16((record->vlan & FDROP_VLAN_ID) | FDROP_VLAN_TAGGED);
}

/* What of @length is behind the link-layer header. */
static u32 behind(const struct fastdrop_record *record, u32 length)
{
	return length > record->network ? length - record->network : 0;
}

void packet_view_set(struct packet_view *view, const struct fastdrop_record *record)
{
	u32 linear = behind(record, record->captured), len = behind(record, record->wire_length);

	view->is_cut = false;
	view->packet = (struct fdrop_packet){
		.data = ring_bytes(record) + (linear ? record->network : 0),
		.ops = &ops,
		.frame = view,
		.linear = linear,
		.len = len > linear ? len : linear,
		.packets = record->packets,
		.bytes = record->wire_length,
		.queue = record->queue,
		.ethertype = record->protocol,
		.vlan = tag_of(record),
	};
	view->reading = fdrop_parse(&view->packet, &view->key);
}

const char *packet_unread(const struct packet_view *view)
{
	static const char * const words[] = {
		[FDROP_TRUNCATED] = "truncated",
		[FDROP_MALFORMED] = "malformed",
		[FDROP_TOO_MANY_HEADERS] = "too many headers",
	};

	return view->is_cut ? "cut short" : words[view->reading];
}

char *packet_put_flags(char *to, u8 flags)
{
	static const char letters[] = "FSRP.UEW";
	int i;

	for (i = 0; i < PACKET_FLAGS; i++)
		if (flags & 1 << i)
			*to++ = letters[i];
	return to;
}

/* The family's own function writes a 0, behind which we go on. */
static char *put_addr6(char *to, const struct fdrop_key *key, bool is_src)
{
	__be32 addr[4];
	int i;

	for (i = 0; i < 4; i++)
		addr[i] = is_src ? key->addr[i].src : key->addr[i].dst;
	fdrop_addr6_print(addr, to);
	return to + strlen(to);
}

char *packet_put_addr(char *to, const struct fdrop_key *key, bool is_src)
{
	if (key->parts & FDROP_PART_IP6)
		return put_addr6(to, key, is_src);
	return put_addr4(to, is_src ? key->addr[0].src : key->addr[0].dst);
}

static char *put_end(char *to, const struct fdrop_key *key, bool is_src)
{
	to = packet_put_addr(to, key, is_src);
	if (!(key->parts & FDROP_PART_PORTS))
		return to;
	to = put_char(to, '.');
	return put_number(to, be16_to_cpu(is_src ? key->sport : key->dport));
}

static char *put_length(char *to, u32 length)
{
	return put_number(put_text(to, "length "), length);
}

/* The end of what could not be read, too. */
static char *put_rest(char *to, const struct packet_view *view, u32 length)
{
	const char *why = packet_unread(view);

	to = put_text(to, ", ");
	if (why)
		to = put_text(put_text(to, why), ", ");
	return put_length(to, length);
}

static char *put_proto(char *to, u8 proto)
{
	static const char * const names[256] = {
		[FDROP_PROTO_ICMP] = "ICMP",
		[2] = "IGMP",
		[FDROP_PROTO_TCP] = "TCP",
		[FDROP_PROTO_UDP] = "UDP",
		[FDROP_PROTO_DCCP] = "DCCP",
		[47] = "GRE",
		[50] = "ESP",
		[51] = "AH",
		[FDROP_PROTO_ICMP6] = "ICMP6",
		[FDROP_PROTO_SCTP] = "SCTP",
		[FDROP_PROTO_UDPLITE] = "UDP-Lite",
	};

	return names[proto] ? put_text(to, names[proto]) : put_number(put_text(to, "proto "), proto);
}

/* The first @n bytes of the transport header; NULL if they are not all there. */
static const u8 *transport(const struct packet_view *view, u32 n)
{
	const struct fdrop_key *key = &view->key;

	if (n > key->end - key->transport || key->transport > view->packet.linear ||
	    n > view->packet.linear - key->transport)
		return NULL;
	return view->packet.data + key->transport;
}

/* "seq 1:19, ack 1, win 512, ", each where it says something. */
static char *put_sequence(char *to, const u8 *h, u8 flags, u32 length)
{
	u32 seq = be32_to_cpu(fdrop_load32(h + 4));

	if (length || flags & TCP_TAKES_SEQ)
		to = put_number(put_text(to, "seq "), seq);
	if (length)
		to = put_number(put_char(to, ':'), (u32)(seq + length));
	if (length || flags & TCP_TAKES_SEQ)
		to = put_text(to, ", ");
	if (flags & TCP_ACK) {
		to = put_number(put_text(to, "ack "), be32_to_cpu(fdrop_load32(h + 8)));
		to = put_text(to, ", ");
	}
	to = put_number(put_text(to, "win "), be16_to_cpu(fdrop_load16(h + TCP_WINDOW)));
	return put_text(to, ", ");
}

/* Up to the flags the engine has read it. */
static char *put_tcp(char *to, const struct packet_view *view, u32 length)
{
	u32 header = (view->packet.data[view->key.transport + TCP_OFFSET] >> 4) * 4;
	u8 flags = view->key.flags;
	const u8 *h = transport(view, TCP_HEADER);

	to = put_text(to, "Flags [");
	to = flags ? packet_put_flags(to, flags) : put_text(to, "none");
	to = put_text(to, "], ");
	if (header < TCP_HEADER || header > length)
		return put_number(put_text(to, "bad header length "), header);
	if (h)
		to = put_sequence(to, h, flags, length - header);
	return put_length(to, length - header);
}

/* "request" or "reply" for an echo, else NULL. */
static const char *echo(const struct fdrop_key *key)
{
	if (key->code)
		return NULL;
	switch (key->type) {
	case 8:
		return key->parts & FDROP_PART_IP4 ? "request" : NULL;
	case 0:
		return key->parts & FDROP_PART_IP4 ? "reply" : NULL;
	case 128:
		return key->parts & FDROP_PART_IP6 ? "request" : NULL;
	case 129:
		return key->parts & FDROP_PART_IP6 ? "reply" : NULL;
	default:
		return NULL;
	}
}

static char *put_icmp(char *to, const struct packet_view *view, u32 length)
{
	const struct fdrop_key *key = &view->key;
	const char *what = echo(key);
	const u8 *h = transport(view, ICMP_ECHO);

	to = put_proto(to, key->proto);
	if (what && h) {
		to = put_text(put_text(to, key->parts & FDROP_PART_IP6 ? ", echo " : " echo "), what);
		to = put_number(put_text(to, ", id "), be16_to_cpu(fdrop_load16(h + 4)));
		to = put_number(put_text(to, ", seq "), be16_to_cpu(fdrop_load16(h + 6)));
	} else {
		to = put_number(put_text(to, " type "), key->type);
		to = put_number(put_text(to, " code "), key->code);
	}
	return put_length(put_text(to, ", "), length);
}

static char *put_transport(char *to, const struct packet_view *view)
{
	const struct fdrop_key *key = &view->key;
	u32 length = key->end - key->transport;

	if (view->reading != FDROP_READ)
		return put_rest(put_proto(to, key->proto), view, length);
	if (key->parts & FDROP_PART_FLAGS)
		return put_tcp(to, view, length);
	if (key->parts & FDROP_PART_ICMP)
		return put_icmp(to, view, length);
	to = put_proto(to, key->proto);
	if (key->proto != FDROP_PROTO_UDP)
		return put_rest(to, view, length);
	if (length < UDP_HEADER)
		return put_number(put_text(to, ", bad length "), length);
	return put_rest(to, view, length - UDP_HEADER);
}

static char *put_ip(char *to, const struct packet_view *view)
{
	const struct fdrop_key *key = &view->key;
	u32 total = be16_to_cpu(key->len);

	to = put_text(to, key->parts & FDROP_PART_IP6 ? "IP6 " : "IP ");
	to = put_text(put_end(to, key, true), " > ");
	to = put_text(put_end(to, key, false), ": ");
	if (!(key->parts & FDROP_PART_PROTO))
		return put_rest(put_text(to, "headers"), view, total);
	if (key->parts & FDROP_PART_LATER) {
		to = put_text(put_proto(put_text(to, "later fragment, "), key->proto), ", total ");
		return put_length(to, total);
	}
	if (key->parts & FDROP_PART_FRAGMENT)
		to = put_text(to, "first fragment, ");
	return put_transport(to, view);
}

static char *put_ethertype(char *to, u16 ethertype)
{
	switch (ethertype) {
	case ETH_P_IP:
		return put_text(to, "IP");
	case ETH_P_IPV6:
		return put_text(to, "IP6");
	case ETH_P_ARP:
		return put_text(to, "ARP");
	case ETH_P_802_2:
	case ETH_P_802_3:
		return put_text(to, "802.3");
	default:
		return put_hex16(put_text(to, "ethertype 0x"), ethertype);
	}
}

size_t packet_text(const struct packet_view *view, char text[PACKET_TEXT])
{
	const struct fdrop_key *key = &view->key;
	char *p = text;

	if (key->vlan) {
		p = put_number(put_text(p, "vlan "), be16_to_cpu(key->vlan) & FDROP_VLAN_ID);
		p = put_text(p, ", ");
	}
	if (key->parts & FDROP_PART_IP)
		p = put_ip(p, view);
	else
		p = put_rest(put_ethertype(p, be16_to_cpu(key->ethertype)), view, view->packet.len);
	*p = 0;
	return p - text;
}
