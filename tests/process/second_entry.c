/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the commands of `autonomi` refuse to do: stores one more first entry of a register beside the
 * one that is there, so that its owner has forked. Exit status 0 only if it is stored.
 *
 *     second_entry PEERS SECRET VALUE
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <autonomi/net.h>

static bool store(autonomi_node *node, const autonomi_graph_entry *entry)
{
	autonomi_status status = autonomi_graph_entry_put(node, entry, 0, 0, NULL);
	while (status == AUTONOMI_OK) {
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

static autonomi_node *open_client(const char *peers)
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

int main(int argc, char **argv)
{
	uint8_t secret[AUTONOMI_SECRET_KEY_SIZE];
	autonomi_graph_entry *entry = NULL;
	if (argc != 4 || autonomi_bls_secret_from_hex(argv[2], secret) != AUTONOMI_OK ||
	    autonomi_register_entry(secret, NULL, (const uint8_t *)argv[3], strlen(argv[3]), NULL,
	                            &entry) != AUTONOMI_OK)
		return 2;
	autonomi_node *node = open_client(argv[1]);
	const bool done = node != NULL && store(node, entry);
	autonomi_node_free(node);
	autonomi_graph_entry_free(entry);
	return done ? 0 : 1;
}
