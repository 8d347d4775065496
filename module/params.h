/* SPDX-License-Identifier: GPL-2.0 */
/* The parameters of insmod. */
#ifndef FDROP_PARAMS_H
#define FDROP_PARAMS_H

/**
 * fdrop_params_apply() - protect the devices that insmod was asked to
 *
 * Errors go to the kernel log as sentences.
 *
 * Context: the process that loads the module, whose network namespace counts.
 * Return: 0, or a negative error with no device protected.
 */
int fdrop_params_apply(void);

#endif /* FDROP_PARAMS_H */
