// SPDX-License-Identifier: GPL-2.0
#include "state.h"

#include "cmd.h"

#define FIRST_ROOM	16

/* Where elements go, and what went wrong there. */
struct elements {
	struct fdrop_set *set;
	int err;
};

static struct count count_of(const struct nlattr *attr)
{
	struct count count;

	nl_count(attr, &count.packets, &count.bytes);
	return count;
}

struct port state_port_of(const struct nl_answer *answer)
{
	const struct nlattr * const *attr = answer->attr;
	struct port port = {
		.ifindex = nl_u32(attr[FASTDROP_A_IFINDEX]),
		.is_auto = nl_u8(attr[FASTDROP_A_AUTO]),
		.has_priority = attr[FASTDROP_A_PRIORITY],
		.priority = nl_u32(attr[FASTDROP_A_PRIORITY]),
		.xdp_frags = nl_u8(attr[FASTDROP_A_XDP_FRAGS]),
		.enabled = nl_u8(attr[FASTDROP_A_ENABLED]),
		.dryrun = nl_u8(attr[FASTDROP_A_DRYRUN]),
		.protect = nl_u8(attr[FASTDROP_A_PROTECT]),
		.sample = nl_u32(attr[FASTDROP_A_SAMPLE]),
		.queues = nl_u32(attr[FASTDROP_A_QUEUES]),
		.generation = nl_u32(attr[FASTDROP_A_GENERATION]),
		.confirm = nl_u32(attr[FASTDROP_A_CONFIRM]),
		.rules = nl_u32(attr[FASTDROP_A_RULES]),
		.sets = nl_u32(attr[FASTDROP_A_SETS]),
		.prefixes = nl_u32(attr[FASTDROP_A_PREFIXES]),
	};

	snprintf(port.name, sizeof(port.name), "%s", nl_string(attr[FASTDROP_A_IFNAME]));
	snprintf(port.hook, sizeof(port.hook), "%s", nl_string(attr[FASTDROP_A_HOOK]));
	snprintf(port.hook_reason, sizeof(port.hook_reason), "%s",
		 nl_string(attr[FASTDROP_A_HOOK_REASON]));
	snprintf(port.xdp_mode, sizeof(port.xdp_mode), "%s",
		 nl_string(attr[FASTDROP_A_XDP_MODE]));
	return port;
}

static void reset_ports(void *arg)
{
	struct ports *ports = arg;

	free(ports->port);
	*ports = (struct ports){ };
}

static int add_port(const struct nl_answer *answer, void *arg)
{
	struct ports *ports = arg;

	ports->port = need(realloc(ports->port, (ports->count + 1) * sizeof(*ports->port)));
	ports->port[ports->count++] = state_port_of(answer);
	return 0;
}

int state_ports(struct nl *nl, struct ports *ports)
{
	*ports = (struct ports){ };
	nl_begin(nl, FASTDROP_CMD_DEV_GET);
	return nl_dump(nl, reset_ports, add_port, ports);
}

static int note_port(const struct nl_answer *answer, void *arg)
{
	*(struct port *)arg = state_port_of(answer);
	return 0;
}

int state_port(struct nl *nl, const char *name, struct port *port)
{
	*port = (struct port){ };
	nl_begin(nl, FASTDROP_CMD_DEV_GET);
	nl_put_string(nl, FASTDROP_A_IFNAME, name);
	return nl_send(nl, note_port, port);
}

void state_rules_free(struct rule_states *rules)
{
	u32 i;

	for (i = 0; i < rules->count; i++)
		free(rules->rule[i].text);
	free(rules->rule);
	free(rules->queue);
	*rules = (struct rule_states){ };
}

static void reset_rules(void *arg)
{
	state_rules_free(arg);
}

static void add_rule(struct rule_states *rules, const struct nlattr * const *attr)
{
	if (rules->count == rules->room) {
		rules->room = rules->room ? 2 * rules->room : FIRST_ROOM;
		rules->rule = need(realloc(rules->rule, rules->room * sizeof(*rules->rule)));
	}
	rules->rule[rules->count++] = (struct rule_state){
		.text = need(strdup(nl_string(attr[FASTDROP_A_RULE]))),
		.id = nl_u32(attr[FASTDROP_A_RULE_ID]),
		.own = attr[FASTDROP_A_OWN],
		.expires = nl_u32(attr[FASTDROP_A_EXPIRES]),
		.hits = count_of(attr[FASTDROP_A_HITS]),
	};
}

static void add_queue(struct rule_states *rules, const struct nlattr * const *attr)
{
	rules->queue = need(realloc(rules->queue, (rules->queues + 1) * sizeof(*rules->queue)));
	rules->queue[rules->queues++] = (struct queue_state){
		.queue = nl_u32(attr[FASTDROP_A_QUEUE]),
		.seen = count_of(attr[FASTDROP_A_SEEN]),
		.passed = count_of(attr[FASTDROP_A_PASSED]),
		.dropped = count_of(attr[FASTDROP_A_DROPPED]),
		.diverted = count_of(attr[FASTDROP_A_DIVERTED]),
		.would_drop = count_of(attr[FASTDROP_A_WOULD_DROP]),
		.truncated = count_of(attr[FASTDROP_A_TRUNCATED]),
		.malformed = count_of(attr[FASTDROP_A_MALFORMED]),
		.too_many_headers = count_of(attr[FASTDROP_A_TOO_MANY_HEADERS]),
		.sampled = count_of(attr[FASTDROP_A_SAMPLED]),
		.ring_lost = count_of(attr[FASTDROP_A_RING_LOST]),
	};
}

