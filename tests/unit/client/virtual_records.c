/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the peers of the virtual network hold. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "data/chunk.h"
#include "virtual_network.h"

struct stored_record *network_record(struct virtual_network *network, const uint8_t name[32])
{
	struct stored_record *record = network->records;
	while (record != NULL && memcmp(record->name, name, 32) != 0)
		record = record->next;
	return record;
}

static struct stored_record *held_by(const struct virtual_network *network, const uint8_t name[32],
                                     size_t index)
{
	struct stored_record *record = network->records;
	while (record != NULL &&
	       (memcmp(record->name, name, 32) != 0 || (record->holders >> index & 1) == 0))
		record = record->next;
	return record;
}

/* The version of a record that has these bytes. */
static struct stored_record *version_of(struct virtual_network *network, const uint8_t name[32],
                                        struct an_span value)
{
	struct stored_record *record = network->records;
	while (record != NULL && (memcmp(record->name, name, 32) != 0 ||
	                          !an_span_equal(value, an_blob_span(record->value))))
		record = record->next;
	return record;
}

void network_keep(struct virtual_network *network, const uint8_t name[32], struct an_span value,
                  size_t index)
{
	struct stored_record *record = held_by(network, name, index);
	if (record != NULL)
		record->holders &= ~(UINT32_C(1) << index);
	record = version_of(network, name, value);
	if (record == NULL) {
		record = network_own(calloc(1, sizeof(*record)));
		memcpy(record->name, name, 32);
		record->value = network_own(an_blob_copy(value));
		record->next = network->records;
		network->records = record;
	}
	record->holders |= UINT32_C(1) << index;
}

struct an_blob *network_value(const struct virtual_network *network, const uint8_t name[32],
                              size_t index)
{
	struct stored_record *record = held_by(network, name, index);
	return record != NULL ? record->value : NULL;
}

bool network_holds(const struct virtual_network *network, const uint8_t name[32], size_t index)
{
	return held_by(network, name, index) != NULL;
}

size_t network_copies(const struct virtual_network *network, const uint8_t name[32])
{
	size_t copies = 0;
	for (size_t i = 0; i < network->peer_count; i++)
		copies += network_holds(network, name, i);
	return copies;
}

void network_lose(struct virtual_network *network, const uint8_t name[32], size_t kept)
{
	for (size_t i = 0; i < network->peer_count; i++) {
		struct stored_record *record = held_by(network, name, i);
		if (record == NULL)
			continue;
		if (kept > 0)
			kept--;
		else
			record->holders &= ~(UINT32_C(1) << i);
	}
}

size_t network_record_count(const struct virtual_network *network)
{
	size_t count = 0;
	for (struct stored_record *record = network->records; record != NULL; record = record->next)
		count++;
	return count;
}

void network_store(struct virtual_network *network, struct an_span content, uint8_t ret_name[32])
{
	struct an_blob *value = network_own(an_chunk_record_value(content));
	an_chunk_name(content, ret_name);
	size_t order[PEERS_MAX];
	network_rank(network, ret_name, order);
	for (size_t i = 0; i < network->profile.close_group && i < network->peer_count; i++)
		network_keep(network, ret_name, an_blob_span(value), order[i]);
	an_blob_unref(value);
}
