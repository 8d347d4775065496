// SPDX-License-Identifier: GPL-2.0
#include "netlink.h"

#include <linux/err.h>
#include <linux/rtnetlink.h>
#include <linux/string.h>

#include "draft.h"
#include "engine/rule_list.h"
#include "error.h"
#include "generation.h"
#include "hook.h"
#include "netlink_msg.h"
#include "port.h"
#include "session.h"

/*
 * Every operation takes these attributes and no other: what a policy does not
 * name is refused.
 */
#define PORT_POLICY \
	[FASTDROP_A_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1), \
	[FASTDROP_A_IFNAME] = { .type = NLA_NUL_STRING, .len = IFNAMSIZ - 1 }

static const struct nla_policy port_policy[] = {
	PORT_POLICY,
};

static const struct nla_policy dev_new_policy[] = {
	PORT_POLICY,
	[FASTDROP_A_HOOK] = { .type = NLA_NUL_STRING },
	[FASTDROP_A_DRYRUN] = NLA_POLICY_MAX(NLA_U8, 1),
	[FASTDROP_A_PROTECT] = NLA_POLICY_MAX(NLA_U8, 1),
};

static const struct nla_policy dev_set_policy[] = {
	PORT_POLICY,
	[FASTDROP_A_ENABLED] = NLA_POLICY_MAX(NLA_U8, 1),
	[FASTDROP_A_DRYRUN] = NLA_POLICY_MAX(NLA_U8, 1),
	[FASTDROP_A_PROTECT] = NLA_POLICY_MAX(NLA_U8, 1),
};

static const struct nla_policy element_get_policy[] = {
	PORT_POLICY,
	[FASTDROP_A_SET] = { .type = NLA_NUL_STRING },
};

static const struct nla_policy expected_policy[] = {
	PORT_POLICY,
	[FASTDROP_A_EXPECTED] = { .type = NLA_U32 },
};

static const struct nla_policy rule_policy[] = {
	[FASTDROP_A_RULE] = { .type = NLA_NUL_STRING },
};

static const struct nla_policy rule_del_policy[] = {
	[FASTDROP_A_RULE_ID] = { .type = NLA_U32 },
};

static const struct nla_policy set_policy[] = {
	[FASTDROP_A_SET] = { .type = NLA_NUL_STRING },
};

static const struct nla_policy element_policy[] = {
	[FASTDROP_A_SET] = { .type = NLA_NUL_STRING },
	[FASTDROP_A_PREFIXES4] = { .type = NLA_BINARY },
	[FASTDROP_A_PREFIXES6] = { .type = NLA_BINARY },
};

static const struct nla_policy commit_policy[] = {
	[FASTDROP_A_CONFIRM] = { .type = NLA_U32 },
};

/* Operations without attributes have this one, and so take none. */
static const struct nla_policy no_policy[] = {
	[FASTDROP_A_PAD] = { .type = NLA_REJECT },
};

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

static int refuse(struct sk_buff *skb, struct genl_info *info, const struct fdrop_error *error,
		  int err)
{
	return fdrop_netlink_refuse(skb, info->extack, error, err);
}

static int get_ifindex(struct nlattr **attrs)
{
	return attrs[FASTDROP_A_IFINDEX] ? nla_get_u32(attrs[FASTDROP_A_IFINDEX]) : 0;
}

static const char *get_ifname(struct nlattr **attrs)
{
	return attrs[FASTDROP_A_IFNAME] ? nla_data(attrs[FASTDROP_A_IFNAME]) : NULL;
}

static int check_names_device(struct nlattr **attrs, struct fdrop_error *error)
{
	if (attrs[FASTDROP_A_IFINDEX] || attrs[FASTDROP_A_IFNAME])
		return 0;
	fdrop_error_set(error, "say which device, by its index or name");
	return -EINVAL;
}

static void blame_device(struct nlattr **attrs, struct netlink_ext_ack *extack)
{
	NL_SET_BAD_ATTR(extack, attrs[FASTDROP_A_IFINDEX] ?: attrs[FASTDROP_A_IFNAME]);
}

