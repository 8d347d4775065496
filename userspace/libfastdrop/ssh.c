// SPDX-License-Identifier: GPL-2.0
#include "ssh.h"

#include <unistd.h>

#include "cmd.h"
#include "engine/addr.h"
#include "libfastdrop/draft.h"

#define SECONDS_A_DAY	86400

/* Both ends of a session, as sshd tells them. */
struct session {
	char client[FDROP_ADDR_TEXT + IFNAMSIZ];
	char server[FDROP_ADDR_TEXT + IFNAMSIZ];
	unsigned int client_port;
	unsigned int server_port;
};

/* Link-local addresses have a zone, which rules do not take. */
static void cut_zone(char *address)
{
	address[strcspn(address, "%")] = 0;
}

/* The whole of a file of /proc, with an end; its length, or 0. */
static size_t read_proc(unsigned int pid, const char *name, char *buffer, size_t size)
{
	char path[64];
	size_t length;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%u/%s", pid, name);
	file = fopen(path, "re");
	if (!file)
		return 0;
	length = fread(buffer, 1, size - 1, file);
	fclose(file);
	buffer[length] = 0;
	return length;
}

static unsigned int parent_of(unsigned int pid)
{
	unsigned int parent = 0;
	char stat[1024], *behind;

	/* The name in brackets may have any characters. */
	if (read_proc(pid, "stat", stat, sizeof(stat))) {
		behind = strrchr(stat, ')');
		if (!behind || sscanf(behind + 1, " %*c %u", &parent) != 1)
			parent = 0;
	}
	return parent;
}

/*
 * What sshd put into the environment. sudo and su take it out: then whoever called
 * them may have it yet.
 */
static const char *find_connection(void)
{
	static const char name[] = "SSH_CONNECTION=";
	const char *connection = getenv("SSH_CONNECTION");
	static char environment[65536];
	unsigned int pid = getpid();
	size_t length, at;

	while (!connection && (pid = parent_of(pid)) > 1) {
		length = read_proc(pid, "environ", environment, sizeof(environment));
		for (at = 0; at < length; at += strlen(environment + at) + 1)
			if (!strncmp(environment + at, name, sizeof(name) - 1))
				connection = environment + at + sizeof(name) - 1;
	}
	return connection;
}

static bool find_session(struct session *session)
{
	const char *connection = find_connection();

	if (!connection || sscanf(connection, "%61s %u %61s %u", session->client,
				  &session->client_port, session->server,
				  &session->server_port) != 4)
		return false;
	cut_zone(session->client);
	cut_zone(session->server);
	return true;
}

/* Whether what goes to the client leaves by the port's device. */
static bool goes_over(const struct port *port, const struct session *session)
{
	int family = strchr(session->client, ':') ? AF_INET6 : AF_INET;
	struct in6_addr addr;

	return inet_pton(family, session->client, &addr) == 1 &&
	       nl_route(family, &addr) == port->ifindex;
}

/* Reads one rule, and prints it in canonical form, to end in @seconds. */
static bool reprint(const char *rule, u32 seconds, char text[FDROP_RULE_TEXT])
{
	struct fdrop_text source = fdrop_text_of(rule, strlen(rule));
	struct fdrop_rule_list list = { };
	struct fdrop_text_error error;
	bool good = !fdrop_rule_list_add(&list, &source, &error) && list.count == 1;

	if (good) {
		list.rules[0].expire = seconds;
		list.rules[0].named = false;
		fdrop_rule_print(&list.rules[0], list.sets, text, FDROP_RULE_TEXT);
	}
	fdrop_rule_list_free(&list);
	return good;
}

static bool make_rule(const struct session *session, char text[FDROP_RULE_TEXT])
{
	char rule[512];

	snprintf(rule, sizeof(rule), "tcp src %s dst %s sport %u dport %u protect " SSH_COMMENT,
		 session->client, session->server, session->client_port, session->server_port);
	return reprint(rule, SECONDS_A_DAY, text);
}

/* Whether two such rules have the same addresses. */
static bool is_same_peer(const char *a, const char *b)
{
	size_t length = strstr(b, " sport ") - b;

	return !strncmp(a, b, length) && a[length] == ' ';
}

/*
 * The rules of sessions that are in force: those of this one's peer go, the others
 * stay.
 */
static int tidy(struct nl *nl, const struct port *port, const char *own, bool is_flushed)
{
	struct rule_states rules;
	const struct rule_state *r;
	char text[FDROP_RULE_TEXT];
	int err, blamed;

	err = state_rules(nl, port->ifindex, false, &rules);
	for (r = rules.rule; !err && r < rules.rule + rules.count; r++) {
		if (!state_is_ssh(r->text) || r->own)
			continue;
		if (own && is_same_peer(r->text, own)) {
			if (!is_flushed)
				err = draft_rule_ids(nl, &r->id, 1, &blamed);
		} else if (is_flushed && r->expires && reprint(r->text, r->expires, text)) {
			err = draft_rule(nl, text);
		}
	}
	state_rules_free(&rules);
	return err;
}

void ssh_protect(struct nl *nl, const struct port *port, bool is_flushed)
{
	static bool told;
	struct session session;
	char text[FDROP_RULE_TEXT];
	bool has_session;
	int err;

	has_session = find_session(&session) && goes_over(port, &session) &&
		      make_rule(&session, text);
	if (!has_session && !is_flushed)
		return;
	err = tidy(nl, port, has_session ? text : NULL, is_flushed);
	if (!err && has_session)
		err = draft_rule(nl, text);
	if (err)
		notice("ssh sessions could not be protected: %s", nl_error(nl));
	else if (has_session && !told)
		notice("your ssh session from %s is protected for a day", session.client);
	told |= has_session;
}
