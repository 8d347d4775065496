/* SPDX-License-Identifier: GPL-2.0 */
/* What top has, as text or as JSON. */
#ifndef FASTDROP_TOP_SHOW_H
#define FASTDROP_TOP_SHOW_H

#include "out.h"
#include "top_data.h"

#define TOP_NOTHING	"no packets are shown: sample N on a rule, or fastdrop dev set DEV sample N"

/* In percent. */
double top_share(u64 part, u64 whole);

/*
 * The bar of a queue, beside one that sees @most and has @width characters: "#" for what is
 * dropped, "=" for what is diverted, "-" for what passes.
 */
void top_bar(const struct top_queue *q, u64 most, u32 width, char *bar);

/* What the busiest queue sees. */
u64 top_most(const struct top *top);

void top_show(struct out *out, const char *dev, const struct top *top);

#endif /* FASTDROP_TOP_SHOW_H */
