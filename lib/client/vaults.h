/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Vaults on the network (semantics 2.9, data/vault.h): content of any size up to AN_VAULT_CONTENT_MAX
 * under one key, in as many scratchpads as it needs.
 *
 * The pieces are written from the last to the first. So a put that is cut off changes nothing where
 * the old content was in one scratchpad, and is whole where the new one is; between longer ones it
 * leaves a mixture, and must be repeated.
 *
 * Operations as in client/client.h.
 */
#ifndef AN_CLIENT_VAULTS_H
#define AN_CLIENT_VAULTS_H

#include "client/client.h"
#include "crypt/bls.h"

enum { AN_VAULT_CONTENT_MAX = 1 << 30 };

struct an_vault_put {
	uint8_t secret[AN_BLS_SECRET_SIZE];
	uint64_t content_type;
	struct an_blob *content; /* not empty; a reference is taken */
};

/* Makes the vault where there is none, else replaces its content. The result's owner is the vault's
 * public key, its count the copies of the piece that has fewest. */
an_status an_client_vault_put(struct an_client *client, const struct an_vault_put *put,
                              an_client_progress *progress, an_client_done *done, void *context,
                              uint64_t *ret_id);

/* The result's bytes are the content, decrypted; E_TOO_LARGE above `size_max`. E_NOT_FOUND also where a
 * piece is missing. */
an_status an_client_vault_get(struct an_client *client, const uint8_t secret[AN_BLS_SECRET_SIZE],
                              size_t size_max, an_client_done *done, void *context,
                              uint64_t *ret_id);

#endif
