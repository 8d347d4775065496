// SPDX-License-Identifier: GPL-2.0
/* udp_count PORT: receives until SIGTERM, then prints how many datagrams came. */
#include <arpa/inet.h>
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static volatile sig_atomic_t ended;

static void end(int sig)
{
	ended = sig;
}

int main(int argc, char **argv)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	struct sigaction action = { .sa_handler = end };
	struct timeval timeout = { .tv_usec = 100000 };
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	unsigned long n = 0;
	char buffer[2048];

	if (argc != 2)
		errx(2, "usage: udp_count PORT");
	sigaction(SIGTERM, &action, NULL);
	addr.sin_port = htons(atoi(argv[1]));
	if (s < 0 || bind(s, (struct sockaddr *)&addr, sizeof(addr)) ||
	    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)))
		err(1, "port %s", argv[1]);
	while (!ended)
		if (recv(s, buffer, sizeof(buffer), 0) >= 0)
			n++;
	printf("%lu\n", n);
	return 0;
}
