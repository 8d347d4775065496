/* SPDX-License-Identifier: GPL-2.0 */
/*
 * IP addresses as text. The kernel's functions and libc's differ in what they
 * take, and the rule language is to be the same in both.
 */
#ifndef FDROP_ENGINE_ADDR_H
#define FDROP_ENGINE_ADDR_H

#include "platform.h"

/* Room for the longest address as text, with its end. */
#define FDROP_ADDR_TEXT	46

/**
 * fdrop_hex_value() - what a hexadecimal digit stands for
 * @c: the digit, in either case
 *
 * Return: 0 to 15, or -1 if it is none.
 */
int fdrop_hex_value(char c);

/**
 * fdrop_addr4_parse() - a dotted quad, no octet with a leading zero
 * @text: the characters
 * @length: how many, all of which must be the address
 * @addr: the address, network byte order
 *
 * Return: whether it is one.
 */
bool fdrop_addr4_parse(const char *text, size_t length, __be32 *addr);

/**
 * fdrop_addr6_parse() - an IPv6 address (RFC 4291, section 2.2), with no zone
 * @text: the characters
 * @length: how many, all of which must be the address
 * @addr: the address, network byte order
 *
 * Return: whether it is one.
 */
bool fdrop_addr6_parse(const char *text, size_t length, __be32 addr[4]);

/**
 * fdrop_addr4_print() - the dotted quad of an address
 * @addr: the address, network byte order
 * @text: where to
 */
void fdrop_addr4_print(__be32 addr, char text[FDROP_ADDR_TEXT]);

/**
 * fdrop_addr6_print() - the canonical text of an IPv6 address (RFC 5952, section 4)
 * @addr: the address, network byte order
 * @text: where to
 */
void fdrop_addr6_print(const __be32 addr[4], char text[FDROP_ADDR_TEXT]);

#endif /* FDROP_ENGINE_ADDR_H */
