// SPDX-License-Identifier: GPL-2.0
/*
 * tcp sink ADDR PORT: takes one connection to its end, prints its bytes.
 * tcp source ADDR PORT BYTES: sends so many, prints how many bytes its segments
 * carried: those that were sent again count each time.
 */
#include <arpa/inet.h>
#include <err.h>
#include <linux/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char buffer[65536];

static void sink(int s, const struct sockaddr_in *addr)
{
	unsigned long total = 0;
	int c, one = 1;
	ssize_t n;

	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(s, (const struct sockaddr *)addr, sizeof(*addr)) || listen(s, 1))
		err(1, "listen");
	c = accept(s, NULL, NULL);
	if (c < 0)
		err(1, "accept");
	while ((n = read(c, buffer, sizeof(buffer))) > 0)
		total += n;
	if (n < 0)
		err(1, "read");
	printf("%lu\n", total);
}

static void source(int s, const struct sockaddr_in *addr, unsigned long total)
{
	struct tcp_info info = {};
	socklen_t size = sizeof(info);
	ssize_t n;

	if (connect(s, (const struct sockaddr *)addr, sizeof(*addr)))
		err(1, "connect");
	while (total) {
		n = write(s, buffer, total < sizeof(buffer) ? total : sizeof(buffer));
		if (n < 0)
			err(1, "write");
		total -= n;
	}
	/* The sink ends the connection when it has all. */
	if (shutdown(s, SHUT_WR) || read(s, buffer, sizeof(buffer)))
		err(1, "shutdown");
	if (getsockopt(s, IPPROTO_TCP, TCP_INFO, &info, &size))
		err(1, "TCP_INFO");
	printf("%llu\n", info.tcpi_bytes_sent);
}

int main(int argc, char **argv)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	int s = socket(AF_INET, SOCK_STREAM, 0);

	if (argc < 4 || inet_pton(AF_INET, argv[2], &addr.sin_addr) != 1 || s < 0)
		errx(2, "usage: tcp sink ADDR PORT | tcp source ADDR PORT BYTES");
	addr.sin_port = htons(atoi(argv[3]));
	if (!strcmp(argv[1], "sink"))
		sink(s, &addr);
	else if (argc == 5)
		source(s, &addr, strtoul(argv[4], NULL, 10));
	return 0;
}
