/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every operation: the guard, the arguments, the node. */
#include <stddef.h>
#include <string.h>

#include <autonomi/chunk.h>
#include <autonomi/dht.h>
#include <autonomi/file.h>
#include <autonomi/network.h>

#include "api/handle.h"
#include "api/message_fields.h"

static struct autonomi_node *node_of_network(const struct autonomi_network *network)
{
	return network != NULL ? network->node : NULL;
}

static struct autonomi_node *node_of_dht(const struct autonomi_dht *dht)
{
	return dht != NULL ? dht->node : NULL;
}

autonomi_status autonomi_network_peers(autonomi_network *network, uint64_t tag, autonomi_op *ret_op)
{
	struct an_guard guard;
	an_status status = an_guard_enter(&guard, node_of_network(network));
	if (status == AUTONOMI_OK)
		status = an_node_peers(network->node->inner, tag, ret_op);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_network_addresses(autonomi_network *network, uint64_t tag,
                                           autonomi_op *ret_op)
{
	struct an_guard guard;
	an_status status = an_guard_enter(&guard, node_of_network(network));
	if (status == AUTONOMI_OK)
		status = an_node_addresses(network->node->inner, tag, ret_op);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_network_port(autonomi_network *network)
{
	struct an_guard guard;
	an_status status = an_guard_enter(&guard, node_of_network(network));
	if (status == AUTONOMI_OK)
		status = an_node_port(network->node->inner);
	return an_guard_leave(&guard, status);
}

size_t autonomi_network_peer_count(autonomi_network *network)
{
	struct an_guard guard;
	const an_status status = an_guard_enter(&guard, node_of_network(network));
	const size_t count = status == AUTONOMI_OK ? an_node_peer_count(network->node->inner) : 0;
	an_guard_leave(&guard, status);
	return count;
}

uint64_t autonomi_dht_network_size(autonomi_dht *dht)
{
	struct an_guard guard;
	const an_status status = an_guard_enter(&guard, node_of_dht(dht));
	const uint64_t size = status == AUTONOMI_OK ? an_node_network_size(dht->node->inner) : 0;
	an_guard_leave(&guard, status);
	return size;
}

autonomi_status autonomi_dht_responsible_range(autonomi_dht *dht, uint8_t *ret_distance)
{
	struct an_guard guard;
	struct an_dht_key range;
	an_status status = an_guard_enter(&guard, node_of_dht(dht));
	if (status == AUTONOMI_OK && ret_distance == NULL)
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK && !an_node_responsible_range(dht->node->inner, &range))
		status = AUTONOMI_E_NO_PEERS;
	if (status == AUTONOMI_OK)
		memcpy(ret_distance, range.bytes, sizeof(range.bytes));
	return an_guard_leave(&guard, status);
}

typedef an_status inquiry(struct an_node *node, const char *peer, uint64_t tag,
                          autonomi_op *ret_op);

static an_status inquire(inquiry *function, struct autonomi_node *node, const char *peer,
                         uint64_t tag, autonomi_op *ret_op)
{
	struct an_guard guard;
	an_status status = an_guard_enter(&guard, node);
	if (status == AUTONOMI_OK && peer == NULL)
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK)
		status = function(node->inner, peer, tag, ret_op);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_network_connect(autonomi_network *network, const char *peer, uint64_t tag,
                                         autonomi_op *ret_op)
{
	return inquire(an_node_connect, node_of_network(network), peer, tag, ret_op);
}

autonomi_status autonomi_network_ask_info(autonomi_network *network, const char *peer, uint64_t tag,
                                          autonomi_op *ret_op)
{
	return inquire(an_node_ask_info, node_of_network(network), peer, tag, ret_op);
}

autonomi_status autonomi_network_ask_peers(autonomi_network *network, const char *peer,
                                           uint64_t tag, autonomi_op *ret_op)
{
	return inquire(an_node_ask_peers, node_of_network(network), peer, tag, ret_op);
}

autonomi_status autonomi_dht_add_peer(autonomi_dht *dht, const char *peer, uint64_t tag,
                                      autonomi_op *ret_op)
{
	return inquire(an_node_add_peer, node_of_dht(dht), peer, tag, ret_op);
}

autonomi_status autonomi_dht_ask_closest(autonomi_dht *dht, const char *peer, const uint8_t *name,
                                         size_t name_size, uint64_t tag, autonomi_op *ret_op)
{
	struct an_guard guard;
	an_status status = an_guard_enter(&guard, node_of_dht(dht));
	if (status == AUTONOMI_OK && (peer == NULL || name == NULL))
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK)
		status = an_node_ask_closest(dht->node->inner, peer, an_span(name, name_size), tag,
		                             ret_op);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_network_send_request(autonomi_network *network, const char *peer,
                                              const autonomi_message *request, uint64_t tag,
                                              autonomi_op *ret_op)
{
	struct an_guard guard;
	an_status status = an_guard_enter(&guard, node_of_network(network));
	const struct an_request *whole = an_api_message_request(request);
	if (status == AUTONOMI_OK && (peer == NULL || whole == NULL))
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK)
		status = an_node_send_request(network->node->inner, peer, whole, tag, ret_op);
	return an_guard_leave(&guard, status);
}

