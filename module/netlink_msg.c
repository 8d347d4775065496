// SPDX-License-Identifier: GPL-2.0
#include "netlink_msg.h"

#include "engine/rule_text.h"
#include "engine/table.h"
#include "error.h"
#include "generation.h"
#include "port.h"
#include "session.h"

int fdrop_netlink_refuse(struct sk_buff *request, struct netlink_ext_ack *extack,
			 const struct fdrop_error *error, int err)
{
	struct fdrop_error *sentence = fdrop_session_refusal(NETLINK_CB(request).sk,
							     NETLINK_CB(request).portid);

	if (!sentence) {
		NL_SET_ERR_MSG(extack, "no memory to say why");
		return err;
	}
	*sentence = *error;
	if (extack)
		extack->_msg = sentence->text;
	return err;
}

/* Rules that users know of, and the sets that they have. */
static void count_rules(const struct fdrop_table *table, u32 *rules, u32 *sets)
{
	u32 i;

	*rules = table->count;
	for (i = 0; i < table->guard.count; i++)
		*rules -= fdrop_rule_is_own(&table->rules[table->guard.rank[i]]);
	*sets = 0;
	for (i = 0; i < table->sets->count; i++)
		*sets += table->sets->set[i].name[0] != 0;
}

static int put_rules(struct sk_buff *skb, const struct fdrop_port *port)
{
	const struct fdrop_ruleset *rs = &port->rules;
	const struct fdrop_table *table = fdrop_ruleset_current(rs)->table;
	u32 rules, sets, left = fdrop_ruleset_confirm_left(rs);

	count_rules(table, &rules, &sets);
	if (nla_put_u8(skb, FASTDROP_A_PROTECT, fdrop_ruleset_protects(rs)) ||
	    nla_put_u32(skb, FASTDROP_A_GENERATION, rs->number) ||
	    nla_put_u32(skb, FASTDROP_A_RULES, rules) ||
	    nla_put_u32(skb, FASTDROP_A_SETS, sets) ||
	    nla_put_u32(skb, FASTDROP_A_PREFIXES, table->sets->prefixes) ||
	    (left && nla_put_u32(skb, FASTDROP_A_CONFIRM, left)))
		return -EMSGSIZE;
	return 0;
}

/* Called under the ruleset's lock, under which a hook is changed. */
static int put_hook(struct sk_buff *skb, const struct fdrop_port *port)
{
	const struct fdrop_attachment *at = &port->at;
	const char *mode;

	if (nla_put_string(skb, FASTDROP_A_HOOK, at->hook->name) ||
	    nla_put_u8(skb, FASTDROP_A_AUTO, at->is_auto) ||
	    (*at->why && nla_put_string(skb, FASTDROP_A_HOOK_REASON, at->why)))
		return -EMSGSIZE;
	if ((at->hook == &fdrop_hook_ingress || at->is_auto) &&
	    nla_put_s32(skb, FASTDROP_A_PRIORITY, at->priority))
		return -EMSGSIZE;
	if (at->hook != &fdrop_hook_xdp)
		return 0;
	mode = fdrop_hook_xdp_mode(at->dev);
	if ((mode && nla_put_string(skb, FASTDROP_A_XDP_MODE, mode)) ||
	    nla_put_u8(skb, FASTDROP_A_XDP_FRAGS, at->has_frags))
		return -EMSGSIZE;
	return 0;
}

static int put_port(struct sk_buff *skb, const struct fdrop_port *port)
{
	if (nla_put_u32(skb, FASTDROP_A_IFINDEX, port->ifindex) ||
	    nla_put_string(skb, FASTDROP_A_IFNAME, port->dev->name) ||
	    put_hook(skb, port) ||
	    nla_put_u8(skb, FASTDROP_A_ENABLED, READ_ONCE(port->dp.enabled)) ||
	    nla_put_u8(skb, FASTDROP_A_DRYRUN, READ_ONCE(port->dp.dryrun)) ||
	    nla_put_u32(skb, FASTDROP_A_SAMPLE, READ_ONCE(port->dp.sample)) ||
	    nla_put_u32(skb, FASTDROP_A_QUEUES, port->dp.queues))
		return -EMSGSIZE;
	return put_rules(skb, port);
}

int fdrop_msg_port(struct sk_buff *skb, const struct fdrop_port *port, u8 cmd, u32 portid, u32 seq,
		   int flags)
{
	void *header = genlmsg_put(skb, portid, seq, &fdrop_genl_family, flags, cmd);

	if (!header)
		return -EMSGSIZE;
	if (put_port(skb, port)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return 0;
}

static int put_count(struct sk_buff *skb, int type, struct fdrop_total total)
{
	struct nlattr *nest = nla_nest_start(skb, type);

	if (!nest ||
	    nla_put_u64_64bit(skb, FASTDROP_COUNT_PACKETS, total.packets, FASTDROP_COUNT_PAD) ||
	    nla_put_u64_64bit(skb, FASTDROP_COUNT_BYTES, total.bytes, FASTDROP_COUNT_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int fdrop_msg_queue(struct sk_buff *skb, const struct fdrop_port *port, u32 queue)
{
	static const struct {
		int type;
		u32 counter;
	} counters[] = {
		{ FASTDROP_A_SEEN,		FDROP_SEEN },
		{ FASTDROP_A_PASSED,		FDROP_PASSED },
		{ FASTDROP_A_DROPPED,		FDROP_DROPPED },
		{ FASTDROP_A_WOULD_DROP,	FDROP_WOULD_DROP },
		{ FASTDROP_A_DIVERTED,		FDROP_DIVERTED },
		{ FASTDROP_A_SAMPLED,		FDROP_SAMPLED },
		{ FASTDROP_A_RING_LOST,		FDROP_RING_LOST },
		{ FASTDROP_A_TRUNCATED,		FDROP_UNREAD + FDROP_TRUNCATED - 1 },
		{ FASTDROP_A_MALFORMED,		FDROP_UNREAD + FDROP_MALFORMED - 1 },
		{ FASTDROP_A_TOO_MANY_HEADERS,	FDROP_UNREAD + FDROP_TOO_MANY_HEADERS - 1 },
	};
	struct fdrop_total total;
	u32 i;

	if (nla_put_u32(skb, FASTDROP_A_QUEUE, queue))
		return -EMSGSIZE;
	for (i = 0; i < ARRAY_SIZE(counters); i++) {
		total = fdrop_counts_sum(port->dp.counts,
					 queue * FDROP_COUNTERS + counters[i].counter);
		if (put_count(skb, counters[i].type, total))
			return -EMSGSIZE;
	}
	return 0;
}

static u32 seconds_left(const struct fdrop_rule *rule)
{
	u64 now = fdrop_seconds();

	return rule->deadline > now ? rule->deadline - now : 0;
}

int fdrop_msg_rule(struct sk_buff *skb, const struct fdrop_generation *gen, u32 rank, char *text,
		   size_t size)
{
	const struct fdrop_rule *rule = &gen->table->rules[rank];

	fdrop_rule_print(rule, gen->table->sets, text, size);
	if (nla_put_u32(skb, FASTDROP_A_RULE_ID, rule->id) ||
	    nla_put_string(skb, FASTDROP_A_RULE, text) ||
	    (fdrop_rule_is_own(rule) && nla_put_flag(skb, FASTDROP_A_OWN)) ||
	    (rule->expire && nla_put_u32(skb, FASTDROP_A_EXPIRES, seconds_left(rule))))
		return -EMSGSIZE;
	return put_count(skb, FASTDROP_A_HITS, fdrop_generation_hits(gen, rank));
}
