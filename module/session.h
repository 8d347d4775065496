/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is kept of a netlink socket, from its first request until it is closed: its
 * draft, and the sentences with which it was refused something.
 *
 * A session is its socket's, which it holds: another that gets the same port id has
 * another session. A socket is not closed while a request of it is under way, so
 * a session that was found lives until that has been answered.
 */
#ifndef FDROP_SESSION_H
#define FDROP_SESSION_H

#include <linux/list.h>
#include <linux/mutex.h>

struct fdrop_draft;
struct fdrop_error;
struct fdrop_port;
struct sock;

/**
 * struct fdrop_session - what is kept of a netlink socket
 * @list: among all
 * @sk: the socket
 * @portid: its port id
 * @lock: guards the three behind it; comes before a ruleset's lock, never with RTNL
 * @draft: what it is changing, or NULL
 * @port: what that is the draft of
 * @is_spoiled: a change of the draft was refused: nothing is left but to abort it
 * @refusals: a sentence for each thread that was refused something
 */
struct fdrop_session {
	struct list_head list;
	struct sock *sk;
	u32 portid;
	struct mutex lock;	/* of the draft */
	struct fdrop_draft *draft;
	struct fdrop_port *port;
	bool is_spoiled;
	struct list_head refusals;
};

/**
 * fdrop_session_find() - the session of a socket, which may be a new one
 * @sk: the socket
 * @portid: its port id
 *
 * Context: in a request of that socket. May sleep.
 * Return: the session, or NULL if there is no memory.
 */
struct fdrop_session *fdrop_session_find(struct sock *sk, u32 portid);

/* Where the sentence for a refusal goes: it stays until the request is answered. Or NULL. */
struct fdrop_error *fdrop_session_refusal(struct sock *sk, u32 portid);

/* The session's draft is over: it was committed, or is aborted here. With the lock held. */
void fdrop_session_end_draft(struct fdrop_session *session, bool committed);

int fdrop_session_init(void);
void fdrop_session_exit(void);

#endif /* FDROP_SESSION_H */
