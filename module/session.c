// SPDX-License-Identifier: GPL-2.0
#include "session.h"

#include <linux/netlink.h>
#include <linux/notifier.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "draft.h"
#include "error.h"
#include "port.h"

/*
 * A request is answered by the thread that sent it, before it goes on: of one
 * socket and one thread there is one sentence at a time.
 */
struct refusal {
	struct list_head list;
	const struct task_struct *task;	/* only compared */
	struct fdrop_error error;
};

/* Guards the list of sessions, and their refusals. */
static DEFINE_MUTEX(sessions_lock);
static LIST_HEAD(sessions);

static struct fdrop_session *find_or_add(struct sock *sk, u32 portid)
{
	struct fdrop_session *session;

	lockdep_assert_held(&sessions_lock);
	list_for_each_entry(session, &sessions, list)
		if (session->sk == sk)
			return session;
	session = kzalloc(sizeof(*session), GFP_KERNEL);
	if (!session)
		return NULL;
	sock_hold(sk);
	session->sk = sk;
	session->portid = portid;
	mutex_init(&session->lock);
	INIT_LIST_HEAD(&session->refusals);
	list_add(&session->list, &sessions);
	return session;
}

struct fdrop_session *fdrop_session_find(struct sock *sk, u32 portid)
{
	struct fdrop_session *session;

	mutex_lock(&sessions_lock);
	session = find_or_add(sk, portid);
	mutex_unlock(&sessions_lock);
	return session;
}

static struct refusal *find_refusal(struct fdrop_session *session)
{
	struct refusal *refusal;

	list_for_each_entry(refusal, &session->refusals, list)
		if (refusal->task == current)
			return refusal;
	refusal = kzalloc(sizeof(*refusal), GFP_KERNEL);
	if (!refusal)
		return NULL;
	refusal->task = current;
	list_add(&refusal->list, &session->refusals);
	return refusal;
}

struct fdrop_error *fdrop_session_refusal(struct sock *sk, u32 portid)
{
	struct fdrop_session *session;
	struct refusal *refusal = NULL;

	mutex_lock(&sessions_lock);
	session = find_or_add(sk, portid);
	if (session)
		refusal = find_refusal(session);
	mutex_unlock(&sessions_lock);
	return refusal ? &refusal->error : NULL;
}

void fdrop_session_end_draft(struct fdrop_session *session, bool committed)
{
	if (!committed)
		fdrop_draft_abort(session->draft);
	fdrop_port_put(session->port);
	session->draft = NULL;
	session->port = NULL;
	session->is_spoiled = false;
}

/* Of a session that is off the list, and that no request uses. */
static void destroy(struct fdrop_session *session)
{
	struct refusal *refusal, *next;

	if (session->draft)
		fdrop_session_end_draft(session, false);
	list_for_each_entry_safe(refusal, next, &session->refusals, list)
		kfree(refusal);
	mutex_destroy(&session->lock);
	sock_put(session->sk);
	kfree(session);
}

/*
 * Takes the session of a socket that is being closed off the list. Its port id may
 * have another owner already, who is alive.
 */
static struct fdrop_session *take_dead(const struct netlink_notify *n)
{
	struct fdrop_session *session;

	lockdep_assert_held(&sessions_lock);
	list_for_each_entry(session, &sessions, list) {
		if (session->portid != n->portid || !net_eq(sock_net(session->sk), n->net) ||
		    !sock_flag(session->sk, SOCK_DEAD))
			continue;
		list_del(&session->list);
		return session;
	}
	return NULL;
}

static int netlink_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	const struct netlink_notify *n = ptr;
	struct fdrop_session *session;

	if (event != NETLINK_URELEASE || n->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;
	mutex_lock(&sessions_lock);
	session = take_dead(n);
	mutex_unlock(&sessions_lock);
	if (session)
		destroy(session);
	return NOTIFY_DONE;
}

static struct notifier_block netlink_nb = {
	.notifier_call = netlink_event,
};

int fdrop_session_init(void)
{
	return netlink_register_notifier(&netlink_nb);
}

void fdrop_session_exit(void)
{
	struct fdrop_session *session, *next;

	netlink_unregister_notifier(&netlink_nb);
	list_for_each_entry_safe(session, next, &sessions, list)
		destroy(session);
}
