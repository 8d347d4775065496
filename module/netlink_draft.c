// SPDX-License-Identifier: GPL-2.0
/* Operations of transactions. */
#include "netlink_msg.h"

#include <linux/err.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

#include "draft.h"
#include "error.h"
#include "port.h"
#include "session.h"

static int no_memory(struct genl_info *info)
{
	GENL_SET_ERR_MSG(info, "no memory for the request");
	return -ENOMEM;
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

/* What it tells has happened: that the answer may not arrive makes it no failure. */
static int answer(struct genl_info *info, struct sk_buff *skb, void *header, u32 number)
{
	if (nla_put_u32(skb, FASTDROP_A_GENERATION, number)) {
		nlmsg_free(skb);
		return 0;
	}
	genlmsg_end(skb, header);
	genlmsg_reply(skb, info);
	return 0;
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
	draft = fdrop_draft_begin(&port->rules, fdrop_netlink_u32(info, FASTDROP_A_EXPECTED),
				  error);
	if (IS_ERR(draft)) {
		fdrop_netlink_blame_expected(info, PTR_ERR(draft));
		fdrop_port_put(port);
		return PTR_ERR(draft);
	}
	session->draft = draft;
	session->port = port;
	/* As long as there is a draft, it stays. */
	*number = READ_ONCE(port->rules.number);
	return 0;
}

int fdrop_begin(struct sk_buff *skb, struct genl_info *info)
{
	struct fdrop_session *session;
	struct fdrop_error error;
	struct sk_buff *reply;
	void *header;
	u32 number;
	int err;

	reply = new_answer(info, FASTDROP_CMD_BEGIN, &header);
	if (!reply)
		return no_memory(info);
	session = lock_session(skb);
	if (!session) {
		nlmsg_free(reply);
		return no_memory(info);
	}
	err = begin_draft(session, info, &number, &error);
	mutex_unlock(&session->lock);
	if (!err)
		return answer(info, reply, header, number);
	nlmsg_free(reply);
	return fdrop_netlink_refuse(skb, info->extack, &error, err);
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
		return no_memory(info);
	err = check_draft(session, &error);
	if (!err && fatal_signal_pending(current)) {
		fdrop_error_set(&error, "killed");
		err = -EINTR;
	}
	if (!err) {
		err = fn(session->draft, info, &error);
		session->is_spoiled = err;
	}
	mutex_unlock(&session->lock);
	return err ? fdrop_netlink_refuse(skb, info->extack, &error, err) : 0;
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

int fdrop_rule_new(struct sk_buff *skb, struct genl_info *info)
{
	return change(skb, info, add_rules);
}

static int replace_rules(struct fdrop_draft *draft, struct genl_info *info,
			 struct fdrop_error *error)
{
	return change_rules(draft, info, fdrop_draft_replace, error);
}

int fdrop_rule_replace(struct sk_buff *skb, struct genl_info *info)
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

int fdrop_rule_del(struct sk_buff *skb, struct genl_info *info)
{
	return change(skb, info, del_rules);
}

static int flush_rules(struct fdrop_draft *draft, struct genl_info *info,
		       struct fdrop_error *error)
{
	fdrop_draft_flush(draft);
	return 0;
}

int fdrop_rule_flush(struct sk_buff *skb, struct genl_info *info)
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

int fdrop_set_new(struct sk_buff *skb, struct genl_info *info)
{
	return change(skb, info, new_set);
}

static int del_set(struct fdrop_draft *draft, struct genl_info *info, struct fdrop_error *error)
{
	return change_set(draft, info, fdrop_draft_set_del, error);
}

int fdrop_set_del(struct sk_buff *skb, struct genl_info *info)
{
	return change(skb, info, del_set);
}

static int flush_set(struct fdrop_draft *draft, struct genl_info *info, struct fdrop_error *error)
{
	return change_set(draft, info, fdrop_draft_set_flush, error);
}

int fdrop_set_flush(struct sk_buff *skb, struct genl_info *info)
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

/* The prefixes of a request are given to @fn. */
static int change_elements(struct fdrop_draft *draft, struct genl_info *info,
			   int (*fn)(struct fdrop_draft *draft, const char *name,
				     struct fdrop_set *part, struct fdrop_error *error),
			   struct fdrop_error *error)
{
	struct fdrop_set part = { "" };
	int err = read_part(&part, info, error);

	if (!err)
		err = fn(draft, nla_data(info->attrs[FASTDROP_A_SET]), &part, error);
	fdrop_set_free(&part);
	return err;
}

static int add_elements(struct fdrop_draft *draft, struct genl_info *info,
			struct fdrop_error *error)
{
	return change_elements(draft, info, fdrop_draft_set_fill, error);
}

int fdrop_element_new(struct sk_buff *skb, struct genl_info *info)
{
	return change(skb, info, add_elements);
}

static int del_elements(struct fdrop_draft *draft, struct genl_info *info,
			struct fdrop_error *error)
{
	return change_elements(draft, info, fdrop_draft_set_take, error);
}

int fdrop_element_del(struct sk_buff *skb, struct genl_info *info)
{
	return change(skb, info, del_elements);
}

static int commit_draft(struct fdrop_session *session, struct genl_info *info, u32 *number,
			struct fdrop_error *error)
{
	int err = check_draft(session, error);

	if (err)
		return err;
	err = fdrop_draft_commit(session->draft, fdrop_netlink_u32(info, FASTDROP_A_CONFIRM),
				 number, error);
	if (err)
		session->is_spoiled = true;
	else
		fdrop_session_end_draft(session, true);
	return err;
}

int fdrop_commit(struct sk_buff *skb, struct genl_info *info)
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
		return no_memory(info);
	}
	err = commit_draft(session, info, &number, &error);
	mutex_unlock(&session->lock);
	if (!err)
		return answer(info, reply, header, number);
	nlmsg_free(reply);
	return fdrop_netlink_refuse(skb, info->extack, &error, err);
}

int fdrop_abort(struct sk_buff *skb, struct genl_info *info)
{
	struct fdrop_session *session = lock_session(skb);
	struct fdrop_error error;
	int err = 0;

	if (!session)
		return no_memory(info);
	if (session->draft)
		fdrop_session_end_draft(session, false);
	else
		err = no_draft(&error);
	mutex_unlock(&session->lock);
	return err ? fdrop_netlink_refuse(skb, info->extack, &error, err) : 0;
}