struct fdrop_port *fdrop_netlink_find_port(const struct net *net, struct nlattr **attrs,
					   struct netlink_ext_ack *extack,
					   struct fdrop_error *error)
{
	int ifindex = get_ifindex(attrs), err;
	const char *name = get_ifname(attrs);
	struct fdrop_port *port;

	err = check_names_device(attrs, error);
	if (err)
		return ERR_PTR(err);
	port = fdrop_port_get(net, ifindex, ifindex ? NULL : name);
	if (port)
		return port;
	blame_device(attrs, extack);
	if (ifindex)
		fdrop_error_set(error, "the device with index %u is not protected", ifindex);
	else
		fdrop_error_set(error, "%s is not protected", name);
	return ERR_PTR(-ENODEV);
}

/* Called under RTNL. */
static struct net_device *find_device(struct genl_info *info, struct fdrop_error *error)
{
	struct net *net = genl_info_net(info);
	const char *name = get_ifname(info->attrs);
	int ifindex = get_ifindex(info->attrs), err;
	struct net_device *dev;

	err = check_names_device(info->attrs, error);
	if (err)
		return ERR_PTR(err);
	dev = ifindex ? __dev_get_by_index(net, ifindex) : __dev_get_by_name(net, name);
	if (dev)
		return dev;
	blame_device(info->attrs, info->extack);
	if (ifindex)
		fdrop_error_set(error, "there is no device with index %u in this network namespace",
				ifindex);
	else
		fdrop_error_set(error, "there is no device \"%s\" in this network namespace",
				name);
	return ERR_PTR(-ENODEV);
}

static bool get_flag(struct genl_info *info, int type, bool otherwise)
{
	return info->attrs[type] ? nla_get_u8(info->attrs[type]) : otherwise;
}

static int check_hook(struct genl_info *info, struct fdrop_error *error)
{
	const struct nlattr *attr = info->attrs[FASTDROP_A_HOOK];

	if (!attr || !strcmp(nla_data(attr), fdrop_hook_rx.name))
		return 0;
	NL_SET_BAD_ATTR(info->extack, attr);
	fdrop_error_set(error, "there is no hook \"%.40s\": it can be rx", (char *)nla_data(attr));
	return -EINVAL;
}

/* Called under RTNL. */
static int add_port(struct genl_info *info, struct fdrop_error *error)
{
	struct fdrop_port_options options = {
		.dryrun = get_flag(info, FASTDROP_A_DRYRUN, false),
		.protect = get_flag(info, FASTDROP_A_PROTECT, true),
	};
	struct fdrop_rule_list list = { 0 };
	struct net_device *dev;
	int err;

	err = check_hook(info, error);
	if (err)
		return err;
	dev = find_device(info, error);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	err = fdrop_port_add(dev, &list, &options, error);
	if (err)
		blame_device(info->attrs, info->extack);
	fdrop_rule_list_free(&list);
	return err;
}

static int dev_new(struct sk_buff *skb, struct genl_info *info)
{
	struct fdrop_error error;
	int err;

	rtnl_lock();
	err = add_port(info, &error);
	rtnl_unlock();
	return err ? refuse(skb, info, &error, err) : 0;
}

static int dev_del(struct sk_buff *skb, struct genl_info *info)
{
	struct fdrop_error error;
	struct net_device *dev;
	int err;

	rtnl_lock();
	dev = find_device(info, &error);
	err = IS_ERR(dev) ? PTR_ERR(dev) : fdrop_port_del(dev, &error);
	if (err)
		blame_device(info->attrs, info->extack);
	rtnl_unlock();
	return err ? refuse(skb, info, &error, err) : 0;
}

static int answer_port(struct fdrop_port *port, struct genl_info *info)
{
	struct sk_buff *skb = genlmsg_new(FDROP_MSG_PORT, GFP_KERNEL);
	int err = -ENODEV;

	if (!skb)
		return -ENOMEM;
	mutex_lock(&port->rules.lock);
	if (!port->rules.gone)
		err = fdrop_msg_port(skb, port, FASTDROP_CMD_DEV_GET, info->snd_portid,
				     info->snd_seq, 0);
	mutex_unlock(&port->rules.lock);
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	return genlmsg_reply(skb, info);
}

