// SPDX-License-Identifier: GPL-2.0
#include "feed.h"

#include <ctype.h>
#include <net/if_arp.h>
#include <pcap/pcap.h>
#include <signal.h>

#include "libfastdrop/link.h"
#include "libfastdrop/state.h"
#include "out.h"

#define RING		(1024U << 10)	/* bytes of a CPU's, the module's own choice */
#define RING_LEAST	(64U << 10)
#define RINGS_MOST	(64U << 20)	/* bytes of all of them */
#define SLICE		250		/* ms: a signal right before a sleep is seen behind it */
#define CPUS		"/sys/devices/system/cpu/possible"

#define CPU_IDS		65536	/* that a record's @cpu can say */
#define ADDRESSES	12	/* of Ethernet: behind them is the tag */

/**
 * struct filter - a tcpdump expression for frames of one link type
 * @pcap: what it was compiled with; NULL: there is none
 * @program: it
 */
struct filter {
	pcap_t *pcap;
	struct bpf_program program;
};

/**
 * struct reading - a feed, and what is behind it
 * @feed: what others see
 * @options: what was asked for; of its pointers only the expression's is looked at
 * @reader: the rings
 * @ethernet: the expression for DLT_EN10MB
 * @raw: and for DLT_RAW, if there is such a device
 * @last: the device of the record before
 * @left: how many devices have not ended
 * @is_gone: the module says so of all of them: what is in the rings is the rest
 * @has_rest: which was taken
 * @untold: records that each CPU's ring has lost before records that were hidden
 * @frame: room for one that had a tag
 */
struct reading {
	struct feed feed;
	struct feed_options options;
	struct ring_reader reader;
	struct filter ethernet;
	struct filter raw;
	struct feed_device *last;
	u32 left;
	bool is_gone;
	bool has_rest;
	u64 untold[CPU_IDS];
	u8 frame[SNAP_MAX];
};

static volatile sig_atomic_t interrupted;
static struct sigaction old_int, old_term;

static void interrupt(int signal)
{
	interrupted = signal;
}

/* Without SA_RESTART, so that a wait ends. The second one ends the program. */
static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = interrupt, .sa_flags = SA_RESETHAND };

	interrupted = 0;
	sigaction(SIGINT, &action, &old_int);
	sigaction(SIGTERM, &action, &old_term);
}

static void release_signals(void)
{
	sigaction(SIGINT, &old_int, NULL);
	sigaction(SIGTERM, &old_term, NULL);
}

bool feed_is_interrupted(void)
{
	return interrupted;
}

static bool compile(struct filter *filter, int link, const char *expression)
{
	filter->pcap = need(pcap_open_dead(link, SNAP_MAX));
	return !pcap_compile(filter->pcap, &filter->program, expression, 1,
			     PCAP_NETMASK_UNKNOWN);
}

static void free_filter(struct filter *filter)
{
	if (!filter->pcap)
		return;
	pcap_freecode(&filter->program);
	pcap_close(filter->pcap);
}

/* That of Ethernet knows all that an expression may ask for. */
static enum status check_expression(const char *expression)
{
	struct filter filter = { };
	enum status status = STATUS_OK;

	if (!compile(&filter, DLT_EN10MB, expression)) {
		complain("\"%s\": %s", expression, pcap_geterr(filter.pcap));
		status = STATUS_USAGE;
	}
	free_filter(&filter);
	return status;
}

static enum status read_id(const char *what, const char *word, bool *has, u32 *number)
{
	*has = read_number(word, number);
	if (*has)
		return STATUS_OK;
	complain("expected the number of a %s, not \"%s\"", what, word);
	return STATUS_USAGE;
}

/* "dev DEV" and the like, of which @word is the first. */
static enum status read_choice(const char *word, const char *value, struct feed_options *options)
{
	bool is_dev = !strcmp(word, "dev"), is_rule = !strcmp(word, "rule");

