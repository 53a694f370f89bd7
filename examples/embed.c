/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stores a text as a chunk in a local network, and fetches it: embed PEER_ADDRESS TEXT */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include <autonomi/net.h>

/* The loop of every host: poll one descriptor, pump, take events. Returns the completion of `op`. */
static autonomi_event *await(autonomi_node *node, autonomi_op op)
{
	for (;;) {
		autonomi_event *event;
		while (autonomi_node_next_event(node, &event) == 1) {
			if (autonomi_event_type(event) == AUTONOMI_EVENT_COMPLETED &&
			    autonomi_event_op(event) == op)
				return event;
			autonomi_event_free(event);
		}
		poll(&(struct pollfd){.fd = autonomi_node_fd(node), .events = POLLIN}, 1, -1);
		autonomi_node_pump(node);
	}
}

int main(int argc, char **argv)
{
	char error[256] = "usage: embed PEER_ADDRESS TEXT";
	autonomi_node *node = NULL;
	autonomi_op op = 0;
	size_t size = 0;

	autonomi_config *config = autonomi_config_new();
	autonomi_config_set(config, "node.role", "client");
	autonomi_config_set(config, "network.local", "on");
	autonomi_config_set(config, "network.peers", argc == 3 ? argv[1] : "");
	if (argc != 3 || autonomi_node_open(config, &node, error, sizeof(error)) != AUTONOMI_OK) {
		fprintf(stderr, "%s\n", error);
		return 1;
	}
	autonomi_config_free(config);

	autonomi_chunk_put(node, (const uint8_t *)argv[2], strlen(argv[2]), 0, &op);
	autonomi_event *put = await(node, op);
	printf("stored: %s%s\n", autonomi_event_text(put), autonomi_event_message(put));
	int failed = autonomi_event_status(put) < 0;
	if (!failed) {
		autonomi_chunk_get(node, autonomi_event_data(put, NULL), 0, &op);
		autonomi_event *get = await(node, op);
		const uint8_t *text = autonomi_event_data(get, &size);
		printf("fetched: %.*s%s\n", (int)size, text != NULL ? (const char *)text : "",
		       autonomi_event_message(get));
		failed = autonomi_event_status(get) < 0;
		autonomi_event_free(get);
	}
	autonomi_event_free(put);
	autonomi_node_free(node);
	return failed;
}
