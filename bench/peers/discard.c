// SPDX-License-Identifier: GPL-2.0
/*
 * discard PORT: receives datagrams, 64 at a time, and throws them away, until a signal
 * ends it. Before all others on its CPU, else it would be measured how many of them
 * are lost in front of a full socket.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
	struct sched_param first = { .sched_priority = 1 };
	struct sockaddr_in addr = { .sin_family = AF_INET };
	int s = socket(AF_INET, SOCK_DGRAM, 0), i;
	static struct mmsghdr messages[64];
	static char buffers[64][2048];
	struct iovec pieces[64];

	if (argc != 2)
		errx(2, "usage: discard PORT");
	addr.sin_port = htons(atoi(argv[1]));
	if (s < 0 || bind(s, (struct sockaddr *)&addr, sizeof(addr)) ||
	    sched_setscheduler(0, SCHED_FIFO, &first))
		err(1, "port %s", argv[1]);
	for (i = 0; i < 64; i++) {
		pieces[i] = (struct iovec){ buffers[i], sizeof(buffers[i]) };
		messages[i].msg_hdr.msg_iov = &pieces[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	puts("ready");
	fflush(stdout);
	while (recvmmsg(s, messages, 64, MSG_WAITFORONE, NULL) > 0)
		;
	err(1, "recvmmsg");
}