	if (is_dev ? !!options->dev : is_rule ? options->has_rule : options->has_queue) {
		complain("\"%s\" is there twice", word);
		return STATUS_USAGE;
	}
	if (!value) {
		complain("expected the %s behind \"%s\"",
			 is_dev ? "name of a device" : "number", word);
		return STATUS_USAGE;
	}
	if (is_rule)
		return read_id("rule", value, &options->has_rule, &options->rule);
	if (!is_dev)
		return read_id("queue", value, &options->has_queue, &options->queue);
	options->dev = value;
	return want_dev_name(value);
}

static bool is_choice(const char *word)
{
	return !strcmp(word, "dev") || !strcmp(word, "rule") || !strcmp(word, "queue");
}

enum status feed_arguments(int argc, char **argv, struct feed_options *options)
{
	enum status status;

	for (; argc && is_choice(argv[0]); argc -= 2, argv += 2) {
		status = read_choice(argv[0], argc > 1 ? argv[1] : NULL, options);
		if (status != STATUS_OK)
			return status;
	}
	if (!argc)
		return STATUS_OK;
	if (argv[0][0] == '-' && isalpha(argv[0][1] == '-' ? argv[0][2] : argv[0][1])) {
		complain("\"%s\" comes too late: options stand in front of all else", argv[0]);
		return STATUS_USAGE;
	}
	options->expression = join_words(argc, argv);
	return check_expression(options->expression);
}

/* How many CPUs there may be, of a list such as "0-3": a ring each. */
static u32 possible_cpus(void)
{
	FILE *file = fopen(CPUS, "re");
	u32 first, last = 0;
	int n;

	if (!file)
		return 1;
	for (n = fscanf(file, "%u", &first); n == 1; n = fscanf(file, "%*1[,-]%u", &first))
		last = first;
	fclose(file);
	return last + 1;
}

/*
 * A snap length may be a fourth of a ring at most. 0 where there is no reason for less: the
 * module's own choice is as much, or what its parameter leaves.
 */
static u32 ring_size(const struct feed_options *options)
{
	u32 cpus = possible_cpus(), bytes = RING;

	if (options->ring_bytes)
		return options->ring_bytes;
	while (bytes > RING_LEAST && (u64)bytes * cpus > RINGS_MOST)
		bytes /= 2;
	while (bytes < RING && bytes / 4 < options->snap_length)
		bytes *= 2;
	return bytes < RING ? bytes : 0;
}

static void set_device(struct feed_device *device, const struct port *port,
		       const struct links *links)
{
	const struct link *link = links_by_index(links, port->ifindex);
	bool is_ethernet = link && (link->type == ARPHRD_ETHER || link->type == ARPHRD_LOOPBACK);

	*device = (struct feed_device){
		.ifindex = port->ifindex,
		.link = is_ethernet ? DLT_EN10MB : DLT_RAW,
		.queues = port->queues,
	};
	memcpy(device->name, port->name, sizeof(device->name));
	out_clean(device->name);
}

static struct ports find_ports(struct nl *nl, const char *dev)
{
	struct ports ports = { };

	if (dev) {
		ports.port = need(calloc(1, sizeof(*ports.port)));
		ports.count = 1;
		need_port(nl, dev, ports.port);
	} else if (state_ports(nl, &ports)) {
		fail("%s", nl_error(nl));
	}
	if (!ports.count)
		fail("no device is protected: fastdrop dev add DEV");
	if (ports.count > FASTDROP_SETUP_PORTS)
		fail("%u devices are protected, and no more than %u can be read at once: say which by dev DEV",
		     ports.count, FASTDROP_SETUP_PORTS);
	return ports;
}

static void find_devices(struct reading *r, const char *dev)
{
	struct nl *nl = need_module();
	struct ports ports = find_ports(nl, dev);
	struct links links;
	int err;
	u32 i;

	err = links_read(&links);
	if (err)
		fail("cannot ask for the network devices: %s", strerror(-err));
	r->feed.device = need(calloc(ports.count, sizeof(*r->feed.device)));
	r->feed.devices = ports.count;
	for (i = 0; i < ports.count; i++)
		set_device(&r->feed.device[i], &ports.port[i], &links);
	r->last = r->feed.device;
	r->left = ports.count;
	links_free(&links);
	free(ports.port);
	nl_close(nl);
}

