/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The netlink socket to the module: requests are made in one buffer, one at a
 * time, and sent. A refusal has a sentence, nl_error(), and perhaps an attribute
 * to blame, nl_error_place().
 *
 * Functions that return an int return 0 or a negative errno.
 */
#ifndef FASTDROP_NL_H
#define FASTDROP_NL_H

#include <netinet/in.h>

#include "engine/platform.h"
#include "uapi/fastdrop.h"

/* Most of what one attribute holds, and most that is wanted in one request. */
#define NL_ATTR_MAX	(60U * 1024)
#define NL_TEXTS_MAX	(32U * 1024)

struct nl;
struct nlattr;

/* What the module says: an answer, or a notification. Attributes that are not there are NULL. */
struct nl_answer {
	u8 cmd;
	const struct nlattr *attr[FASTDROP_A_MAX + 1];
};

/* What is made of the answers. A number other than 0 ends the reading with it. */
typedef int (*nl_answer_fn)(const struct nl_answer *answer, void *arg);

/**
 * nl_open() - a socket that knows the module's family
 * @nl: where to, for nl_close()
 *
 * Return: 0; -ENOENT if the module is not loaded; another errno.
 */
int nl_open(struct nl **nl);
void nl_close(struct nl *nl);

/* The sentence that goes with an error of nl_open(). */
const char *nl_open_error(int err);

/*
 * Requests. What does not fit into a request any more is not put there, and the
 * function returns false.
 */
void nl_begin(struct nl *nl, enum fastdrop_cmd cmd);
bool nl_put(struct nl *nl, enum fastdrop_attr attr, const void *data, size_t size);
bool nl_put_u8(struct nl *nl, enum fastdrop_attr attr, u8 value);
bool nl_put_u32(struct nl *nl, enum fastdrop_attr attr, u32 value);
bool nl_put_string(struct nl *nl, enum fastdrop_attr attr, const char *string);

/* How many bytes the request has. */
size_t nl_length(const struct nl *nl);

/* Sends the request and waits for its end. @answer, if not NULL, sees what comes before. */
int nl_send(struct nl *nl, nl_answer_fn answer, void *arg);

/**
 * nl_dump() - send the request for a dump
 * @nl: the socket
 * @reset: makes nothing of the answers so far: the dump begins anew, since what it
 *	shows has changed meanwhile
 * @answer: sees each answer
 * @arg: for both
 */
int nl_dump(struct nl *nl, void (*reset)(void *arg), nl_answer_fn answer, void *arg);

/* Of the last request: why it was refused, and by which attribute, counted from 0, or -1. */
const char *nl_error(const struct nl *nl);
int nl_error_place(const struct nl *nl);

/* What is in an attribute of an answer; 0 or "" if it is not there, or is too short. */
u8 nl_u8(const struct nlattr *attr);
u32 nl_u32(const struct nlattr *attr);
const char *nl_string(const struct nlattr *attr);
const void *nl_array(const struct nlattr *attr, size_t size, u32 *count);
void nl_count(const struct nlattr *attr, u64 *packets, u64 *bytes);

/* Joins one of the module's groups. */
int nl_join(struct nl *nl, const char *group);

/* Waits for notifications until @answer returns other than 0. -ENOBUFS: some were lost. */
int nl_listen(struct nl *nl, nl_answer_fn answer, void *arg);

/* A descriptor to poll. */
int nl_fd(const struct nl *nl);

/* The index of the device that leads to an address, or a negative errno. */
int nl_route(int family, const void *addr);

#endif /* FASTDROP_NL_H */
