// SPDX-License-Identifier: GPL-2.0
/* What rtnetlink does not tell of a device. */
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "libfastdrop/link.h"

#define FEATURES_MAX	256

/* ethtool's @command, which begins with its number. */
static bool ask(const struct link *link, void *command)
{
	struct ifreq request = { .ifr_data = command };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), err;

	if (fd < 0)
		return false;
	memcpy(request.ifr_name, link->name, sizeof(request.ifr_name));
	err = ioctl(fd, SIOCETHTOOL, &request);
	close(fd);
	return !err;
}

static u32 count_features(const struct link *link)
{
	struct {
		struct ethtool_sset_info info;
		u32 count;
	} sets = { { .cmd = ETHTOOL_GSSET_INFO, .sset_mask = 1ULL << ETH_SS_FEATURES } };

	if (!ask(link, &sets) || !sets.info.sset_mask || sets.count > FEATURES_MAX)
		return 0;
	return sets.count;
}

/* The place of an offload among the device's features, or @count if it is not there. */
static u32 find_feature(const struct link *link, const char *name, u32 count)
{
	struct {
		struct ethtool_gstrings header;
		char name[FEATURES_MAX][ETH_GSTRING_LEN];
	} *names = calloc(1, sizeof(*names));
	u32 i = count;

	if (!names)
		return count;
	names->header.cmd = ETHTOOL_GSTRINGS;
	names->header.string_set = ETH_SS_FEATURES;
	names->header.len = count;
	if (ask(link, names))
		for (i = 0; i < count; i++)
			if (!strncmp(names->name[i], name, ETH_GSTRING_LEN))
				break;
	free(names);
	return i;
}

bool link_has_offload(const struct link *link, const char *offload)
{
	struct {
		struct ethtool_gfeatures header;
		struct ethtool_get_features_block block[FEATURES_MAX / 32];
	} features = { { .cmd = ETHTOOL_GFEATURES, .size = FEATURES_MAX / 32 } };
	u32 count = count_features(link), place = find_feature(link, offload, count);

	if (place == count || !ask(link, &features))
		return false;
	return features.block[place / 32].active >> place % 32 & 1;
}

u32 link_queues(const struct link *link)
{
	struct ethtool_channels channels = { .cmd = ETHTOOL_GCHANNELS };

	if (ask(link, &channels) && channels.rx_count + channels.combined_count)
		return channels.rx_count + channels.combined_count;
	return link->queues;
}
