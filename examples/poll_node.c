/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A whole node on a loop around poll(): poll_node ROOT_DIRECTORY [PEER_ADDRESS]
 *
 * Without a peer it is the first node of a local network. It prints the address at which others reach
 * it, and ends with SIGINT or SIGTERM.
 */
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>

#include <autonomi/net.h>

static autonomi_node *node;
static volatile sig_atomic_t stopped;

/* Waking is all that a signal handler, or another thread, may do with a node. */
static void stop(int number)
{
	(void)number;
	stopped = 1;
	autonomi_node_wake(node);
}

static void log_line(void *context, int32_t level, const char *module, const char *text)
{
	(void)context;
	(void)level;
	fprintf(stderr, "%s: %s\n", module, text);
}

static bool open_node(int argc, char **argv)
{
	char error[256] = "usage: poll_node ROOT_DIRECTORY [PEER_ADDRESS]";
	autonomi_config *config = autonomi_config_new();
	autonomi_config_set(config, "network.local", "on");
	autonomi_config_set(config, "node.root_dir", argc > 1 ? argv[1] : "");
	autonomi_config_set(config, "network.peers", argc > 2 ? argv[2] : "");
	autonomi_config_set_flag(config, "network.first", argc == 2);
	autonomi_config_set_log(config, log_line, NULL);
	if (argc >= 2)
		autonomi_node_open(config, &node, error, sizeof(error));
	if (node == NULL)
		fprintf(stderr, "%s\n", error);
	autonomi_config_free(config);
	return node != NULL;
}

static void show(const autonomi_event *event)
{
	switch (autonomi_event_type(event)) {
	case AUTONOMI_EVENT_COMPLETED: /* of autonomi_network_addresses: one address to a line */
		printf("%s\n", autonomi_event_text(event));
		break;
	case AUTONOMI_EVENT_JOINED:
		printf("joined\n");
		break;
	case AUTONOMI_EVENT_PEERS:
		printf("%" PRIu64 " peers\n", autonomi_event_count(event));
		break;
	default: /* a host ignores what it does not know */
		break;
	}
	fflush(stdout);
}

int main(int argc, char **argv)
{
	if (!open_node(argc, argv))
		return 1;
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	autonomi_network_addresses(autonomi_node_network(node), 0, NULL);

	struct pollfd fd = {.fd = autonomi_node_fd(node), .events = POLLIN};
	for (bool closed = false, closing = false; !closed;) {
		poll(&fd, 1, -1);
		autonomi_node_pump(node);
		for (autonomi_event *event; autonomi_node_next_event(node, &event) == 1;) {
			show(event);
			closed = closed || autonomi_event_type(event) == AUTONOMI_EVENT_CLOSED;
			autonomi_event_free(event);
		}
		if (stopped && !closing) {
			closing = true;
			autonomi_node_close(node, 1000);
		}
	}
	/* From here on the handler must find no node. */
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	autonomi_node_free(node);
	return 0;
}