/* For everyone: nothing is kept of a socket that may be anybody's. */
static int dev_get(struct sk_buff *skb, struct genl_info *info)
{
	struct fdrop_error error;
	struct fdrop_port *port;
	int err;

	port = fdrop_netlink_find_port(genl_info_net(info), info->attrs, info->extack, &error);
	if (IS_ERR(port)) {
		NL_SET_ERR_MSG(info->extack, "this is no device that is protected");
		return PTR_ERR(port);
	}
	err = answer_port(port, info);
	fdrop_port_put(port);
	return err;
}

/* What may be refused comes first. */
static int set_port(struct fdrop_port *port, struct genl_info *info, struct fdrop_error *error)
{
	bool protects;
	int err;

	mutex_lock(&port->rules.lock);
	protects = fdrop_ruleset_protects(&port->rules);
	mutex_unlock(&port->rules.lock);
	if (get_flag(info, FASTDROP_A_PROTECT, protects) != protects) {
		err = fdrop_ruleset_set_protect(&port->rules, !protects, error);
		if (err) {
			NL_SET_BAD_ATTR(info->extack, info->attrs[FASTDROP_A_PROTECT]);
			return err;
		}
	}
	if (info->attrs[FASTDROP_A_ENABLED])
		fdrop_port_set_enabled(port, get_flag(info, FASTDROP_A_ENABLED, true));
	if (info->attrs[FASTDROP_A_DRYRUN])
		fdrop_port_set_dryrun(port, get_flag(info, FASTDROP_A_DRYRUN, false));
	return 0;
}

/* The port that a request names is given to @act. */
static int with_port(struct sk_buff *skb, struct genl_info *info,
		     int (*act)(struct fdrop_port *port, struct genl_info *info,
				struct fdrop_error *error))
{
	struct fdrop_error error;
	struct fdrop_port *port;
	int err;

	port = fdrop_netlink_find_port(genl_info_net(info), info->attrs, info->extack, &error);
	if (IS_ERR(port))
		return refuse(skb, info, &error, PTR_ERR(port));
	err = act(port, info, &error);
	fdrop_port_put(port);
	return err ? refuse(skb, info, &error, err) : 0;
}

static int dev_set(struct sk_buff *skb, struct genl_info *info)
{
	return with_port(skb, info, set_port);
}

static u32 get_u32(struct genl_info *info, int type)
{
	return info->attrs[type] ? nla_get_u32(info->attrs[type]) : 0;
}

static void blame_expected(struct genl_info *info, int err)
{
	if (err == -ESTALE)
		NL_SET_BAD_ATTR(info->extack, info->attrs[FASTDROP_A_EXPECTED]);
}

static int confirm_port(struct fdrop_port *port, struct genl_info *info, struct fdrop_error *error)
{
	int err = fdrop_ruleset_confirm(&port->rules, get_u32(info, FASTDROP_A_EXPECTED), error);

	blame_expected(info, err);
	return err;
}

static int confirm(struct sk_buff *skb, struct genl_info *info)
{
	return with_port(skb, info, confirm_port);
}

static int roll_back_port(struct fdrop_port *port, struct genl_info *info,
			  struct fdrop_error *error)
{
	int err = fdrop_ruleset_rollback(&port->rules, get_u32(info, FASTDROP_A_EXPECTED), error);

	blame_expected(info, err);
	return err;
}

static int roll_back(struct sk_buff *skb, struct genl_info *info)
{
	return with_port(skb, info, roll_back_port);
}

/* The session of the socket, locked; NULL if there is no memory. */
static struct fdrop_session *lock_session(struct sk_buff *skb)
{
	struct fdrop_session *session;

	session = fdrop_session_find(NETLINK_CB(skb).sk, NETLINK_CB(skb).portid);
	if (session)
		mutex_lock(&session->lock);
	return session;
}

/* An answer that tells a generation. It is made before what cannot be undone. */
static struct sk_buff *new_answer(struct genl_info *info, u8 cmd, void **header)
{
	struct sk_buff *skb = genlmsg_new(nla_total_size(sizeof(u32)), GFP_KERNEL);