static int add_state(const struct nl_answer *answer, void *arg)
{
	struct rule_states *rules = arg;

	if (answer->attr[FASTDROP_A_GENERATION])
		rules->generation = nl_u32(answer->attr[FASTDROP_A_GENERATION]);
	if (answer->attr[FASTDROP_A_RULE])
		add_rule(rules, answer->attr);
	else if (answer->attr[FASTDROP_A_QUEUE])
		add_queue(rules, answer->attr);
	return 0;
}

int state_rules(struct nl *nl, u32 ifindex, bool with_queues, struct rule_states *rules)
{
	*rules = (struct rule_states){ };
	nl_begin(nl, with_queues ? FASTDROP_CMD_STATS_GET : FASTDROP_CMD_RULE_GET);
	nl_put_u32(nl, FASTDROP_A_IFINDEX, ifindex);
	return nl_dump(nl, reset_rules, add_state, rules);
}

static void reset_sets(void *arg)
{
	*(struct set_states *)arg = (struct set_states){ };
}

static int add_set(const struct nl_answer *answer, void *arg)
{
	struct set_states *sets = arg;
	struct set_state *set;

	if (!answer->attr[FASTDROP_A_SET] || sets->count == FDROP_SETS)
		return 0;
	set = &sets->set[sets->count++];
	snprintf(set->name, sizeof(set->name), "%s", nl_string(answer->attr[FASTDROP_A_SET]));
	set->prefixes = nl_u32(answer->attr[FASTDROP_A_PREFIXES]);
	sets->generation = nl_u32(answer->attr[FASTDROP_A_GENERATION]);
	return 0;
}

int state_sets(struct nl *nl, u32 ifindex, struct set_states *sets)
{
	reset_sets(sets);
	nl_begin(nl, FASTDROP_CMD_SET_GET);
	nl_put_u32(nl, FASTDROP_A_IFINDEX, ifindex);
	return nl_dump(nl, reset_sets, add_set, sets);
}

static void reset_elements(void *arg)
{
	fdrop_set_free(((struct elements *)arg)->set);
}

static u64 first_bits(const u8 addr[8])
{
	u64 bits = 0;
	int i;

	for (i = 0; i < 8; i++)
		bits = bits << 8 | addr[i];
	return bits;
}

static int add_elements(const struct nl_answer *answer, void *arg)
{
	const struct fastdrop_prefix4 *v4;
	const struct fastdrop_prefix6 *v6;
	struct elements *elements = arg;
	struct fdrop_prefix prefix;
	u32 n;

	v4 = nl_array(answer->attr[FASTDROP_A_PREFIXES4], sizeof(*v4), &n);
	for (; n && !elements->err; n--, v4++) {
		prefix = (struct fdrop_prefix){
			.hi = (u64)be32_to_cpu(v4->addr) << 32, .length = v4->length,
		};
		elements->err = fdrop_set_add(elements->set, &prefix);
	}
	v6 = nl_array(answer->attr[FASTDROP_A_PREFIXES6], sizeof(*v6), &n);
	for (; n && !elements->err; n--, v6++) {
		prefix = (struct fdrop_prefix){
			.hi = first_bits(v6->addr), .lo = first_bits(v6->addr + 8),
			.length = v6->length, .is_ip6 = true,
		};
		elements->err = fdrop_set_add(elements->set, &prefix);
	}
	return 0;
}

int state_elements(struct nl *nl, u32 ifindex, struct fdrop_set *set)
{
	struct elements elements = { .set = set };
	int err;

	nl_begin(nl, FASTDROP_CMD_ELEMENT_GET);
	nl_put_u32(nl, FASTDROP_A_IFINDEX, ifindex);
	nl_put_string(nl, FASTDROP_A_SET, set->name);
	err = nl_dump(nl, reset_elements, add_elements, &elements);
	if (err)
		return err;
	if (elements.err || fdrop_set_finish(set))
		fail("no memory");
	return 0;
}

bool state_is_ssh(const char *rule)
{
	size_t n = strlen(rule), end = strlen(SSH_COMMENT);

	return n > end && !strcmp(rule + n - end, SSH_COMMENT);
}

bool state_is_saved(const struct rule_state *rule)
{
	return !rule->own && !state_is_ssh(rule->text);
}

static void add_count(struct count *sum, const struct count *count)
{
	sum->packets += count->packets;
	sum->bytes += count->bytes;
}

struct queue_state state_sum(const struct rule_states *states)
{
	struct queue_state sum = { };
	const struct queue_state *q;

	for (q = states->queue; q < states->queue + states->queues; q++) {
		add_count(&sum.seen, &q->seen);
		add_count(&sum.passed, &q->passed);
		add_count(&sum.dropped, &q->dropped);
		add_count(&sum.diverted, &q->diverted);
		add_count(&sum.would_drop, &q->would_drop);
		add_count(&sum.truncated, &q->truncated);
		add_count(&sum.malformed, &q->malformed);
		add_count(&sum.too_many_headers, &q->too_many_headers);
		add_count(&sum.sampled, &q->sampled);
		add_count(&sum.ring_lost, &q->ring_lost);
	}
	return sum;
}
