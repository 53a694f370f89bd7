/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the commands of `autonomi` refuse to do: stores one more first entry of a register beside the
 * one that is there, so that its owner has forked. Exit status 0 only if it is stored.
 *
 *     second_entry PEERS SECRET VALUE
 */
#include <stdbool.h>
#include <string.h>

#include <autonomi/net.h>

#include "client.h"

int main(int argc, char **argv)
{
	uint8_t secret[AUTONOMI_SECRET_KEY_SIZE];
	autonomi_graph_entry *entry = NULL;
	if (argc != 4 || autonomi_bls_secret_from_hex(argv[2], secret) != AUTONOMI_OK ||
	    autonomi_register_entry(secret, NULL, (const uint8_t *)argv[3], strlen(argv[3]), NULL,
	                            &entry) != AUTONOMI_OK)
		return 2;
	autonomi_node *node = open_client(argv[1]);
	const bool done = node != NULL &&
	                  await_end(node, autonomi_graph_entry_put(node, entry, 0, 0, NULL));
	autonomi_node_free(node);
	autonomi_graph_entry_free(entry);
	return done ? 0 : 1;
}
