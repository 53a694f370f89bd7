/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a host notices of a node: its memory at rest with 100 peers connected, and its longest pump
 * call while the disk is busy, with workers and (the limit to compare with) without.
 */
#include <errno.h>
#include <ftw.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <autonomi/net.h>

enum {
	PEERS = 100,
	LOAD_CHUNKS = 24,
	LOAD_NODES = 5,
	LOAD_AT_ONCE = 4,
	SAMPLES_MAX = 1 << 20,
	SETTLE_MS = 6000,
	RUNS = 3,
};

static char folder[] = "/tmp/autonomi-bench-XXXXXX";
/* Of each pump call, in ns: what the clock says, and what the thread worked. The difference is other
 * processes on the same processors, or blocking. */
static uint64_t *samples, *worked;
static size_t sample_count;

static void die(const char *what)
{
	fprintf(stderr, "bench_node: %s\n", what);
	exit(1);
}

static uint64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void set(autonomi_config *config, const char *name, const char *value)
{
	if (autonomi_config_set(config, name, value) != AUTONOMI_OK)
		die(autonomi_config_error(config));
}

/* `role` and `threads` are option values; `peer` is NULL for the first node. */
static autonomi_node *open_node(const char *name, const char *role, const char *threads,
                                const char *peer)
{
	char path[sizeof(folder) + 32];
	char error[256] = "";
	autonomi_config *config = autonomi_config_new();
	autonomi_node *node = NULL;
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	set(config, "node.root_dir", strcmp(role, "node") == 0 ? path : "");
	set(config, "node.role", role);
	set(config, "compute.threads", threads);
	set(config, "network.local", "on");
	set(config, "network.ip", "127.0.0.1");
	set(config, peer != NULL ? "network.peers" : "network.first", peer != NULL ? peer : "on");
	if (autonomi_node_open(config, &node, error, sizeof(error)) != AUTONOMI_OK)
		die(error);
	autonomi_config_free(config);
	return node;
}

static void drop_events(autonomi_node *node)
{
	autonomi_event *event = NULL;
	while (autonomi_node_next_event(node, &event) == 1)
		autonomi_event_free(event);
}

static void learn_address(autonomi_node *node, char *address, size_t size)
{
	autonomi_network_addresses(autonomi_node_network(node), 1, NULL);
	autonomi_event *event = NULL;
	while (autonomi_node_wait(node, 1000) == 1 && autonomi_node_next_event(node, &event) == 1) {
		if (autonomi_event_tag(event) == 1)
			snprintf(address, size, "%s", autonomi_event_text(event));
		autonomi_event_free(event);
		if (address[0] != '\0')
			return;
	}
	die("the node has no address");
}

static void pump_for(autonomi_node **nodes, size_t count, int milliseconds)
{
	const uint64_t end = now_ns() + (uint64_t)milliseconds * 1000000;
	struct pollfd fds[PEERS];
	for (size_t i = 0; i < count; i++)
		fds[i] = (struct pollfd){.fd = autonomi_node_fd(nodes[i]), .events = POLLIN};
	while (now_ns() < end) {
		poll(fds, count, 50);
		for (size_t i = 0; i < count; i++) {
			if (fds[i].revents != 0)
				autonomi_node_pump(nodes[i]);
			drop_events(nodes[i]);
		}
	}
}

static unsigned long rollup(pid_t process, const char *field)
{
	char path[64];
	char line[256];
	unsigned long kilobytes = 0;
	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)process);
	FILE *file = fopen(path, "re");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		if (strncmp(line, field, strlen(field)) == 0)
			kilobytes = strtoul(line + strlen(field), NULL, 10);
	}
	if (file != NULL)
		fclose(file);
	return kilobytes;
}

/* The node under test, in a process of its own; tells its address and peers through `pipe_fd`. */
static void be_measured(int pipe_fd)
{
	char address[256] = "";
	autonomi_node *node = open_node("measured", "node", "1", NULL);
	learn_address(node, address, sizeof(address));
	if (write(pipe_fd, address, sizeof(address)) != (ssize_t)sizeof(address))
		_exit(1);
	for (;;) {
		uint64_t connections = 0;
		autonomi_node_wait(node, 200);
		drop_events(node);
		autonomi_node_counter(node, "connections", &connections);
		if (write(pipe_fd, &connections, sizeof(connections)) < 0)
			_exit(0);
	}
}

