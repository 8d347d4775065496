/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whoever changes rules over ssh is not to lock himself out: the change gets a
 * rule that protects the session for a day.
 */
#ifndef FASTDROP_SSH_H
#define FASTDROP_SSH_H

#include "libfastdrop/state.h"

/**
 * ssh_protect() - protect the session of whoever runs this
 * @nl: a socket with a draft
 * @port: whose draft that is
 * @is_flushed: the draft has none of the rules in force: those of others' sessions
 *	are put back
 *
 * What does not work is told, and no reason to refuse the change.
 */
void ssh_protect(struct nl *nl, const struct port *port, bool is_flushed);

#endif /* FASTDROP_SSH_H */
