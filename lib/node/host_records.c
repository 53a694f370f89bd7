/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations of the host on records of any kind. */
#include "data/chunk.h"
#include "node/host.h"
#include "node/host_peers.h"
#include "node/internal.h"

/* What the result says of versions and counters. */
static void set_versions(struct autonomi_event *event, const struct an_client_result *result)
{
	event->count = result->count;
	event->counter = result->counter;
	event->network_counter = result->network_counter;
	event->versions = result->versions;
	event->content_type = result->content_type;
}

static void written(void *context, const struct an_client_result *result)
{
	struct an_operation *operation = context;
	struct autonomi_event *event = operation->completion;
	an_host_set_message(event, result);
	set_versions(event, result);
	an_status status = result->status;
	if (status >= 0)
		status = an_host_give(event, NULL, an_span(result->owner, sizeof(result->owner)));
	an_operation_complete(operation, status);
}

/* A fork has content as well as an error. */
static void read_record(void *context, const struct an_client_result *result)
{
	struct an_operation *operation = context;
	struct autonomi_event *event = operation->completion;
	an_host_set_message(event, result);
	set_versions(event, result);
	an_status status = result->status;
	if (result->content != NULL &&
	    an_event_set_data(event, result->content, result->bytes) != AUTONOMI_OK)
		status = AUTONOMI_E_NO_MEMORY;
	if (an_host_add_contacts(operation->node, event, result->holders, result->holder_count) !=
	    AUTONOMI_OK)
		status = AUTONOMI_E_NO_MEMORY;
	an_operation_complete(operation, status);
}

/* The client gives the content alone; the head in front of it follows from that. */
static void read_chunk(void *context, const struct an_client_result *result)
{
	struct an_operation *operation = context;
	struct autonomi_event *event = operation->completion;
	an_host_set_message(event, result);
	an_status status = result->status;
	if (status >= 0) {
		struct an_blob *value = an_chunk_record_value(result->bytes);
		status = value != NULL ? an_event_set_data(event, value, an_blob_span(value))
		                       : AUTONOMI_E_NO_MEMORY;
		an_blob_unref(value);
		event->count = event->versions = 1;
	}
	an_operation_complete(operation, status);
}

an_status an_node_record_write(struct an_node *node, const struct an_client_write *write,
                               uint64_t tag, autonomi_op *ret_op)
{
	struct an_operation *operation = NULL;
	an_status status = an_host_begin(node, tag, AN_HOST_SMALL_COMPLETION, &operation);
	if (status != AUTONOMI_OK)
		return status;
	status = an_client_record_write(node->client, write, written, operation,
	                                &operation->handle);
	return an_host_submitted(operation, status, ret_op);
}

/* Bytes of the peers that a completion may list. */
static size_t room_for_holders(const struct an_node *node)
{
	return node->profile.k * sizeof(struct an_event_peer);
}

/* Room for the largest record value. */
static an_status begin_get(struct an_node *node, uint64_t tag, struct an_operation **ret_operation)
{
	return an_host_begin(node, tag,
	                     node->profile.record_value_max + AN_HOST_SMALL_COMPLETION +
	                             room_for_holders(node),
	                     ret_operation);
}

an_status an_node_record_get(struct an_node *node, enum an_record_type type,
                             const uint8_t name[AN_RECORD_NAME_SIZE], uint64_t tag,
                             autonomi_op *ret_op)
{
	struct an_operation *operation = NULL;
	an_status status = begin_get(node, tag, &operation);
	if (status != AUTONOMI_OK)
		return status;
	status = an_client_record_get(node->client, type, name, read_record, operation,
	                              &operation->handle);
	return an_host_submitted(operation, status, ret_op);
}

an_status an_node_any_record_get(struct an_node *node, const uint8_t name[AN_RECORD_NAME_SIZE],
                                 uint64_t tag, autonomi_op *ret_op)
{
	struct an_operation *operation = NULL;
	an_status status = begin_get(node, tag, &operation);
	if (status != AUTONOMI_OK)
		return status;
	status = an_client_record_get_any(node->client, name, read_record, operation,
	                                  &operation->handle);
	return an_host_submitted(operation, status, ret_op);
}

an_status an_node_chunk_record_get(struct an_node *node, const uint8_t name[AN_RECORD_NAME_SIZE],
                                   uint64_t tag, autonomi_op *ret_op)
{
	struct an_operation *operation = NULL;
	an_status status = begin_get(node, tag, &operation);
	if (status != AUTONOMI_OK)
		return status;
	status = an_client_chunk_get(node->client, name, read_chunk, operation, &operation->handle);
	return an_host_submitted(operation, status, ret_op);
}

