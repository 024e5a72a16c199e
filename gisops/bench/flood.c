/* What does a storm of notifications look like on the wire: datagrams encoded beforehand, sent at a steady pace from many
 * loopback addresses, fast enough never to be what is measured.
 *
 * Source n (from 0) is 127.80.0.1 + n. Datagrams are read from standard input, each behind its size (two octets, big
 * endian), and sent in turn. RATE 0 sends without a pause.
 *
 * usage: flood PORT RATE COUNT SOURCES
 * Prints "ready"; waits for one more octet of input; prints one JSON line: sent, seconds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 32, MOST_SOURCES = 4096, MOST_DATAGRAMS = 1 << 20 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void until(double when) {
    struct timespec t = {(time_t)when, (long)((when - (time_t)when) * 1e9)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR) {}
}

static int fail(const char *what) {
    perror(what);
    return 1;
}

int main(int argc, char **argv) {
    if (argc != 5) return fputs("usage: flood PORT RATE COUNT SOURCES\n", stderr), 2;
    double rate = atof(argv[2]);
    long count = atol(argv[3]), sources = atol(argv[4]);
    if (sources < 1 || sources > MOST_SOURCES) return fputs("sources: 1 to 4096\n", stderr), 2;

    static struct iovec datagrams[MOST_DATAGRAMS];
    long known = 0;
    for (int high; known < MOST_DATAGRAMS && (high = getchar()) != EOF; known++) {
        size_t size = (size_t)high << 8 | (size_t)getchar();
        if (size == 0) break;
        char *octets = malloc(size);
        if (octets == NULL || fread(octets, 1, size, stdin) != size) return fail("datagrams");
        datagrams[known] = (struct iovec){octets, size};
    }
    if (known == 0) return fputs("no datagrams\n", stderr), 2;

    static int sockets[MOST_SOURCES];
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (long n = 0; n < sources; n++) {
        struct sockaddr_in from = {.sin_family = AF_INET};
        from.sin_addr.s_addr = htonl(0x7f500001u + (uint32_t)n);
        sockets[n] = socket(AF_INET, SOCK_DGRAM, 0);
        if (sockets[n] < 0 || bind(sockets[n], (struct sockaddr *)&from, sizeof from) < 0) return fail("source");
        if (connect(sockets[n], (struct sockaddr *)&to, sizeof to) < 0) return fail("target");
    }

    puts("ready");
    fflush(stdout);
    if (getchar() == EOF) return 0;
    double began = now();
    long sent = 0;
    for (long turn = 0; sent < count; turn++) {
        struct mmsghdr batch[BATCH] = {0};
        long size = 0;
        for (; size < BATCH && sent + size < count; size++) {
            batch[size].msg_hdr.msg_iov = &datagrams[(sent + size) % known];
            batch[size].msg_hdr.msg_iovlen = 1;
        }
        for (long done = 0; done < size;) {
            int some = sendmmsg(sockets[turn % sources], batch + done, (unsigned)(size - done), 0);
            if (some < 0 && errno != EINTR && errno != ECONNREFUSED) return fail("send");
            if (some > 0) done += some;
        }
        sent += size;
        if (rate > 0) until(began + sent / rate);
    }
    printf("{\"sent\": %ld, \"seconds\": %.6f}\n", sent, now() - began);
    return 0;
}