	if (!skb)
		return NULL;
	*header = genlmsg_put_reply(skb, info, &fdrop_genl_family, 0, cmd);
	if (*header)
		return skb;
	nlmsg_free(skb);
	return NULL;
}

static int answer(struct genl_info *info, struct sk_buff *skb, void *header, u32 number)
{
	if (nla_put_u32(skb, FASTDROP_A_GENERATION, number)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return genlmsg_reply(skb, info);
}

static int begin_draft(struct fdrop_session *session, struct genl_info *info, u32 *number,
		       struct fdrop_error *error)
{
	struct fdrop_draft *draft;
	struct fdrop_port *port;

	if (session->draft) {
		fdrop_error_set(error, "this socket has a transaction already: commit or abort it");
		return -EBUSY;
	}
	port = fdrop_netlink_find_port(genl_info_net(info), info->attrs, info->extack, error);
	if (IS_ERR(port))
		return PTR_ERR(port);
	draft = fdrop_draft_begin(&port->rules, get_u32(info, FASTDROP_A_EXPECTED), error);
	if (IS_ERR(draft)) {
		blame_expected(info, PTR_ERR(draft));
		fdrop_port_put(port);
		return PTR_ERR(draft);
	}
	session->draft = draft;
	session->port = port;
	/* As long as there is a draft, it stays. */
	*number = READ_ONCE(port->rules.number);
	return 0;
}

static int begin(struct sk_buff *skb, struct genl_info *info)
{
	struct fdrop_session *session;
	struct fdrop_error error;
	struct sk_buff *reply;
	void *header;
	u32 number;
	int err;

	reply = new_answer(info, FASTDROP_CMD_BEGIN, &header);
	if (!reply)
		return -ENOMEM;
	session = lock_session(skb);
	if (!session) {
		nlmsg_free(reply);
		return -ENOMEM;
	}
	err = begin_draft(session, info, &number, &error);
	mutex_unlock(&session->lock);
	if (!err)
		return answer(info, reply, header, number);
	nlmsg_free(reply);
	return refuse(skb, info, &error, err);
}

/* A change of the draft that the socket has. */
typedef int (*change_fn)(struct fdrop_draft *draft, struct genl_info *info,
			 struct fdrop_error *error);

static int no_draft(struct fdrop_error *error)
{
	fdrop_error_set(error, "this socket has no transaction: begin one first");
	return -EINVAL;
}

/* Whether there is a draft that may be changed, or committed. */
static int check_draft(const struct fdrop_session *session, struct fdrop_error *error)
{
	if (!session->draft)
		return no_draft(error);
	if (session->is_spoiled) {
		fdrop_error_set(error, "a request of this transaction was refused: abort it, and begin anew");
		return -ECANCELED;
	}
	return 0;
}

static int change(struct sk_buff *skb, struct genl_info *info, change_fn fn)
{
	struct fdrop_session *session = lock_session(skb);
	struct fdrop_error error;
	int err;

	if (!session)
		return -ENOMEM;
	err = check_draft(session, &error);
	if (!err) {
		err = fn(session->draft, info, &error);
		session->is_spoiled = err;
	}
	mutex_unlock(&session->lock);
	return err ? refuse(skb, info, &error, err) : 0;
}

static int missing(struct fdrop_error *error, const char *what)
{
	fdrop_error_set(error, "the request has no %s", what);
	return -EINVAL;
}

/* Every rule of a request, or none: @one is for each, and says nothing of itself. */
static int change_rules(struct fdrop_draft *draft, struct genl_info *info,
			int (*one)(struct fdrop_draft *draft, const char *text, size_t length,
				   struct fdrop_error *error),
			struct fdrop_error *error)
{
	const struct nlattr *attr;
	int err, rem;

	if (!info->attrs[FASTDROP_A_RULE])
		return missing(error, "rule");
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		err = one(draft, nla_data(attr), nla_len(attr) - 1, error);
		if (err) {
			NL_SET_BAD_ATTR(info->extack, attr);
			return err;
		}
	}
	return 0;
}

