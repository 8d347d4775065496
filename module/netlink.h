/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink family: uapi/fastdrop.h says what it understands. */
#ifndef FDROP_NETLINK_H
#define FDROP_NETLINK_H

int fdrop_netlink_init(void);
void fdrop_netlink_exit(void);

#endif /* FDROP_NETLINK_H */
