// SPDX-License-Identifier: GPL-2.0
#include "pcapng.h"

#include <pcap/dlt.h>

#include "put.h"

/* Sections 4.1, 4.2, 4.3 and 4.6: types of blocks, and their options. */
#define SECTION			0x0a0d0d0a
#define INTERFACE		1
#define PACKET			6
#define STATISTICS		5

#define OPT_ENDOFOPT		0
#define OPT_COMMENT		1
#define SHB_OS			3
#define SHB_USERAPPL		4
#define IF_NAME			2
#define IF_TSRESOL		9
#define EPB_FLAGS		2
#define EPB_DROPCOUNT		4
#define EPB_QUEUE		6
#define EPB_VERDICT		7
#define ISB_IFRECV		4
#define ISB_IFDROP		5
#define ISB_USRDELIV		8

#define BYTE_ORDER_MAGIC	0x1a2b3c4d
#define VERSION_MAJOR		1
#define VERSION_MINOR		0
#define LENGTH_UNKNOWN		(~0ULL)
#define NANOSECONDS		9
#define FLAGS_INBOUND		1	/* and no reception type */
#define VERDICT_EBPF_TC		1
#define LINKTYPE_ETHERNET	1
#define LINKTYPE_RAW		101
#define TEXT_MAX		255

/* What a verdict of Linux_eBPF_TC is, of linux/pkt_cls.h. */
#define TC_ACT_OK		0
#define TC_ACT_SHOT		2
#define TC_ACT_STOLEN		4

static u8 *put16(u8 *p, u16 value)
{
	memcpy(p, &value, sizeof(value));
	return p + sizeof(value);
}

static u8 *put32(u8 *p, u32 value)
{
	memcpy(p, &value, sizeof(value));
	return p + sizeof(value);
}

static u8 *put64(u8 *p, u64 value)
{
	memcpy(p, &value, sizeof(value));
	return p + sizeof(value);
}

/* Zeroes up to a multiple of 4, or 4 bytes too many, which the next ones overwrite. */
static u8 *pad(u8 *start, u32 length)
{
	memset(start + length, 0, 4);
	return start + ((length + 3) & ~3U);
}

static u8 *put_bytes(u8 *p, const void *bytes, u32 length)
{
	memcpy(p, bytes, length);
	return pad(p, length);
}

/* Section 3.5: an option's code and length, and then its value. */
static u8 *put_option(u8 *p, u16 code, u16 length)
{
	return put16(put16(p, code), length);
}

static u8 *put_text_option(u8 *p, u16 code, const char *text)
{
	u32 length = strnlen(text, TEXT_MAX);

	return put_bytes(put_option(p, code, length), text, length);
}

static u8 *put_count(u8 *p, u16 code, u64 count)
{
	return count == PCAPNG_UNKNOWN ? p : put64(put_option(p, code, sizeof(count)), count);
}

/* Section 3.1: the length stands in front, and behind. */
static u8 *begin(u8 *block, u32 type)
{
	return put32(block, type) + sizeof(u32);
}

static u8 *end(u8 *block, u8 *p)
{
	u32 length;

	p = put_option(p, OPT_ENDOFOPT, 0);
	length = p + sizeof(length) - block;
	put32(block + sizeof(u32), length);
	return put32(p, length);
}

u8 *pcapng_section(u8 *block, const char *application, const char *os)
{
	u8 *p = begin(block, SECTION);

	p = put32(p, BYTE_ORDER_MAGIC);
	p = put16(p, VERSION_MAJOR);
	p = put16(p, VERSION_MINOR);
	p = put64(p, LENGTH_UNKNOWN);
	p = put_text_option(p, SHB_OS, os);
	p = put_text_option(p, SHB_USERAPPL, application);
	return end(block, p);
}

u8 *pcapng_interface(u8 *block, const char *name, int link, u32 snap_length)
{
	static const u8 resolution = NANOSECONDS;
	u8 *p = begin(block, INTERFACE);

	p = put16(p, link == DLT_EN10MB ? LINKTYPE_ETHERNET : LINKTYPE_RAW);
	p = put16(p, 0);
	p = put32(p, snap_length);
	p = put_text_option(p, IF_NAME, name);
	p = put_bytes(put_option(p, IF_TSRESOL, sizeof(resolution)), &resolution,
		      sizeof(resolution));
	return end(block, p);
}

static u8 *put_time(u8 *p, u64 time)
{
	return put32(put32(p, time >> 32), time);
}

static u64 tc_act(u8 verdict)
{
	switch (verdict) {
	case FASTDROP_VERDICT_DROP:
		return TC_ACT_SHOT;
	case FASTDROP_VERDICT_DIVERT:
		return TC_ACT_STOLEN;
	default:
		return TC_ACT_OK;
	}
}

static u8 *put_verdict(u8 *p, u8 verdict)
{
	u8 *value = put_option(p, EPB_VERDICT, 1 + sizeof(u64));

	*value = VERDICT_EBPF_TC;
	put64(value + 1, tc_act(verdict));
	return pad(value, 1 + sizeof(u64));
}

/* "rule 3 drop", "sample pass, 12 packets" */
static u8 *put_comment(u8 *p, const struct fastdrop_record *record, const char *verdict)
{
	char *text = (char *)p + 4, *to;

	to = record->rule ? put_number(put_text(text, "rule "), record->rule) :
			    put_text(text, "sample");
	to = put_text(put_char(to, ' '), verdict);
	if (record->packets > 1) {
		to = put_number(put_text(to, ", "), record->packets);
		to = put_text(to, " packets");
	}
	return pad(put_option(p, OPT_COMMENT, to - text), to - text);
}

u8 *pcapng_packet(u8 *block, const struct pcapng_packet *packet)
{
	const struct fastdrop_record *record = packet->record;
	u8 *p = begin(block, PACKET);

	p = put32(p, packet->interface);
	p = put_time(p, record->time);
	p = put32(p, packet->captured);
	p = put32(p, packet->wire);
	p = put_bytes(p, packet->frame, packet->captured);
	p = put32(put_option(p, EPB_FLAGS, sizeof(u32)), FLAGS_INBOUND);
	if (packet->lost)
		p = put_count(p, EPB_DROPCOUNT, packet->lost);
	p = put32(put_option(p, EPB_QUEUE, sizeof(u32)), record->queue);
	p = put_verdict(p, record->verdict);
	p = put_comment(p, record, packet->verdict);
	return end(block, p);
}

u8 *pcapng_statistics(u8 *block, u32 interface, u64 time, const struct pcapng_counts *counts)
{
	u8 *p = begin(block, STATISTICS);

	p = put32(p, interface);
	p = put_time(p, time);
	p = put_count(p, ISB_IFRECV, counts->received);
	p = put_count(p, ISB_IFDROP, counts->dropped);
	p = put_count(p, ISB_USRDELIV, counts->delivered);
	return end(block, p);
}