static int add_rules(struct fdrop_draft *draft, struct genl_info *info, struct fdrop_error *error)
{
	return change_rules(draft, info, fdrop_draft_add, error);
}

static int rule_new(struct sk_buff *skb, struct genl_info *info)
{
	return change(skb, info, add_rules);
}

static int replace_rules(struct fdrop_draft *draft, struct genl_info *info,
			 struct fdrop_error *error)
{
	return change_rules(draft, info, fdrop_draft_replace, error);
}

static int rule_replace(struct sk_buff *skb, struct genl_info *info)
{
	return change(skb, info, replace_rules);
}

static int del_rules(struct fdrop_draft *draft, struct genl_info *info, struct fdrop_error *error)
{
	const struct nlattr *attr;
	int err, rem;

	if (!info->attrs[FASTDROP_A_RULE_ID])
		return missing(error, "id of a rule");
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		err = fdrop_draft_del(draft, nla_get_u32(attr), error);
		if (err) {
			NL_SET_BAD_ATTR(info->extack, attr);
			return err;
		}
	}
	return 0;
}

static int rule_del(struct sk_buff *skb, struct genl_info *info)
{
	return change(skb, info, del_rules);
}

static int flush_rules(struct fdrop_draft *draft, struct genl_info *info,
		       struct fdrop_error *error)
{
	fdrop_draft_flush(draft);
	return 0;
}

static int rule_flush(struct sk_buff *skb, struct genl_info *info)
{
	return change(skb, info, flush_rules);
}

/* The name of the set that a request is about is given to @fn. */
static int change_set(struct fdrop_draft *draft, struct genl_info *info,
		      int (*fn)(struct fdrop_draft *draft, const char *name,
				struct fdrop_error *error),
		      struct fdrop_error *error)
{
	const struct nlattr *attr = info->attrs[FASTDROP_A_SET];
	int err;

	if (!attr)
		return missing(error, "set");
	err = fn(draft, nla_data(attr), error);
	if (err)
		NL_SET_BAD_ATTR(info->extack, attr);
	return err;
}

static int new_set(struct fdrop_draft *draft, struct genl_info *info, struct fdrop_error *error)
{
	return change_set(draft, info, fdrop_draft_set_new, error);
}

static int set_new(struct sk_buff *skb, struct genl_info *info)
{
	return change(skb, info, new_set);
}

static int del_set(struct fdrop_draft *draft, struct genl_info *info, struct fdrop_error *error)
{
	return change_set(draft, info, fdrop_draft_set_del, error);
}

static int set_del(struct sk_buff *skb, struct genl_info *info)
{
	return change(skb, info, del_set);
}

static int flush_set(struct fdrop_draft *draft, struct genl_info *info, struct fdrop_error *error)
{
	return change_set(draft, info, fdrop_draft_set_flush, error);
}

static int set_flush(struct sk_buff *skb, struct genl_info *info)
{
	return change(skb, info, flush_set);
}

static int add_prefix(struct fdrop_set *part, const struct fdrop_prefix *prefix, bool is_clean,
		      struct fdrop_error *error)
{
	const u32 most = prefix->is_ip6 ? 128 : 32;
	int err;

	if (prefix->length > most) {
		fdrop_error_set(error, "a prefix has %u bits, and %u is the limit",
				prefix->length, most);
		return -EINVAL;
	}
	if (!is_clean || !fdrop_prefix_is_clean(prefix)) {
		fdrop_error_set(error, "a prefix has bits set behind its length, or in what is reserved");
		return -EINVAL;
	}
	err = fdrop_set_add(part, prefix);
	if (err)
		fdrop_error_set(error, "no memory for the prefixes");
	return err;
}

static int read_prefixes4(struct fdrop_set *part, const struct nlattr *attr,
			  struct fdrop_error *error)
{
	const struct fastdrop_prefix4 *v = nla_data(attr);
	u32 i, n = nla_len(attr) / sizeof(*v);
	int err = 0;

	for (i = 0; !err && i < n; i++)
		err = add_prefix(part, &(struct fdrop_prefix){
				 .hi = (u64)be32_to_cpu(v[i].addr) << 32, .length = v[i].length },
				 !memchr_inv(v[i].reserved, 0, sizeof(v[i].reserved)), error);
	return err;
}

