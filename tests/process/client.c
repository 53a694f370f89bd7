/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client.h"

autonomi_node *open_client(const char *peers)
{
	char error[512];
	autonomi_node *node = NULL;
	autonomi_config *config = autonomi_config_new();
	const bool done = config != NULL &&
	                  autonomi_config_set(config, "node.role", "client") == AUTONOMI_OK &&
	                  autonomi_config_set(config, "network.local", "on") == AUTONOMI_OK &&
	                  autonomi_config_set(config, "network.peers", peers) == AUTONOMI_OK &&
	                  autonomi_node_open(config, &node, error, sizeof(error)) == AUTONOMI_OK;
	autonomi_config_free(config);
	return done ? node : NULL;
}

bool await_end(autonomi_node *node, autonomi_status submitted)
{
	while (submitted == AUTONOMI_OK) {
		autonomi_event *event = NULL;
		while (autonomi_node_next_event(node, &event) == 1) {
			const bool ended = autonomi_event_type(event) == AUTONOMI_EVENT_COMPLETED;
			const autonomi_status end = autonomi_event_status(event);
			autonomi_event_free(event);
			if (ended)
				return end == AUTONOMI_OK;
		}
		if (autonomi_node_wait(node, -1) < 0)
			return false;
	}
	return false;
}
