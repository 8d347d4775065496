// SPDX-License-Identifier: GPL-2.0
#include "csv.h"

#include <linux/if_ether.h>

#include "feed.h"
#include "packet_text.h"
#include "put.h"

#define NS	1000000000ULL

const char csv_header[] =
	"time,dev,queue,cpu,rule,verdict,packets,length,captured,lost,vlan,family,proto,src,sport,dst,dport,ttl,flags\n";

static char *put_time(char *to, u64 time)
{
	to = put_char(put_number(to, time / NS), '.');
	return put_padded(to, time % NS, 9);
}

static char *put_quoted(char *to, const char *text)
{
	for (*to++ = '"'; *text; text++) {
		if (*text == '"')
			*to++ = '"';
		*to++ = *text;
	}
	return put_char(to, '"');
}

/* A device's name may have anything but blanks, ":" and "/". */
static char *put_dev(char *to, const char *dev)
{
	return dev[strcspn(dev, ",\"")] ? put_quoted(to, dev) : put_text(to, dev);
}

static char *put_family(char *to, u16 ethertype)
{
	switch (ethertype) {
	case ETH_P_IP:
		return put_text(to, "ip");
	case ETH_P_IPV6:
		return put_text(to, "ip6");
	case ETH_P_ARP:
		return put_text(to, "arp");
	default:
		return put_hex16(put_text(to, "0x"), ethertype);
	}
}

static char *put_end(char *to, const struct fdrop_key *key, bool is_src)
{
	if (key->parts & FDROP_PART_IP)
		to = packet_put_addr(to, key, is_src);
	to = put_char(to, ',');
	if (key->parts & FDROP_PART_PORTS)
		to = put_number(to, be16_to_cpu(is_src ? key->sport : key->dport));
	return put_char(to, ',');
}

/* Of TCP; type and code of ICMP. */
static char *put_flags(char *to, const struct fdrop_key *key)
{
	if (key->parts & FDROP_PART_FLAGS)
		return packet_put_flags(to, key->flags);
	if (key->parts & FDROP_PART_ICMP)
		return put_number(put_char(put_number(to, key->type), '/'), key->code);
	return to;
}

static char *put_packet(char *to, const struct fastdrop_record *record)
{
	struct packet_view view;
	const struct fdrop_key *key = &view.key;

	packet_view_set(&view, record);
	if (key->vlan)
		to = put_number(to, be16_to_cpu(key->vlan) & FDROP_VLAN_ID);
	to = put_family(put_char(to, ','), be16_to_cpu(key->ethertype));
	to = put_char(to, ',');
	if (key->parts & FDROP_PART_PROTO)
		to = put_number(to, key->proto);
	to = put_end(put_char(to, ','), key, true);
	to = put_end(to, key, false);
	if (key->parts & FDROP_PART_IP)
		to = put_number(to, key->ttl);
	return put_flags(put_char(to, ','), key);
}

size_t csv_line(const struct fastdrop_record *record, const char *dev, u64 lost,
		char line[CSV_LINE])
{
	bool is_packet = record->type == FASTDROP_RECORD_PACKET;
	char *p = put_char(put_time(line, record->time), ',');

	p = put_char(put_dev(p, dev), ',');
	p = put_char(put_number(p, record->queue), ',');
	p = put_char(put_number(p, record->cpu), ',');
	p = put_char(put_number(p, record->rule), ',');
	p = put_char(put_text(p, is_packet ? feed_verdict(record->verdict) : "end"), ',');
	p = put_char(put_number(p, record->packets), ',');
	p = put_char(put_number(p, record->wire_length), ',');
	p = put_char(put_number(p, record->captured), ',');
	p = put_char(put_number(p, lost), ',');
	p = is_packet ? put_packet(p, record) : put_text(p, ",,,,,,,,");
	return put_char(p, '\n') - line;
}
