// SPDX-License-Identifier: GPL-2.0
#include <linux/if_link.h>

#include "cmd.h"
#include "dev_hook.h"
#include "doctor.h"
#include "libfastdrop/xdp.h"

static const struct port *find_port(const struct doctor *doctor, const struct link *link)
{
	u32 i;

	for (i = 0; i < doctor->ports.count; i++)
		if (doctor->ports.port[i].ifindex == link->index)
			return &doctor->ports.port[i];
	return NULL;
}

static bool is_one_of(const char *kind, const char *const *kinds)
{
	for (; *kinds; kinds++)
		if (!strcmp(kind, *kinds))
			return true;
	return false;
}

/* Whether the program of hook xdp is there. */
static void look_at_program(struct doctor *doctor, const struct port *port)
{
	enum xdp_presence presence = xdp_presence(port->ifindex);
	const struct hook hook = hook_of(port);
	char off[XDP_OFF] = "", has[HOOK_TEXT], remedy[256];

	if (presence == XDP_FOREIGN)
		xdp_off(doctor->dev, port->ifindex, off);
	hook_print(&hook, has, sizeof(has));
	snprintf(remedy, sizeof(remedy), "%s%sfastdrop dev del %s, fastdrop dev add %s hook %s, and load the rules again",
		 off, *off ? ", " : "", doctor->dev, doctor->dev, has);
	if (presence == XDP_GONE)
		doctor_find(doctor, DOCTOR_PROBLEM, remedy,
			    "its XDP program has been taken off: no packet is seen");
	else if (presence == XDP_FOREIGN || presence == XDP_NOT_JOINED)
		doctor_find(doctor, DOCTOR_PROBLEM, remedy,
			    "the XDP program on it is not fastdrop's: no packet is seen, unless that program calls fdrop_xdp()");
}

/* What the hook of a port keeps others from, or is kept from. */
static void look_at_hook(struct doctor *doctor, const struct port *port)
{
	char remedy[160];

	if (!strcmp(port->hook, "rx")) {
		snprintf(remedy, sizeof(remedy), "fastdrop dev del %s, fastdrop dev add %s hook ingress, before it goes into one",
			 doctor->dev, doctor->dev);
		doctor_find(doctor, DOCTOR_NOTE, remedy,
			    "hook rx keeps it out of a bond, a team, and from under macvlan and ipvlan");
	}
	if (!strcmp(port->hook, "xdp"))
		look_at_program(doctor, port);
}

/* @is_free: nobody else takes its packets. */
static void look_at_port(struct doctor *doctor, const struct port *port, bool is_free)
{
	char remedy[128];

	if (!port) {
		snprintf(remedy, sizeof(remedy), "fastdrop dev add %s%s dryrun on", doctor->dev,
			 is_free ? "" : " hook ingress");
		doctor_find(doctor, DOCTOR_NOTE, remedy, "it is not protected");
		return;
	}
	doctor_find(doctor, DOCTOR_OK, NULL, "it is protected, with %u rule%s", port->rules,
		    plural(port->rules));
	if (!port->enabled) {
		snprintf(remedy, sizeof(remedy), "fastdrop dev set %s enabled on", doctor->dev);
		doctor_find(doctor, DOCTOR_PROBLEM, remedy, "protection is switched off");
	}
	if (port->dryrun) {
		snprintf(remedy, sizeof(remedy), "fastdrop dev set %s dryrun off", doctor->dev);
		doctor_find(doctor, DOCTOR_NOTE, remedy, "it is a dry run: nothing is dropped");
	}
	if (port->confirm) {
		snprintf(remedy, sizeof(remedy), "fastdrop confirm dev %s", doctor->dev);
		doctor_find(doctor, DOCTOR_NOTE, remedy,
			    "the rules are taken back in %u s unless they are confirmed",
			    port->confirm);
	}
	look_at_hook(doctor, port);
}

/* Whether others have its frames before the port would. */
static bool is_behind(const struct port *port)
{
	return !port || !strcmp(port->hook, "rx");
}

/* Another device takes its packets; @remedy is for a port that would be behind that. */
static void find_taker(struct doctor *doctor, const struct link *link, const struct link *taker,
		       const char *remedy)
{
	const struct port *port = find_port(doctor, link);

	if (is_behind(port))
		doctor_find(doctor, DOCTOR_NOTE, remedy, "its packets are taken by %s, a %s",
			    taker->name, taker->kind);
	else
		doctor_find(doctor, DOCTOR_OK, NULL, "its packets are taken by %s, a %s, behind hook %s",
			    taker->name, taker->kind, port->hook);
}

