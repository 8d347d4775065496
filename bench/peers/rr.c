// SPDX-License-Identifier: GPL-2.0
/*
 * rr serve PORT: answers 64 bytes by 64 bytes, on any number of connections.
 * rr ask ADDR PORT SECONDS: asks so on 8 connections, each time as soon as it was
 * answered; prints how many answers a second there were in SECONDS behind SIGUSR1.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS 8

static char message[64];

static int tcp_socket(void)
{
	int s = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	if (s < 0 || setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)))
		err(1, "socket");
	return s;
}

/* Messages are that small that they come whole. */
static int answer(int s)
{
	return read(s, message, sizeof(message)) == sizeof(message) &&
	       write(s, message, sizeof(message)) == sizeof(message);
}

static void serve(const struct sockaddr_in *addr)
{
	struct pollfd fds[1 + 4 * CONNECTIONS] = { { tcp_socket(), POLLIN } };
	int n = 1, i;

	if (bind(fds[0].fd, (const struct sockaddr *)addr, sizeof(*addr)) ||
	    listen(fds[0].fd, CONNECTIONS))
		err(1, "listen");
	puts("ready");
	fflush(stdout);
	for (;;) {
		if (poll(fds, n, -1) < 0)
			err(1, "poll");
		for (i = n - 1; i > 0; i--) {
			if (!fds[i].revents || answer(fds[i].fd))
				continue;
			close(fds[i].fd);
			fds[i] = fds[--n];
		}
		if (fds[0].revents && n < (int)(sizeof(fds) / sizeof(*fds)))
			fds[n++] = (struct pollfd){ accept(fds[0].fd, NULL, NULL), POLLIN };
	}
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static volatile sig_atomic_t is_begun;

static void begin(int sig)
{
	is_begun = 1;
}

static void ask(const struct sockaddr_in *addr, double seconds)
{
	struct pollfd fds[CONNECTIONS];
	unsigned long answers = 0;
	double end = 0;
	int i;

	for (i = 0; i < CONNECTIONS; i++) {
		fds[i] = (struct pollfd){ tcp_socket(), POLLIN };
		if (connect(fds[i].fd, (const struct sockaddr *)addr, sizeof(*addr)) ||
		    write(fds[i].fd, message, sizeof(message)) != sizeof(message))
			err(1, "connect");
	}
	signal(SIGUSR1, begin);
	puts("ready");
	fflush(stdout);
	while (!end || now() < end) {
		if (!end && is_begun)
			end = now() + seconds;
		if (poll(fds, CONNECTIONS, 10) < 0 && errno != EINTR)
			err(1, "poll");
		for (i = 0; i < CONNECTIONS; i++) {
			if (!fds[i].revents)
				continue;
			fds[i].revents = 0;
			if (!answer(fds[i].fd))
				errx(1, "a connection is broken");
			answers += end > 0;
		}
	}
	printf("%.0f\n", answers / seconds);
}

int main(int argc, char **argv)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };

	if (argc == 3 && !strcmp(argv[1], "serve")) {
		addr.sin_port = htons(atoi(argv[2]));
		serve(&addr);
	}
	if (argc != 5 || strcmp(argv[1], "ask") || inet_pton(AF_INET, argv[2], &addr.sin_addr) != 1)
		errx(2, "usage: rr serve PORT | rr ask ADDR PORT SECONDS");
	addr.sin_port = htons(atoi(argv[3]));
	ask(&addr, atof(argv[4]));
	return 0;
}
