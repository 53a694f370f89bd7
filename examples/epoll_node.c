/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Several nodes of one local network on one edge-triggered epoll: epoll_node DIRECTORY [PEER_ADDRESS]
 *
 * The first node begins the network unless a peer is named; the others join through it. An edge comes
 * once: so pump until it returns 0, and take events until there are none (contract, clause 2).
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

#include <autonomi/net.h>

enum { NODES = 3, ADDRESS_TEXT_MAX = 256, PATH_TEXT_MAX = 4096 };

static char first_address[ADDRESS_TEXT_MAX];

static autonomi_node *open_node(const char *directory, int number)
{
	char error[256], path[PATH_TEXT_MAX];
	autonomi_node *node = NULL;
	autonomi_config *config = autonomi_config_new();
	snprintf(path, sizeof(path), "%s/node%d", directory, number);
	autonomi_config_set(config, "network.local", "on");
	autonomi_config_set(config, "node.root_dir", path);
	autonomi_config_set(config, "network.peers", first_address);
	autonomi_config_set_flag(config, "network.first", first_address[0] == '\0');
	if (autonomi_node_open(config, &node, error, sizeof(error)) != AUTONOMI_OK)
		fprintf(stderr, "%s\n", error);
	autonomi_config_free(config);
	return node;
}

static void show(autonomi_node *node, const autonomi_event *event)
{
	if (autonomi_event_type(event) == AUTONOMI_EVENT_JOINED)
		printf("%s joined\n", autonomi_node_id(node));
	if (autonomi_event_type(event) == AUTONOMI_EVENT_COMPLETED)
		printf("%s\n", autonomi_event_text(event));
	if (autonomi_event_type(event) == AUTONOMI_EVENT_COMPLETED && first_address[0] == '\0')
		snprintf(first_address, sizeof(first_address), "%.*s",
		         (int)strcspn(autonomi_event_text(event), "\n"),
		         autonomi_event_text(event));
	fflush(stdout);
}

static void drain(autonomi_node *node)
{
	autonomi_event *event;
	while (autonomi_node_pump(node) == 1)
		;
	while (autonomi_node_next_event(node, &event) == 1) {
		show(node, event);
		autonomi_event_free(event);
	}
}

static bool add_node(int epoll, const char *directory, int number)
{
	autonomi_node *node = open_node(directory, number);
	if (node == NULL)
		return false;
	struct epoll_event edge = {.events = EPOLLIN | EPOLLET, .data.ptr = node};
	autonomi_network_addresses(autonomi_node_network(node), 0, NULL);
	drain(node);
	return epoll_ctl(epoll, EPOLL_CTL_ADD, autonomi_node_fd(node), &edge) == 0;
}

int main(int argc, char **argv)
{
	const int epoll = epoll_create1(EPOLL_CLOEXEC);
	if (argc < 2) {
		fprintf(stderr, "usage: epoll_node DIRECTORY [PEER_ADDRESS]\n");
		return 1;
	}
	if (argc > 2)
		snprintf(first_address, sizeof(first_address), "%s", argv[2]);
	for (int i = 0; i < NODES; i++) {
		if (!add_node(epoll, argv[1], i))
			return 1;
	}
	for (;;) {
		struct epoll_event ready[NODES];
		const int count = epoll_wait(epoll, ready, NODES, -1);
		for (int i = 0; i < count; i++)
			drain(ready[i].data.ptr);
	}
}
