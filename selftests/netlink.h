/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of the test of the netlink family share. */
#ifndef NETLINK_H
#define NETLINK_H

#include "nl.h"

#define ARRAY_SIZE(x)	(sizeof(x) / sizeof((x)[0]))

/* Prints a line of KTAP. Returns @good. */
bool ok(bool good, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Prints why the next line may be bad. */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Whether an answer is that error (0: none), with a sentence that has @part in it. */
bool is(const struct nl_answer *answer, int err, const char *part);

/* A command of the set-up, which has to succeed. */
void run(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The common requests. @dev, @rule, @set: a name or a text. */
struct nl_answer dev_new(struct nl *nl, const char *dev);
struct nl_answer dev_del(struct nl *nl, const char *dev);
struct nl_answer begin(struct nl *nl, const char *dev, __u32 expected);
struct nl_answer commit(struct nl *nl, __u32 confirm);
struct nl_answer plain(struct nl *nl, __u8 cmd);
struct nl_answer with_text(struct nl *nl, __u8 cmd, int type, const char *text);
struct nl_answer of_port(struct nl *nl, __u8 cmd, const char *dev);
struct nl_answer add_prefixes4(struct nl *nl, const char *set, __u32 first, unsigned int count);

/* Replaces all rules of a port by these, which are separated by "\n". Returns the generation. */
__u32 put_rules(struct nl *nl, const char *dev, const char *rules);

/* Begins the dump of a port's rules, for nl_finish(). */
void send_rule_dump(struct nl *nl, const char *dev);

void test_requests(void);
void test_drafts(void);
void test_limits(void);
void test_counts(void);
void test_ports(const char *module);
void test_dumps(void);
void test_events(void);

#endif /* NETLINK_H */