/* The device that owns it. Returns whether that takes its packets. */
static bool look_at_master(struct doctor *doctor, const struct link *link)
{
	static const char *const takers[] = { "bridge", "bond", "team", "openvswitch", "hsr", NULL };
	const struct link *master = links_by_index(&doctor->links, link->master);
	char remedy[128];

	if (!master)
		return false;
	if (!is_one_of(master->kind, takers)) {
		doctor_find(doctor, DOCTOR_NOTE, NULL, "it belongs to %s, a %s", master->name,
			    *master->kind ? master->kind : "device");
		return false;
	}
	snprintf(remedy, sizeof(remedy), "protect %s, or %s by hook ingress or xdp", master->name,
		 link->name);
	find_taker(doctor, link, master, remedy);
	return true;
}

/* A device that sits upon it. Returns whether that takes its packets. */
static bool look_at_upper(struct doctor *doctor, const struct link *link,
			  const struct link *upper)
{
	static const char *const takers[] = { "macvlan", "macvtap", "ipvlan", "ipvtap", "dsa", NULL };
	bool is_taker = is_one_of(upper->kind, takers);
	char remedy[128];

	snprintf(remedy, sizeof(remedy), "protect %s%s, or %s by hook ingress or xdp", upper->name,
		 is_taker ? "" : " too", link->name);
	if (is_taker)
		find_taker(doctor, link, upper, remedy);
	else if (!strcmp(upper->kind, "vlan") && !find_port(doctor, upper) &&
		 is_behind(find_port(doctor, link)))
		doctor_find(doctor, DOCTOR_NOTE, remedy,
			    "frames of its VLAN device %s go there, past the rules of %s",
			    upper->name, link->name);
	return is_taker;
}

/* Returns whether nobody takes its packets but fastdrop. */
static bool look_around(struct doctor *doctor, const struct link *link)
{
	const struct links *links = &doctor->links;
	bool is_free = !look_at_master(doctor, link);
	const struct link *upper;

	for (upper = links->link; upper < links->link + links->count; upper++)
		if (upper->lower == link->index && upper != link &&
		    look_at_upper(doctor, link, upper))
			is_free = false;
	if (is_free)
		doctor_find(doctor, DOCTOR_OK, NULL, "no other device takes its packets");
	return is_free;
}

static void look_at_offloads(struct doctor *doctor, const struct link *link)
{
	static const struct {
		const char *name;
		const char *off;
		const char *finding;
	} offloads[] = {
		{ "rx-lro", "lro", "LRO is on: protection switches it off, and it stays off" },
		{ "rx-gro-hw", "rx-gro-hw",
		  "GRO in hardware is on: what it has put together is dropped or passed as one" },
		{ "rx-vlan-hw-parse", NULL,
		  "VLAN tags are taken off by the NIC: in rules match them with vlan, or with a program of \"fastdrop bpf ... dev DEV\"" },
		{ "rx-ntuple-filter", NULL,
		  "ntuple filters are on: what the NIC drops by them is not seen here" },
	};
	char remedy[128];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(offloads); i++) {
		if (!link_has_offload(link, offloads[i].name))
			continue;
		if (offloads[i].off)
			snprintf(remedy, sizeof(remedy),
				 "ethtool -K %s %s off, where rules go by the length of packets",
				 link->name, offloads[i].off);
		doctor_find(doctor, DOCTOR_NOTE, offloads[i].off ? remedy : NULL, "%s",
			    offloads[i].finding);
	}
}

static void look_at_xdp(struct doctor *doctor, const struct link *link)
{
	const struct port *port = find_port(doctor, link);
	char off[XDP_OFF], remedy[128];

	if (link->xdp == XDP_ATTACHED_NONE || (port && !strcmp(port->hook, "xdp")))
		return;
	xdp_off(link->name, link->index, off);
	snprintf(remedy, sizeof(remedy), "%s, if it is not wanted", off);
	doctor_find(doctor, DOCTOR_NOTE, remedy,
		    "an XDP program%s runs before: what it drops or redirects is not seen here",
		    link->xdp == XDP_ATTACHED_SKB ? " (generic)" : "");
}

static void look_at_queues(struct doctor *doctor, const struct link *link)
{
	u32 queues = link_queues(link);

	if (queues == 1)
		doctor_find(doctor, DOCTOR_NOTE, "ethtool -l tells how many there may be; else try RPS",
			    "it has one receive queue, so that one CPU takes all of a flood");
	else
		doctor_find(doctor, DOCTOR_OK, NULL, "it has %u receive queues", queues);
}

void doctor_dev(struct doctor *doctor, const struct link *link)
{
	doctor->dev = link->name;
	look_at_port(doctor, find_port(doctor, link), look_around(doctor, link));
	look_at_offloads(doctor, link);
	look_at_xdp(doctor, link);
	look_at_queues(doctor, link);
}
