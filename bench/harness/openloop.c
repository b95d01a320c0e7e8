/*
 * openloop HOST PORT PATH RATE SECONDS WARM CONNECTIONS
 *
 * Sends GET requests over keep-alive connections at a constant rate, whatever the answers take: request i is due at
 * start + i / RATE. One that is due while every connection waits for an answer is sent as soon as one is free, and its
 * latency counts from when it was due, so that a stalled server is charged for all requests it kept back (coordinated
 * omission). The first WARM seconds count for nothing. Prints one line of JSON, times in milliseconds; "late" is how
 * long this program itself kept a request that was due and had a free connection.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL
#define PATIENCE (20 * SECOND)
#define ANSWER 65536

struct connection {
    int fd;
    int64_t due;
    size_t got;
    char answer[ANSWER + 1];
};

static struct sockaddr_in server;
static char request[4096];
static size_t request_length;
static struct connection *connections;
static int *idle;
static int count, first_idle, idle_count, epoll;
static int64_t *latencies, *lateness, free_since, counting_from;
static size_t answered, sent, capacity;
static long bad;

static void fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * SECOND + t.tv_nsec;
}

static void open_connection(int i) {
    struct connection *c = &connections[i];
    int on = 1;
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&server, sizeof server) < 0) fail("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)i};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event) < 0) fail("epoll_ctl");
    c->got = 0;
}

static void set_free(int i) {
    idle[(first_idle + idle_count++) % count] = i;
    free_since = now();
}

/* Sends the request that was due then, on the connection that is free for the longest. */
static void send_request(int64_t due) {
    struct connection *c = &connections[idle[first_idle]];
    int64_t possible = due > free_since ? due : free_since;
    first_idle = (first_idle + 1) % count;
    idle_count--;
    c->due = due;
    c->got = 0;
    if (write(c->fd, request, request_length) != (ssize_t)request_length) fail("write");
    if (due >= counting_from && sent < capacity) lateness[sent++] = now() - possible;
}

/* Whether the answer is whole; an answer without a length ends the run. */
static int is_whole(struct connection *c) {
    c->answer[c->got] = 0;
    char *end = strstr(c->answer, "\r\n\r\n");
    if (end == NULL) return 0;
    char *length = strcasestr(c->answer, "\r\ncontent-length:");
    if (length == NULL || length > end) {
        fprintf(stderr, "an answer has no Content-Length:\n%.*s\n", (int)(end - c->answer), c->answer);
        exit(1);
    }
    return c->got >= (size_t)(end + 4 - c->answer) + strtoul(length + 17, NULL, 10);
}

static void take_answer(int i) {
    struct connection *c = &connections[i];
    ssize_t n = read(c->fd, c->answer + c->got, ANSWER - c->got);
    if (n <= 0) {
        /* Closed, or an answer too long for this program: the request is lost, the connection made anew. */
        bad++;
        close(c->fd);
        open_connection(i);
        set_free(i);
        return;
    }
    c->got += (size_t)n;
    if (!is_whole(c)) return;
    if (strncmp(c->answer, "HTTP/1.1 200", 12) != 0) bad++;
    if (c->due >= counting_from && answered < capacity) latencies[answered++] = now() - c->due;
    set_free(i);
}

static int ascending(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static double at(const int64_t *sorted, size_t n, double share) {
    size_t i = (size_t)(share * (double)n);
    return (double)sorted[i < n ? i : n - 1] / 1e6;
}

int main(int argc, char **argv) {
    if (argc != 8) {
        fprintf(stderr, "usage: openloop HOST PORT PATH RATE SECONDS WARM CONNECTIONS\n");
        return 2;
    }
    double rate = atof(argv[4]);
    int64_t seconds = atoll(argv[5]), warm = atoll(argv[6]);
    count = atoi(argv[7]);
    server.sin_family = AF_INET;
    server.sin_port = htons((uint16_t)atoi(argv[2]));
    if (inet_pton(AF_INET, argv[1], &server.sin_addr) != 1 || rate <= 0 || seconds < 1 || warm < 0 || count < 1) {
        fprintf(stderr, "openloop: an argument is not what it should be\n");
        return 2;
    }
    request_length = (size_t)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s:%s\r\n\r\n", argv[3], argv[1], argv[2]);
    int64_t total = (int64_t)(rate * (double)(seconds + warm));
    capacity = (size_t)total;
    latencies = calloc(capacity, sizeof *latencies);
    lateness = calloc(capacity, sizeof *lateness);
    connections = calloc((size_t)count, sizeof *connections);
    idle = calloc((size_t)count, sizeof *idle);
    epoll = epoll_create1(0);
    if (!latencies || !lateness || !connections || !idle || epoll < 0 || request_length >= sizeof request) fail("start");
    prctl(PR_SET_TIMERSLACK, 1UL);
    for (int i = 0; i < count; i++) {
        open_connection(i);
        set_free(i);
    }
    int64_t start = now() + SECOND / 100, next = 0;
    counting_from = start + warm * SECOND;
    int64_t end = start + (seconds + warm) * SECOND + PATIENCE, last = 0;
    while ((next < total || idle_count < count) && now() < end) {
        int64_t due = start + (int64_t)((double)next * (double)SECOND / rate);
        int64_t wait = next < total && idle_count > 0 ? due - now() : end - now();
        if (wait <= 0) {
            send_request(due);
            next++;
            wait = 0;
        }
        struct timespec pause = {.tv_sec = wait / SECOND, .tv_nsec = wait % SECOND};
        struct epoll_event events[64];
        int n = epoll_pwait2(epoll, events, 64, &pause, NULL);
        if (n < 0 && errno != EINTR) fail("epoll_pwait2");
        for (int i = 0; i < n; i++) take_answer((int)events[i].data.u32);
        if (n > 0) last = now();
    }
    int64_t unanswered = total - next + (count - idle_count);
    if (answered == 0) {
        fprintf(stderr, "openloop: no answers\n");
        return 1;
    }
    qsort(latencies, answered, sizeof *latencies, ascending);
    qsort(lateness, sent, sizeof *lateness, ascending);
    printf("{\"asked\": %.1f, \"rate\": %.1f, \"requests\": %zu, \"p50\": %.4f, \"p90\": %.4f, \"p99\": %.4f, "
           "\"p999\": %.4f, \"most\": %.4f, \"late_p50\": %.4f, \"late_p99\": %.4f, \"bad\": %ld}\n",
           rate, (double)answered * (double)SECOND / (double)(last - counting_from), answered, at(latencies, answered, 0.50),
           at(latencies, answered, 0.90), at(latencies, answered, 0.99), at(latencies, answered, 0.999),
           at(latencies, answered, 1.0), at(lateness, sent, 0.50), at(lateness, sent, 0.99), bad + unanswered);
    return 0;
}
