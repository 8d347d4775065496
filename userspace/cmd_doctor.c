// SPDX-License-Identifier: GPL-2.0
/* What hinders packets from being seen and dropped, on the host and on its devices. */
#include <net/if_arp.h>

#include "cmd.h"
#include "doctor.h"
#include "out.h"

#define YELLOW	"\x1b[33m"
#define RED	"\x1b[31m"

static const struct {
	const char *name;
	const char *colour;
} levels[] = {
	[DOCTOR_OK] = { "ok" },
	[DOCTOR_NOTE] = { "note", YELLOW },
	[DOCTOR_PROBLEM] = { "problem", RED },
};

void doctor_find(struct doctor *doctor, enum doctor_level level, const char *remedy,
		 const char *format, ...)
{
	struct out *out = doctor->out;
	char sentence[256];
	va_list args;

	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	out_open(out, NULL);
	if (doctor->dev)
		out_string(out, "device", "%s: ", doctor->dev);
	if (levels[level].colour)
		out_colour(out, levels[level].colour);
	out_string(out, "level", "%s", levels[level].name);
	if (levels[level].colour)
		out_colour(out, NULL);
	out_string(out, "finding", ": %s\n", sentence);
	if (remedy)
		out_string(out, "remedy", "    %s\n", remedy);
	out_close(out);
}

bool doctor_read(const char *path, char *to, size_t room)
{
	FILE *file = fopen(path, "r");
	size_t n;

	if (!file)
		return false;
	n = fread(to, 1, room - 1, file);
	fclose(file);
	to[n] = 0;
	to[strcspn(to, "\n")] = 0;
	return n;
}

/* The ports, if there is a module to ask. */
static void read_ports(struct doctor *doctor)
{
	struct nl *nl;

	if (nl_open(&nl))
		return;
	if (state_ports(nl, &doctor->ports))
		doctor->ports = (struct ports){ };
	nl_close(nl);
}

static void look(struct doctor *doctor, const struct link *only)
{
	u32 i;

	doctor_host(doctor);
	for (i = 0; i < doctor->links.count; i++) {
		const struct link *link = &doctor->links.link[i];

		if (only ? link == only : link->type == ARPHRD_ETHER)
			doctor_dev(doctor, link);
	}
}

/* [DEV] */
enum status cmd_doctor(int argc, char **argv, struct options *options)
{
	const struct link *link = NULL;
	struct doctor doctor = { };
	enum status status;
	int err;

	if (argc > 2)
		return want_end(argc - 2, argv + 2);
	err = links_read(&doctor.links);
	if (err)
		fail("cannot read the network devices: %s", strerror(-err));
	if (argc == 2)
		link = links_by_name(&doctor.links, argv[1]);
	if (argc == 2 && !link)
		fail("there is no device \"%s\"", argv[1]);
	read_ports(&doctor);
	doctor.out = out_begin(options->json, options->pretty);
	out_open_list(doctor.out, "findings");
	look(&doctor, link);
	out_close(doctor.out);
	status = finish(doctor.out);
	free(doctor.ports.port);
	links_free(&doctor.links);
	return status;
}
