/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A transaction: what is asked for between BEGIN and COMMIT. Functions return 0
 * or a negative errno, and nl_error() says why; the end of the socket throws
 * the draft away.
 */
#ifndef FASTDROP_DRAFT_H
#define FASTDROP_DRAFT_H

#include "engine/rule_list.h"
#include "libfastdrop/nl.h"

struct options;
struct progress;

/* Begins, for a port; of the generation that the options want, if they do. */
int draft_begin(struct nl *nl, u32 ifindex, const struct options *options);

/* One request that has at most the name of a set. */
int draft_do(struct nl *nl, enum fastdrop_cmd cmd, const char *set);

/* Takes out all rules and sets of the port, those in force, as long as the draft has no others. */
int draft_empty(struct nl *nl, u32 ifindex);

/**
 * draft_rules() - add or replace rules
 * @nl: the socket
 * @cmd: RULE_NEW or RULE_REPLACE
 * @list: the rules; ids are sent that the user gave
 * @progress: what to tell how many are sent, or NULL
 * @blamed: on failure, the rule to blame, or NULL
 */
int draft_rules(struct nl *nl, enum fastdrop_cmd cmd, const struct fdrop_rule_list *list,
		struct progress *progress, const struct fdrop_rule **blamed);

/* The same of one rule, as text. */
int draft_rule(struct nl *nl, const char *text);

/* Deletes rules by their ids. @blamed is the place of the one that was refused, or -1. */
int draft_rule_ids(struct nl *nl, const u32 *ids, u32 count, int *blamed);

/* Puts the prefixes of a set into the draft's set of its name (ELEMENT_NEW), or takes them out. */
int draft_elements(struct nl *nl, enum fastdrop_cmd cmd, const struct fdrop_set *set,
		   struct progress *progress);

/* Puts the draft in force. With @confirm, it is taken back after so many seconds. */
int draft_commit(struct nl *nl, u32 confirm, u32 *generation);

#endif /* FASTDROP_DRAFT_H */