static void bench_memory(void)
{
	int ends[2];
	char address[256];
	static autonomi_node *peers[PEERS];
	if (pipe(ends) != 0)
		die("no pipe");
	const pid_t measured = fork();
	if (measured == 0)
		be_measured(ends[1]);
	if (read(ends[0], address, sizeof(address)) != (ssize_t)sizeof(address))
		die("the measured node did not start");
	const unsigned long alone = rollup(measured, "Pss:");
	for (size_t i = 0; i < PEERS; i++) {
		char name[32];
		snprintf(name, sizeof(name), "peer%zu", i);
		peers[i] = open_node(name, "node", "0", address);
		pump_for(peers, i + 1, 10);
	}
	pump_for(peers, PEERS, SETTLE_MS);
	printf("memory at rest: PSS %.2f MB alone, %.2f MB with %d peers met (private %.2f MB); "
	       "antnode "
	       "13.8 MB with 24 peers, ratio %.2f\n",
	       (double)alone / 1000, (double)rollup(measured, "Pss:") / 1000, PEERS,
	       (double)rollup(measured, "Private_Dirty:") / 1000,
	       (double)rollup(measured, "Pss:") / 13800);
	kill(measured, SIGKILL);
	waitpid(measured, NULL, 0);
	for (size_t i = 0; i < PEERS; i++)
		autonomi_node_free(peers[i]);
}

static int by_value(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a;
	const uint64_t y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static uint64_t worked_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void timed_pump(autonomi_node *node)
{
	const uint64_t began = now_ns();
	const uint64_t began_work = worked_ns();
	autonomi_node_pump(node);
	if (sample_count == SAMPLES_MAX)
		return;
	worked[sample_count] = worked_ns() - began_work;
	samples[sample_count++] = now_ns() - began;
}

/* Stores chunks from a client on five nodes of this process; times every pump of the nodes. */
static void load(const char *threads)
{
	static uint8_t content[4 << 20];
	autonomi_node *nodes[LOAD_NODES + 1];
	char address[256] = "";
	nodes[0] = open_node("load0", "node", threads, NULL);
	learn_address(nodes[0], address, sizeof(address));
	for (size_t i = 1; i < LOAD_NODES; i++) {
		char name[32];
		snprintf(name, sizeof(name), "load%zu", i);
		nodes[i] = open_node(name, "node", threads, address);
	}
	nodes[LOAD_NODES] = open_node("", "client", "1", address);
	pump_for(nodes, LOAD_NODES + 1, 500);
	sample_count = 0;
	size_t begun = 0;
	size_t ended = 0;
	while (ended < LOAD_CHUNKS) {
		struct pollfd fds[LOAD_NODES + 1];
		for (; begun < LOAD_CHUNKS && begun - ended < LOAD_AT_ONCE; begun++) {
			const uint64_t unique[2] = {begun, now_ns()};
			memcpy(content, unique, sizeof(unique));
			autonomi_chunk_put(nodes[LOAD_NODES], content, sizeof(content), 0, NULL);
		}
		for (size_t i = 0; i <= LOAD_NODES; i++)
			fds[i] = (struct pollfd){.fd = autonomi_node_fd(nodes[i]),
			                         .events = POLLIN};
		poll(fds, LOAD_NODES + 1, 1000);
		for (size_t i = 0; i < LOAD_NODES; i++) {
			if (fds[i].revents != 0)
				timed_pump(nodes[i]);
			drop_events(nodes[i]);
		}
		autonomi_node_pump(nodes[LOAD_NODES]);
		autonomi_event *event = NULL;
		while (autonomi_node_next_event(nodes[LOAD_NODES], &event) == 1) {
			if (autonomi_event_type(event) == AUTONOMI_EVENT_COMPLETED) {
				if (autonomi_event_status(event) != AUTONOMI_OK)
					die(autonomi_event_message(event));
				ended++;
			}
			autonomi_event_free(event);
		}
	}
	for (size_t i = 0; i <= LOAD_NODES; i++)
		autonomi_node_free(nodes[i]);
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *place)
{
	(void)info;
	(void)kind;
	return place->level > 0 ? remove(path) : 0;
}

static void empty_folder(void)
{
	nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void print_percentiles(const char *label, uint64_t *values)
{
	qsort(values, sample_count, sizeof(*values), by_value);
	const double last = (double)(sample_count - 1);
	printf("%s p50 %.3f ms, p99 %.3f ms, max %.3f ms", label,
	       (double)values[(size_t)(last * 0.5)] / 1e6,
	       (double)values[(size_t)(last * 0.99)] / 1e6, (double)values[(size_t)last] / 1e6);
}

static void bench_pump(const char *label, const char *threads)
{
	for (int run = 0; run < RUNS; run++) {
		load(threads);
		printf("pump under disk load, %s (%zu calls, budget 2 ms):", label, sample_count);
		print_percentiles(" worked", worked);
		print_percentiles("; clock", samples);
		putchar('\n');
		empty_folder();
	}
}

int main(void)
{
	samples = malloc(SAMPLES_MAX * sizeof(*samples));
	worked = malloc(SAMPLES_MAX * sizeof(*worked));
	if (samples == NULL || worked == NULL || mkdtemp(folder) == NULL)
		die("no memory or no temporary folder");
	setvbuf(stdout, NULL, _IOLBF, 0);
	bench_memory();
	empty_folder();
	bench_pump("with workers", "1");
	bench_pump("without (threads = 0)", "0");
	rmdir(folder);
	free(samples);
	free(worked);
	return 0;
}
