// SPDX-License-Identifier: GPL-2.0
#include "capture_file.h"

#include <pcap/dlt.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <time.h>

#include "block_file.h"
#include "classic.h"
#include "pcapng.h"

#define NS		1000000000ULL

/**
 * struct capture_file - see capture_file.h
 * @options: how packets are kept
 * @feed: whose they are
 * @classic: what makes the blocks, or NULL for pcapng
 * @rotation: which file it is
 * @blocks: the file; NULL if there is none
 * @written: packets in it, by device
 * @packets: in all files
 * @lost_before: records that were lost before it began
 * @tagged: room for a frame whose tag is put back
 */
struct capture_file {
	struct capture_options options;
	const struct feed *feed;
	struct classic *classic;
	struct rotation rotation;
	struct block_file *blocks;
	u64 *written;
	u64 packets;
	u64 lost_before;
	u8 *tagged;
};

static u8 *put_section(u8 *p)
{
	struct utsname system;
	char os[2 * sizeof(system.sysname) + 1];

	uname(&system);
	snprintf(os, sizeof(os), "%s %s", system.sysname, system.release);
	return pcapng_section(p, "fastdrop " VERSION, os);
}

/* All of the head is one block to whoever cuts the file. */
static bool begin(struct capture_file *file)
{
	const struct feed *feed = file->feed;
	u8 *p = block_file_room(file->blocks, (feed->devices + 1) * PCAPNG_ROOM);
	u32 i;

	if (!p)
		return false;
	if (file->classic) {
		p = classic_header(file->classic, p);
	} else {
		p = put_section(p);
		for (i = 0; i < feed->devices; i++)
			p = pcapng_interface(p, feed->device[i].name, feed->device[i].link,
					     file->options.snap_length);
	}
	block_file_add(file->blocks, p, 0);
	memset(file->written, 0, feed->devices * sizeof(*file->written));
	file->lost_before = feed->lost;
	return true;
}

static bool open_next(struct capture_file *file)
{
	char *name = rotation_name(&file->rotation);

	if (!name) {
		complain("\"%s\" makes no name of a file", file->rotation.name);
		return false;
	}
	file->blocks = block_file_open(name);
	free(name);
	return file->blocks && begin(file);
}

/* Of the losses is known only of how many devices they are. */
static struct pcapng_counts count(const struct capture_file *file, u32 interface)
{
	u64 lost = file->feed->lost - file->lost_before, written = file->written[interface];
	bool is_known = !lost || file->feed->devices == 1;

	return (struct pcapng_counts){
		.received = is_known && file->options.is_all ? written + lost : PCAPNG_UNKNOWN,
		.dropped = is_known ? lost : PCAPNG_UNKNOWN,
		.delivered = written,
	};
}

static bool end(struct capture_file *file)
{
	u32 devices = file->feed->devices, i;
	struct pcapng_counts counts;
	struct timespec now;
	u8 *p;

	if (file->classic)
		return true;
	p = block_file_room(file->blocks, devices * PCAPNG_ROOM);
	if (!p)
		return false;
	clock_gettime(CLOCK_REALTIME, &now);
	for (i = 0; i < devices; i++) {
		counts = count(file, i);
		p = pcapng_statistics(p, i, now.tv_sec * NS + now.tv_nsec, &counts);
	}
	block_file_add(file->blocks, p, 0);
	return true;
}

static bool close_this(struct capture_file *file)
{
	bool ok = end(file), is_closed = block_file_close(file->blocks);

	file->blocks = NULL;
	return ok && is_closed;
}

static bool prepare_classic(struct capture_file *file)
{
	const struct feed_device *first = file->feed->device, *device;

	if (!file->options.is_classic)
		return true;
	for (device = first; device < first + file->feed->devices; device++) {
		if (device->link == first->link)
			continue;
		complain("%s and %s have different link layers, and a pcap file has one: say which by dev DEV, or write pcapng",
			 first->name, device->name);
		return false;
	}
	file->classic = classic_open(first->link, file->options.snap_length);
	return true;
}

static void free_file(struct capture_file *file)
{
	if (file->classic)
		classic_close(file->classic);
	free(file->written);
	free(file->tagged);
	free(file);
}

struct capture_file *capture_file_open(const struct capture_options *options,
				       const struct feed *feed)
{
	struct capture_file *file = need(calloc(1, sizeof(*file)));

	file->options = *options;
	file->rotation = options->rotation;
	file->feed = feed;
	file->written = need(calloc(feed->devices, sizeof(*file->written)));
	file->tagged = need(malloc(options->snap_length + VLAN_TAG));
	rotation_begin(&file->rotation);
	if (prepare_classic(file) && open_next(file))
		return file;
	if (file->blocks)
		block_file_close(file->blocks);
	free_file(file);
	return NULL;
}

static u8 *put_packet(struct capture_file *file, u8 *p, const struct pcapng_packet *packet)
{
	if (file->classic)
		return classic_packet(file->classic, p, packet->record->time, packet->frame,
				      packet->captured, packet->wire);
	return pcapng_packet(p, packet);
}

static bool write_record(struct capture_file *file, const struct fastdrop_record *record,
			 u32 interface)
{
	u32 snap_length = file->options.snap_length;
	struct pcapng_packet packet = {
		.record = record,
		.verdict = feed_verdict(record->verdict),
		.interface = interface,
		.lost = file->feed->lost_before,
	};
	u8 *p;

	packet.frame = feed_frame(record, file->tagged, snap_length + VLAN_TAG, &packet.captured,
				  &packet.wire);
	if (packet.captured > snap_length)
		packet.captured = snap_length;
	p = block_file_room(file->blocks, PCAPNG_ROOM + packet.captured);
	if (!p)
		return false;
	block_file_add(file->blocks, put_packet(file, p, &packet), 1);
	file->written[interface]++;
	file->packets++;
	return true;
}

bool capture_file_put(struct capture_file *file, const struct fastdrop_record *record)
{
	const struct feed_device *device = feed_device(file->feed, record);
	const struct feed_device *first = file->feed->device;

	if (device < first || device >= first + file->feed->devices || capture_file_is_over(file))
		return true;
	if (rotation_turn(&file->rotation, block_file_bytes(file->blocks)) &&
	    !(close_this(file) && open_next(file)))
		return false;
	return write_record(file, record, device - first);
}

bool capture_file_is_over(const struct capture_file *file)
{
	return rotation_is_over(&file->rotation);
}

u64 capture_file_packets(const struct capture_file *file)
{
	return file->packets;
}

bool capture_file_flush(struct capture_file *file)
{
	return block_file_flush(file->blocks);
}

bool capture_file_close(struct capture_file *file)
{
	bool ok = !file->blocks || close_this(file);

	free_file(file);
	return ok;
}