typedef an_status search(struct an_node *node, struct an_span name, size_t count, uint64_t tag,
                         autonomi_op *ret_op);

static an_status find(search *function, struct autonomi_dht *dht, struct an_span name, size_t count,
                      uint64_t tag, autonomi_op *ret_op)
{
	struct an_guard guard;
	an_status status = an_guard_enter(&guard, node_of_dht(dht));
	if (status == AUTONOMI_OK && name.data == NULL)
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK)
		status = function(dht->node->inner, name, count, tag, ret_op);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_dht_find_closest(autonomi_dht *dht, const uint8_t *name, size_t name_size,
                                          size_t count, uint64_t tag, autonomi_op *ret_op)
{
	return find(an_node_find_closest, dht, an_span(name, name_size), count, tag, ret_op);
}

autonomi_status autonomi_dht_find_agreed(autonomi_dht *dht, const uint8_t *name, size_t name_size,
                                         size_t count, uint64_t tag, autonomi_op *ret_op)
{
	return find(an_node_find_agreed, dht, an_span(name, name_size), count, tag, ret_op);
}

autonomi_status autonomi_dht_table(autonomi_dht *dht, uint64_t tag, autonomi_op *ret_op)
{
	struct an_guard guard;
	an_status status = an_guard_enter(&guard, node_of_dht(dht));
	if (status == AUTONOMI_OK)
		status = an_node_table(dht->node->inner, tag, ret_op);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_chunk_put(autonomi_node *node, const uint8_t *data, size_t data_size,
                                   uint64_t tag, autonomi_op *ret_op)
{
	struct an_guard guard;
	an_status status = an_guard_enter(&guard, node);
	if (status == AUTONOMI_OK && data == NULL && data_size > 0)
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK)
		status = an_node_chunk_put(node->inner, an_span(data, data_size), tag, ret_op);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_chunk_get(autonomi_node *node, const uint8_t *address, uint64_t tag,
                                   autonomi_op *ret_op)
{
	struct an_guard guard;
	an_status status = an_guard_enter(&guard, node);
	if (status == AUTONOMI_OK && address == NULL)
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK)
		status = an_node_chunk_get(node->inner, address, tag, ret_op);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_file_upload(autonomi_node *node, const char *path, uint32_t flags,
                                     uint64_t tag, autonomi_op *ret_op)
{
	struct an_guard guard;
	an_status status = an_guard_enter(&guard, node);
	if (status == AUTONOMI_OK && (path == NULL || (flags & ~(uint32_t)AUTONOMI_UPLOAD_PUBLIC)))
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK)
		status = an_node_upload(node->inner, path, (flags & AUTONOMI_UPLOAD_PUBLIC) != 0,
		                        tag, ret_op);
	return an_guard_leave(&guard, status);
}

autonomi_status autonomi_file_download(autonomi_node *node, const uint8_t *source,
                                       size_t source_size, const char *path, uint32_t flags,
                                       uint64_t tag, autonomi_op *ret_op)
{
	struct an_guard guard;
	an_status status = an_guard_enter(&guard, node);
	if (status == AUTONOMI_OK &&
	    (path == NULL || source == NULL || (flags & ~(uint32_t)AUTONOMI_DOWNLOAD_REPLACE)))
		status = AUTONOMI_E_INVALID;
	if (status == AUTONOMI_OK)
		status = an_node_download(node->inner, an_span(source, source_size), path,
		                          (flags & AUTONOMI_DOWNLOAD_REPLACE) != 0, tag, ret_op);
	return an_guard_leave(&guard, status);
}
