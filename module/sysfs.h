/* SPDX-License-Identifier: GPL-2.0 */
/* /sys/class/net/<dev>/fastdrop/, documented in docs/abi/sysfs-class-net-fastdrop */
#ifndef FDROP_SYSFS_H
#define FDROP_SYSFS_H

int fdrop_sysfs_init(void);
void fdrop_sysfs_exit(void);

#endif /* FDROP_SYSFS_H */
