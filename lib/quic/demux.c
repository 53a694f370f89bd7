/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/memory.h"
#include "quic/internal.h"

static struct an_quic_id *id_of_entry(struct an_map_entry *entry)
{
	return an_container_of(entry, struct an_quic_id, entry);
}

static void id_free(struct an_quic *quic, struct an_quic_id *id)
{
	an_map_remove(&quic->ids, &id->entry);
	an_list_remove(&id->link);
	an_free(id);
}

an_status an_quic_id_add(struct an_quic *quic, struct an_quic_route *route, const ngtcp2_cid *cid)
{
	const struct an_span key = an_span(cid->data, cid->datalen);
	if (an_map_find(&quic->ids, key) != NULL)
		return AUTONOMI_E_EXISTS;
	struct an_quic_id *id = an_calloc(1, sizeof(*id));
	if (id == NULL)
		return AUTONOMI_E_NO_MEMORY;

	id->cid = *cid;
	id->route = route;
	const an_status status = an_map_insert(&quic->ids, &id->entry,
	                                       an_span(id->cid.data, id->cid.datalen));
	if (status != AUTONOMI_OK) {
		an_free(id);
		return status;
	}
	an_list_append(&route->ids, &id->link);
	return AUTONOMI_OK;
}

void an_quic_id_remove(struct an_quic *quic, const ngtcp2_cid *cid)
{
	struct an_map_entry *entry = an_map_find(&quic->ids, an_span(cid->data, cid->datalen));
	if (entry != NULL)
		id_free(quic, id_of_entry(entry));
}

void an_quic_ids_move(struct an_quic_route *to, struct an_quic_route *from)
{
	struct an_list *link;
	while ((link = an_list_take(&from->ids)) != NULL) {
		an_container_of(link, struct an_quic_id, link)->route = to;
		an_list_append(&to->ids, link);
	}
}

void an_quic_ids_clear(struct an_quic *quic, struct an_quic_route *route)
{
	struct an_list *link;
	while ((link = an_list_first(&route->ids)) != NULL)
		id_free(quic, an_container_of(link, struct an_quic_id, link));
}

struct an_quic_route *an_quic_route_find(const struct an_quic *quic, const uint8_t *id, size_t size)
{
	struct an_map_entry *entry = an_map_find(&quic->ids, an_span(id, size));
	return entry != NULL ? id_of_entry(entry)->route : NULL;
}

void an_quic_id_choose(struct an_quic *quic, ngtcp2_cid *ret_cid)
{
	uint8_t bytes[AN_QUIC_ID_SIZE];
	do {
		an_random_fill(quic->random, bytes, sizeof(bytes));
	} while (an_quic_route_find(quic, bytes, sizeof(bytes)) != NULL);
	ngtcp2_cid_init(ret_cid, bytes, sizeof(bytes));
}