an_status an_node_record_exists(struct an_node *node, const uint8_t name[AN_RECORD_NAME_SIZE],
                                uint64_t tag, autonomi_op *ret_op)
{
	struct an_operation *operation = NULL;
	an_status status = an_host_begin(node, tag,
	                                 AN_HOST_SMALL_COMPLETION + room_for_holders(node),
	                                 &operation);
	if (status != AUTONOMI_OK)
		return status;
	status = an_client_record_exists(node->client, name, read_record, operation,
	                                 &operation->handle);
	return an_host_submitted(operation, status, ret_op);
}

/* ---- Registers. */
typedef an_status register_writer(struct an_client *client, const struct an_register_write *write,
                                  an_client_done *done, void *context, uint64_t *ret_id);
typedef an_status register_reader(struct an_client *client, const uint8_t owner[AN_OWNER_KEY_SIZE],
                                  an_client_done *done, void *context, uint64_t *ret_id);

static an_status write_register(struct an_node *node, register_writer *writer,
                                const struct an_register_write *write, uint64_t tag,
                                autonomi_op *ret_op)
{
	struct an_operation *operation = NULL;
	an_status status = an_host_begin(node, tag, AN_HOST_SMALL_COMPLETION, &operation);
	if (status != AUTONOMI_OK)
		return status;
	status = writer(node->client, write, written, operation, &operation->handle);
	return an_host_submitted(operation, status, ret_op);
}

static an_status read_register(struct an_node *node, register_reader *reader, size_t size_max,
                               const uint8_t owner[AN_OWNER_KEY_SIZE], uint64_t tag,
                               autonomi_op *ret_op)
{
	struct an_operation *operation = NULL;
	an_status status = an_host_begin(node, tag, size_max + AN_HOST_SMALL_COMPLETION,
	                                 &operation);
	if (status != AUTONOMI_OK)
		return status;
	status = reader(node->client, owner, read_record, operation, &operation->handle);
	return an_host_submitted(operation, status, ret_op);
}

an_status an_node_register_create(struct an_node *node, const struct an_register_write *write,
                                  uint64_t tag, autonomi_op *ret_op)
{
	return write_register(node, an_client_register_create, write, tag, ret_op);
}

an_status an_node_register_update(struct an_node *node, const struct an_register_write *write,
                                  uint64_t tag, autonomi_op *ret_op)
{
	return write_register(node, an_client_register_update, write, tag, ret_op);
}

an_status an_node_register_get(struct an_node *node, const uint8_t owner[AN_OWNER_KEY_SIZE],
                               uint64_t tag, autonomi_op *ret_op)
{
	return read_register(node, an_client_register_get,
	                     AN_GRAPH_FORKS_MAX * AN_GRAPH_CONTENT_SIZE, owner, tag, ret_op);
}

an_status an_node_register_history(struct an_node *node, const uint8_t owner[AN_OWNER_KEY_SIZE],
                                   uint64_t tag, autonomi_op *ret_op)
{
	return read_register(node, an_client_register_history,
	                     AN_REGISTER_VALUES_MAX * AN_GRAPH_CONTENT_SIZE, owner, tag, ret_op);
}

/* ---- Vaults. */
an_status an_node_vault_put(struct an_node *node, const struct an_vault_put *put, uint64_t tag,
                            autonomi_op *ret_op)
{
	struct an_operation *operation = NULL;
	an_status status = an_host_begin(node, tag, AN_HOST_SMALL_COMPLETION, &operation);
	if (status != AUTONOMI_OK)
		return status;
	status = an_client_vault_put(node->client, put, an_host_progressed, written, operation,
	                             &operation->handle);
	return an_host_submitted(operation, status, ret_op);
}

an_status an_node_vault_get(struct an_node *node, const uint8_t secret[AN_BLS_SECRET_SIZE],
                            size_t size_max, uint64_t tag, autonomi_op *ret_op)
{
	struct an_operation *operation = NULL;
	an_status status = an_host_begin(node, tag, size_max + AN_HOST_SMALL_COMPLETION,
	                                 &operation);
	if (status != AUTONOMI_OK)
		return status;
	status = an_client_vault_get(node->client, secret, size_max, read_record, operation,
	                             &operation->handle);
	return an_host_submitted(operation, status, ret_op);
}
