/* SPDX-License-Identifier: GPL-2.0 */
/* What the commands of fastdrop module share. */
#ifndef FASTDROP_MODULE_H
#define FASTDROP_MODULE_H

#include "cmd.h"

/* The file that modprobe takes for the running kernel, to be freed; NULL if there is none. */
char *module_path(void);

/* Says who keeps the module from being unloaded, a line each. */
void module_show_users(void);

/* [file FILE] [PARAMETER=VALUE]... */
enum status module_load(int argc, char **argv, struct options *options);

enum status module_unload(int argc, char **argv, struct options *options);

#endif /* FASTDROP_MODULE_H */
