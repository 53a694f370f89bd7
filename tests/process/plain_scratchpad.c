/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the commands of `autonomi` never do: replaces a scratchpad by one that its owner signed but did
 * not encrypt. Exit status 0 only if it is stored.
 *
 *     plain_scratchpad PEERS SECRET
 */
#include <stdbool.h>

#include <autonomi/net.h>

#include "client.h"

enum { COUNTER = 1000 };

static autonomi_scratchpad *make(const uint8_t *secret)
{
	static const uint8_t data[] = "never encrypted";
	uint8_t owner[AUTONOMI_PUBLIC_KEY_SIZE], signature[AUTONOMI_SIGNATURE_SIZE];
	autonomi_scratchpad *unsigned_one = NULL, *made = NULL;
	autonomi_bytes *signed_bytes = NULL;
	const uint8_t *message = NULL;
	size_t size = 0;
	/* The bytes to sign come from a scratchpad, and that needs a signature, of whatever. */
	if (autonomi_bls_public_key(secret, owner) == AUTONOMI_OK &&
	    autonomi_bls_sign(secret, data, sizeof(data), signature) == AUTONOMI_OK &&
	    autonomi_scratchpad_new_signed(owner, 0, data, sizeof(data), COUNTER, signature,
	                                   &unsigned_one) == AUTONOMI_OK &&
	    autonomi_scratchpad_signed_bytes(unsigned_one, &signed_bytes) == AUTONOMI_OK &&
	    (message = autonomi_bytes_data(signed_bytes, &size)) != NULL &&
	    autonomi_bls_sign(secret, message, size, signature) == AUTONOMI_OK)
		autonomi_scratchpad_new_signed(owner, 0, data, sizeof(data), COUNTER, signature,
		                               &made);
	autonomi_bytes_free(signed_bytes);
	autonomi_scratchpad_free(unsigned_one);
	return made;
}

int main(int argc, char **argv)
{
	uint8_t secret[AUTONOMI_SECRET_KEY_SIZE];
	if (argc != 3 || autonomi_bls_secret_from_hex(argv[2], secret) != AUTONOMI_OK)
		return 2;
	autonomi_scratchpad *scratchpad = make(secret);
	autonomi_node *node = open_client(argv[1]);
	const bool done = scratchpad != NULL && node != NULL &&
	                  await_end(node, autonomi_scratchpad_put(node, scratchpad, 0, 0, NULL));
	autonomi_node_free(node);
	autonomi_scratchpad_free(scratchpad);
	return done ? 0 : 1;
}