/* Attributes are aligned to 4 bytes. */
static u64 load64(const u8 *p)
{
	__be64 v;

	memcpy(&v, p, sizeof(v));
	return be64_to_cpu(v);
}

static int read_prefixes6(struct fdrop_set *part, const struct nlattr *attr,
			  struct fdrop_error *error)
{
	const struct fastdrop_prefix6 *v = nla_data(attr);
	u32 i, n = nla_len(attr) / sizeof(*v);
	int err = 0;

	for (i = 0; !err && i < n; i++)
		err = add_prefix(part, &(struct fdrop_prefix){
				 .hi = load64(v[i].addr),
				 .lo = load64(v[i].addr + 8),
				 .length = v[i].length, .is_ip6 = true },
				 !memchr_inv(v[i].reserved, 0, sizeof(v[i].reserved)), error);
	return err;
}

static int read_elements(struct fdrop_set *part, const struct nlattr *attr,
			 struct fdrop_error *error)
{
	const bool is_ip6 = nla_type(attr) == FASTDROP_A_PREFIXES6;
	const size_t size = is_ip6 ? sizeof(struct fastdrop_prefix6) :
				     sizeof(struct fastdrop_prefix4);

	if (nla_len(attr) % size) {
		fdrop_error_set(error, "%u bytes are no array of prefixes of %zu bytes",
				nla_len(attr), size);
		return -EINVAL;
	}
	return is_ip6 ? read_prefixes6(part, attr, error) : read_prefixes4(part, attr, error);
}

/* All prefixes of a request. */
static int read_part(struct fdrop_set *part, struct genl_info *info, struct fdrop_error *error)
{
	const struct nlattr *attr;
	int err, rem;

	if (!info->attrs[FASTDROP_A_SET])
		return missing(error, "set");
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) == FASTDROP_A_SET)
			continue;
		err = read_elements(part, attr, error);
		if (err) {
			NL_SET_BAD_ATTR(info->extack, attr);
			return err;
		}
	}
	return 0;
}

static int add_elements(struct fdrop_draft *draft, struct genl_info *info,
			struct fdrop_error *error)
{
	struct fdrop_set part = { "" };
	int err = read_part(&part, info, error);

	if (!err)
		err = fdrop_draft_set_fill(draft, nla_data(info->attrs[FASTDROP_A_SET]), &part,
					   error);
	fdrop_set_free(&part);
	return err;
}

static int element_new(struct sk_buff *skb, struct genl_info *info)
{
	return change(skb, info, add_elements);
}

static int del_elements(struct fdrop_draft *draft, struct genl_info *info,
			struct fdrop_error *error)
{
	struct fdrop_set part = { "" };
	int err = read_part(&part, info, error);

	if (!err)
		err = fdrop_draft_set_take(draft, nla_data(info->attrs[FASTDROP_A_SET]), &part,
					   error);
	fdrop_set_free(&part);
	return err;
}

static int element_del(struct sk_buff *skb, struct genl_info *info)
{
	return change(skb, info, del_elements);
}

static int commit_draft(struct fdrop_session *session, struct genl_info *info, u32 *number,
			struct fdrop_error *error)
{
	int err = check_draft(session, error);

	if (err)
		return err;
	err = fdrop_draft_commit(session->draft, get_u32(info, FASTDROP_A_CONFIRM), number, error);
	if (err)
		session->is_spoiled = true;
	else
		fdrop_session_end_draft(session, true);
	return err;
}

static int commit(struct sk_buff *skb, struct genl_info *info)
{
	struct fdrop_session *session;
	struct fdrop_error error;
	struct sk_buff *reply;
	void *header;
	u32 number;
	int err;

	reply = new_answer(info, FASTDROP_CMD_COMMIT, &header);
	session = reply ? lock_session(skb) : NULL;
	if (!session) {
		nlmsg_free(reply);
		return -ENOMEM;
	}
	err = commit_draft(session, info, &number, &error);
	mutex_unlock(&session->lock);
	if (!err)
		return answer(info, reply, header, number);
	nlmsg_free(reply);
	return refuse(skb, info, &error, err);
}

