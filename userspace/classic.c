// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE	/* fopencookie() */
#include "classic.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd.h"

#define NS	1000000000ULL

/**
 * struct classic - see classic.h
 * @pcap: knows the link type and the snap length
 * @dump: the file that libpcap believes to write, or NULL
 * @at: where its bytes go
 */
struct classic {
	pcap_t *pcap;
	pcap_dumper_t *dump;
	u8 *at;
};

static ssize_t take_bytes(void *cookie, const char *bytes, size_t length)
{
	struct classic *classic = cookie;

	memcpy(classic->at, bytes, length);
	classic->at += length;
	return length;
}

struct classic *classic_open(int link, u32 snap_length)
{
	struct classic *classic = need(calloc(1, sizeof(*classic)));

	classic->pcap = need(pcap_open_dead_with_tstamp_precision(link, snap_length,
								  PCAP_TSTAMP_PRECISION_NANO));
	return classic;
}

static void close_dump(struct classic *classic)
{
	if (classic->dump)
		pcap_dump_close(classic->dump);
}

void classic_close(struct classic *classic)
{
	close_dump(classic);
	pcap_close(classic->pcap);
	free(classic);
}

/* Without a buffer, all that libpcap writes is there at once. */
u8 *classic_header(struct classic *classic, u8 *p)
{
	FILE *file = need(fopencookie(classic, "w", (cookie_io_functions_t){
		.write = take_bytes,
	}));

	close_dump(classic);
	setvbuf(file, NULL, _IONBF, 0);
	classic->at = p;
	classic->dump = pcap_dump_fopen(classic->pcap, file);
	if (!classic->dump)
		fail("%s", pcap_geterr(classic->pcap));
	return classic->at;
}

u8 *classic_packet(struct classic *classic, u8 *p, u64 time, const u8 *frame, u32 captured,
		   u32 wire)
{
	struct pcap_pkthdr header = {
		.ts.tv_sec = time / NS,
		.ts.tv_usec = time % NS,
		.caplen = captured,
		.len = wire,
	};

	classic->at = p;
	pcap_dump((u_char *)classic->dump, &header, frame);
	return classic->at;
}
