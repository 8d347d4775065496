// SPDX-License-Identifier: GPL-2.0
/* udp_send ADDR PORT COUNT RATE: sends COUNT datagrams, RATE a second. */
#include <arpa/inet.h>
#include <err.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	int s = socket(AF_INET, SOCK_DGRAM, 0);
	struct timespec next;
	long count, rate;

	if (argc != 5 || inet_pton(AF_INET, argv[1], &addr.sin_addr) != 1)
		errx(2, "usage: udp_send ADDR PORT COUNT RATE");
	addr.sin_port = htons(atoi(argv[2]));
	count = atol(argv[3]);
	rate = atol(argv[4]);
	if (s < 0 || count < 0 || rate < 2 || connect(s, (struct sockaddr *)&addr, sizeof(addr)))
		err(1, "%s", argv[1]);
	clock_gettime(CLOCK_MONOTONIC, &next);
	while (count--) {
		if (send(s, "fastdrop", 8, 0) < 0)
			err(1, "send");
		next.tv_nsec += 1000000000 / rate;
		if (next.tv_nsec >= 1000000000) {
			next.tv_nsec -= 1000000000;
			next.tv_sec++;
		}
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
	}
	return 0;
}