static __noreturn void fail_to_open(int err, const struct fastdrop_setup *setup)
{
	u32 bytes = setup->ring_bytes ?: RING;

	switch (-err) {
	case ENOENT:
	case ENXIO:
	case ENODEV:
		fail("there is no " FASTDROP_DEVICE " of the module that is loaded");
	case EPERM:
	case EACCES:
		fail(FASTDROP_DEVICE " needs root: CAP_NET_ADMIN in the initial user namespace");
	case EMFILE:
		fail("there are as many readers as there may be: the module's parameter readers says how many");
	case ENOMEM:
		fail("no memory for rings of %u bytes: one for each CPU", bytes);
	case EINVAL:
		fail("the module refuses rings of %u bytes with %u of a packet (its parameter ring_max limits them), or a device is no longer protected",
		     bytes, setup->snap_length);
	default:
		fail(FASTDROP_DEVICE ": %s", strerror(-err));
	}
}

static void open_rings(struct reading *r)
{
	u32 ifindex[FASTDROP_SETUP_PORTS], i;
	struct fastdrop_setup setup = {
		.ring_bytes = ring_size(&r->options),
		.snap_length = r->options.snap_length,
		.ports = r->feed.devices,
		.ifindex = (uintptr_t)ifindex,
	};
	int err;

	for (i = 0; i < r->feed.devices; i++)
		ifindex[i] = r->feed.device[i].ifindex;
	err = ring_open(&r->reader, &setup);
	if (err)
		fail_to_open(err, &setup);
}

/* Not all that can be said of Ethernet can be said of raw IP. */
static void compile_raw(struct reading *r)
{
	const char *expression = r->options.expression;
	const struct feed_device *device;

	for (device = r->feed.device; device < r->feed.device + r->feed.devices; device++) {
		if (device->link != DLT_RAW)
			continue;
		if (!compile(&r->raw, DLT_RAW, expression))
			fail("\"%s\": %s has no Ethernet header: %s", expression, device->name,
			     pcap_geterr(r->raw.pcap));
		return;
	}
}

struct feed *feed_open(const struct feed_options *options)
{
	struct reading *r = need(calloc(1, sizeof(*r)));
	const char *expression = options->expression;

	r->options = *options;
	if (expression && !compile(&r->ethernet, DLT_EN10MB, expression))
		fail("\"%s\": %s", expression, pcap_geterr(r->ethernet.pcap));
	find_devices(r, options->dev);
	if (expression)
		compile_raw(r);
	open_rings(r);
	catch_signals();
	return &r->feed;
}

void feed_close(struct feed *feed)
{
	struct reading *r = (struct reading *)feed;

	release_signals();
	ring_close(&r->reader);
	free_filter(&r->ethernet);
	free_filter(&r->raw);
	free(feed->device);
	free(r);
}

/* Mostly it is the one of the record before. */
static struct feed_device *find_device(struct reading *r, u32 ifindex)
{
	struct feed_device *device = r->feed.device;

	if (r->last->ifindex == ifindex)
		return r->last;
	for (; device < r->feed.device + r->feed.devices; device++)
		if (device->ifindex == ifindex)
			return r->last = device;
	return NULL;
}

const struct feed_device *feed_device(const struct feed *feed,
				      const struct fastdrop_record *record)
{
	static const struct feed_device unknown = { .name = "?", .link = DLT_RAW };

	return find_device((struct reading *)feed, record->ifindex) ?: &unknown;
}

static bool matches(struct reading *r, const struct fastdrop_record *record)
{
	const struct feed_device *device = feed_device(&r->feed, record);
	struct filter *filter = device->link == DLT_EN10MB ? &r->ethernet : &r->raw;
	struct pcap_pkthdr header;
	const u8 *frame;

	if (!filter->pcap)
		return false;
	frame = feed_frame(record, r->frame, sizeof(r->frame), &header.caplen, &header.len);
	return pcap_offline_filter(&filter->program, &header, frame);
}

static bool is_wanted(struct reading *r, const struct fastdrop_record *record)
{
	const struct feed_options *options = &r->options;

	if (record->type != FASTDROP_RECORD_PACKET)
		return record->type == FASTDROP_RECORD_END && !options->hides_ends;
	return (!options->has_rule || record->rule == options->rule) &&
	       (!options->has_queue || record->queue == options->queue) &&
	       (!options->expression || matches(r, record));
}

