// SPDX-License-Identifier: GPL-2.0
/* Keeps, takes back or removes what is in force. */
#include "change.h"

static enum status decide(int argc, char **argv, struct options *options, enum fastdrop_cmd cmd)
{
	const char *dev = NULL;
	enum status status;
	struct port port;
	struct nl *nl;

	argc--, argv++;
	status = take_dev(&argc, &argv, &dev) ?: want_end(argc, argv);
	if (status != STATUS_OK)
		return status;
	nl = need_module();
	need_port(nl, dev, &port);
	nl_begin(nl, cmd);
	nl_put_u32(nl, FASTDROP_A_IFINDEX, port.ifindex);
	if (options->has_generation)
		nl_put_u32(nl, FASTDROP_A_EXPECTED, options->generation);
	if (nl_send(nl, NULL, NULL))
		status = refused(nl, port.name);
	nl_close(nl);
	return status;
}

enum status cmd_confirm(int argc, char **argv, struct options *options)
{
	return decide(argc, argv, options, FASTDROP_CMD_CONFIRM);
}

enum status cmd_rollback(int argc, char **argv, struct options *options)
{
	return decide(argc, argv, options, FASTDROP_CMD_ROLLBACK);
}

enum status cmd_flush(int argc, char **argv, struct options *options)
{
	const char *dev = NULL;
	struct change change;
	enum status status;

	argc--, argv++;
	status = take_dev(&argc, &argv, &dev) ?: want_end(argc, argv);
	if (status != STATUS_OK)
		return status;
	change = change_begin(dev, options);
	if (draft_empty(change.nl, change.port.ifindex))
		return change_refused(&change, change.port.name);
	return change_commit(&change);
}