static int abort_draft(struct sk_buff *skb, struct genl_info *info)
{
	struct fdrop_session *session = lock_session(skb);
	struct fdrop_error error;
	int err = 0;

	if (!session)
		return -ENOMEM;
	if (session->draft)
		fdrop_session_end_draft(session, false);
	else
		err = no_draft(&error);
	mutex_unlock(&session->lock);
	return err ? refuse(skb, info, &error, err) : 0;
}

#define OPERATION(_cmd, _policy, ...) { \
	.cmd = FASTDROP_CMD_##_cmd, \
	.policy = _policy, \
	.maxattr = ARRAY_SIZE(_policy) - 1, \
	__VA_ARGS__ \
}

#define CHANGE(_cmd, _policy, _doit) \
	OPERATION(_cmd, _policy, .doit = _doit, .flags = GENL_ADMIN_PERM)

#define DUMP(_cmd, _policy, _dumpit) \
	OPERATION(_cmd, _policy, .start = fdrop_dump_start, .dumpit = _dumpit, \
		  .done = fdrop_dump_done, .flags = GENL_ADMIN_PERM)

static const struct genl_ops operations[] = {
	CHANGE(DEV_NEW, dev_new_policy, dev_new),
	CHANGE(DEV_DEL, port_policy, dev_del),
	OPERATION(DEV_GET, port_policy, .doit = dev_get, .dumpit = fdrop_dump_ports),
	CHANGE(DEV_SET, dev_set_policy, dev_set),
	DUMP(RULE_GET, port_policy, fdrop_dump_rules),
	DUMP(SET_GET, port_policy, fdrop_dump_sets),
	DUMP(ELEMENT_GET, element_get_policy, fdrop_dump_elements),
	DUMP(STATS_GET, port_policy, fdrop_dump_stats),
	CHANGE(BEGIN, expected_policy, begin),
	CHANGE(RULE_NEW, rule_policy, rule_new),
	CHANGE(RULE_REPLACE, rule_policy, rule_replace),
	CHANGE(RULE_DEL, rule_del_policy, rule_del),
	CHANGE(RULE_FLUSH, no_policy, rule_flush),
	CHANGE(SET_NEW, set_policy, set_new),
	CHANGE(SET_DEL, set_policy, set_del),
	CHANGE(SET_FLUSH, set_policy, set_flush),
	CHANGE(ELEMENT_NEW, element_policy, element_new),
	CHANGE(ELEMENT_DEL, element_policy, element_del),
	CHANGE(COMMIT, commit_policy, commit),
	CHANGE(ABORT, no_policy, abort_draft),
	CHANGE(CONFIRM, expected_policy, confirm),
	CHANGE(ROLLBACK, expected_policy, roll_back),
};

static const struct genl_multicast_group groups[] = {
	[FDROP_GROUP_CONFIG] = { .name = FASTDROP_GROUP_CONFIG },
	[FDROP_GROUP_EVENTS] = { .name = FASTDROP_GROUP_EVENTS },
};

struct genl_family fdrop_genl_family = {
	.name = FASTDROP_GENL_NAME,
	.version = FASTDROP_GENL_VERSION,
	.module = THIS_MODULE,
	.netnsok = true,
	.parallel_ops = true,
	.ops = operations,
	.n_ops = ARRAY_SIZE(operations),
	.resv_start_op = FASTDROP_CMD_UNSPEC + 1,
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

int fdrop_netlink_init(void)
{
	int err;

	err = fdrop_session_init();
	if (err)
		return err;
	err = genl_register_family(&fdrop_genl_family);
	if (err)
		goto exit_session;
	err = fdrop_netlink_events_init();
	if (err)
		goto unregister_family;
	return 0;

unregister_family:
	genl_unregister_family(&fdrop_genl_family);
exit_session:
	fdrop_session_exit();
	return err;
}

void fdrop_netlink_exit(void)
{
	fdrop_netlink_events_exit();
	genl_unregister_family(&fdrop_genl_family);
	fdrop_session_exit();
}