static void note_end(struct reading *r, const struct fastdrop_record *record)
{
	struct feed_device *device = find_device(r, record->ifindex);

	if (!device || device->ended)
		return;
	device->ended = true;
	r->left--;
}

/* What was lost before a hidden record is told with the next of its CPU that is shown. */
static bool take_record(struct reading *r, const struct fastdrop_record *record)
{
	u64 *untold = &r->untold[record->cpu];

	if (record->type == FASTDROP_RECORD_END)
		note_end(r, record);
	if (!is_wanted(r, record)) {
		*untold += record->lost;
		return false;
	}
	r->feed.lost_before = *untold + record->lost;
	*untold = 0;
	r->feed.shown += record->type == FASTDROP_RECORD_PACKET;
	return true;
}

/* Of the batch. */
static const struct fastdrop_record *next_wanted(struct reading *r)
{
	const struct fastdrop_record *record;

	do
		record = ring_next_of_all(&r->reader);
	while (record && !take_record(r, record));
	return record;
}

static u64 now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ULL + t.tv_nsec / 1000000;
}

/* Until there is something, or for a while. */
static void await(struct reading *r, u64 deadline)
{
	u64 now = now_ms(), left = deadline > now ? deadline - now : 0;
	int err = ring_wait(&r->reader, left < SLICE ? left : SLICE);

	if (err == -ENODEV)
		r->is_gone = true;
	else if (err && err != -EINTR)
		fail(FASTDROP_DEVICE ": %s", strerror(-err));
}

static void take_batch(struct reading *r)
{
	ring_take_all(&r->reader);
	r->feed.lost = ring_lost(&r->reader);
}

/*
 * The batch is behind us. Of the last one, of another ring, some may have been younger
 * than the look at it, or not yet there: hence one more.
 */
static enum feed_state next_of_batches(struct reading *r, int timeout_ms,
				       const struct fastdrop_record **record)
{
	u64 deadline = timeout_ms < 0 ? ~0ULL : now_ms() + timeout_ms;
	bool has_looked = false;

	for (; !*record; has_looked = true) {
		ring_release_all(&r->reader);
		if (interrupted)
			return FEED_INTERRUPTED;
		if (r->has_rest)
			return FEED_ENDED;
		r->has_rest = !r->left || r->is_gone;
		if (!r->has_rest && has_looked && now_ms() >= deadline)
			return FEED_IDLE;
		if (!r->has_rest)
			await(r, deadline);
		take_batch(r);
		*record = next_wanted(r);
	}
	return FEED_RECORD;
}

enum feed_state feed_next(struct feed *feed, int timeout_ms,
			  const struct fastdrop_record **record)
{
	struct reading *r = (struct reading *)feed;

	*record = next_wanted(r);
	return *record ? FEED_RECORD : next_of_batches(r, timeout_ms, record);
}

const u8 *feed_frame(const struct fastdrop_record *record, u8 *buffer, size_t size,
		     u32 *captured, u32 *wire)
{
	const u8 *bytes = ring_bytes(record);
	__be16 tag[2] = { record->vlan_protocol, cpu_to_be16(record->vlan) };
	size_t rest;

	*captured = record->captured;
	*wire = record->wire_length;
	if (!(record->flags & FASTDROP_RECORD_VLAN) || record->network <= ADDRESSES ||
	    record->captured < ADDRESSES || size < ADDRESSES + VLAN_TAG)
		return bytes;
	rest = record->captured - ADDRESSES;
	if (rest > size - ADDRESSES - VLAN_TAG)
		rest = size - ADDRESSES - VLAN_TAG;
	memcpy(buffer, bytes, ADDRESSES);
	memcpy(buffer + ADDRESSES, tag, VLAN_TAG);
	memcpy(buffer + ADDRESSES + VLAN_TAG, bytes + ADDRESSES, rest);
	*captured = ADDRESSES + VLAN_TAG + rest;
	*wire += VLAN_TAG;
	return buffer;
}
