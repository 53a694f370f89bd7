/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations on what is built of records that have an owner: the guard, the arguments, the node. */
#include <string.h>

#include <autonomi/record.h>

#include "api/data_handle.h"
#include "base/memory.h"
#include "data/derived_keys.h"

typedef an_status register_writer(struct an_node *node, const struct an_register_write *write,
                                  uint64_t tag, autonomi_op *ret_op);
typedef an_status register_reader(struct an_node *node, const uint8_t *owner, uint64_t tag,
                                  autonomi_op *ret_op);

static an_status write_register(struct autonomi_node *node, register_writer *writer,
                                const uint8_t *secret, struct an_span value, uint64_t tag,
                                autonomi_op *ret_op)
{
	struct an_guard guard;
	struct an_register_write write;
	an_status status = an_guard_enter(&guard, node);
	if (status == AUTONOMI_OK && (secret == NULL || !an_api_has(value.data, value.size)))
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK)
		status = an_register_value(value, write.value);
	if (status == AUTONOMI_OK) {
		memcpy(write.secret, secret, sizeof(write.secret));
		status = writer(node->inner, &write, tag, ret_op);
	}
	an_wipe(&write, sizeof(write));
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_register_create(autonomi_node *node, const uint8_t *register_secret,
                                         const uint8_t *value, size_t value_size, uint64_t tag,
                                         autonomi_op *ret_op)
{
	return write_register(node, an_node_register_create, register_secret,
	                      an_span(value, value_size), tag, ret_op);
}

autonomi_status autonomi_register_update(autonomi_node *node, const uint8_t *register_secret,
                                         const uint8_t *value, size_t value_size, uint64_t tag,
                                         autonomi_op *ret_op)
{
	return write_register(node, an_node_register_update, register_secret,
	                      an_span(value, value_size), tag, ret_op);
}

static an_status read_register(struct autonomi_node *node, register_reader *reader,
                               const uint8_t *address, uint64_t tag, autonomi_op *ret_op)
{
	struct an_guard guard;
	an_status status = an_guard_enter(&guard, node);
	if (status == AUTONOMI_OK && (address == NULL || !an_bls_public_valid(address)))
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK)
		status = reader(node->inner, address, tag, ret_op);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_register_get(autonomi_node *node, const uint8_t *address, uint64_t tag,
                                      autonomi_op *ret_op)
{
	return read_register(node, an_node_register_get, address, tag, ret_op);
}

autonomi_status autonomi_register_history(autonomi_node *node, const uint8_t *address, uint64_t tag,
                                          autonomi_op *ret_op)
{
	return read_register(node, an_node_register_history, address, tag, ret_op);
}

/* ---- Vaults. */
static an_status put_vault(struct autonomi_node *node, const uint8_t *secret, uint64_t content_type,
                           struct an_span content, uint64_t tag, autonomi_op *ret_op)
{
	struct an_vault_put put = {.content_type = content_type, .content = an_blob_copy(content)};
	if (put.content == NULL)
		return AUTONOMI_E_NO_MEMORY;
	memcpy(put.secret, secret, sizeof(put.secret));
	const an_status status = an_node_vault_put(node->inner, &put, tag, ret_op);
	an_blob_unref(put.content);
	an_wipe(&put, sizeof(put));
	return status;
}

autonomi_status autonomi_vault_put(autonomi_node *node, const uint8_t *vault_secret,
                                   uint64_t content_type, const uint8_t *content,
                                   size_t content_size, uint64_t tag, autonomi_op *ret_op)
{
	struct an_guard guard;
	an_status status = an_guard_enter(&guard, node);
	if (status == AUTONOMI_OK && (vault_secret == NULL || content == NULL || content_size == 0))
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK && content_size > AN_VAULT_CONTENT_MAX)
		status = AUTONOMI_E_TOO_LARGE;
	if (status == AUTONOMI_OK)
		status = put_vault(node, vault_secret, content_type, an_span(content, content_size),
		                   tag, ret_op);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_vault_get(autonomi_node *node, const uint8_t *vault_secret,
                                   size_t size_max, uint64_t tag, autonomi_op *ret_op)
{
	struct an_guard guard;
	an_status status = an_guard_enter(&guard, node);
	if (status == AUTONOMI_OK &&
	    (vault_secret == NULL || size_max == 0 || size_max > AN_VAULT_CONTENT_MAX))
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK)
		status = an_node_vault_get(node->inner, vault_secret, size_max, tag, ret_op);
	return an_guard_leave(&guard, status);
}
