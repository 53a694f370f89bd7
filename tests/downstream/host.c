/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A host that knows nothing but what is installed. It compiles as C and as C++. */
#include <autonomi/net.h>

#include <poll.h>
#include <stdio.h>
#include <string.h>

static int fail(const char *what)
{
	fprintf(stderr, "%s\n", what);
	return 1;
}

/* The loop of a host, until an event of this type; NULL where it does not come. */
static autonomi_event *wait_for(autonomi_node *node, uint32_t type)
{
	for (int i = 0; i < 1000; i++) {
		struct pollfd fd;
		autonomi_event *event;
		memset(&fd, 0, sizeof(fd));
		fd.fd = autonomi_node_fd(node);
		fd.events = POLLIN;
		poll(&fd, 1, 20000);
		if (autonomi_node_pump(node) < 0)
			return NULL;
		while (autonomi_node_next_event(node, &event) == 1) {
			if (autonomi_event_type(event) == type)
				return event;
			autonomi_event_free(event);
		}
	}
	return NULL;
}

static autonomi_node *open_node(const char *directory)
{
	char error[256] = "";
	autonomi_node *node = NULL;
	autonomi_config *config = autonomi_config_new();
	autonomi_config_set(config, "node.root_dir", directory);
	autonomi_config_set(config, "network.local", "on");
	autonomi_config_set(config, "network.first", "on");
	autonomi_config_set(config, "network.ip", "127.0.0.1");
	if (autonomi_node_open(config, &node, error, sizeof(error)) != AUTONOMI_OK)
		fail(error);
	autonomi_config_free(config);
	return node;
}

static int ask_for_addresses(autonomi_node *node)
{
	autonomi_op op = 0;
	if (autonomi_network_addresses(autonomi_node_network(node), 7, &op) != AUTONOMI_OK)
		return fail("the operation was refused");
	autonomi_event *event = wait_for(node, AUTONOMI_EVENT_COMPLETED);
	const int right = event != NULL && autonomi_event_op(event) == op &&
	                  autonomi_event_tag(event) == 7 &&
	                  strstr(autonomi_event_text(event), "/ip4/127.0.0.1/udp/") != NULL;
	if (right)
		printf("%s\n", autonomi_event_text(event));
	autonomi_event_free(event);
	return right ? 0 : fail("the operation did not complete");
}

static int close_node(autonomi_node *node)
{
	if (autonomi_node_close(node, 0) != AUTONOMI_OK)
		return fail("the node was not closed");
	autonomi_event *event = wait_for(node, AUTONOMI_EVENT_CLOSED);
	const int right = event != NULL;
	autonomi_event_free(event);
	return right ? 0 : fail("no word that the node is closed");
}

int main(int argc, char **argv)
{
	if (strcmp(autonomi_version_text(), AUTONOMI_VERSION_TEXT) != 0)
		return fail("header and library are of different versions");
	for (size_t i = 0; autonomi_version_part(i) != NULL; i++)
		printf("%s\n", autonomi_version_part(i));
	if (argc != 2)
		return fail("usage: host ROOT_DIRECTORY");
	autonomi_node *node = open_node(argv[1]);
	if (node == NULL)
		return 1;
	const int failed = ask_for_addresses(node) || close_node(node);
	autonomi_node_free(node);
	return failed;
}
