/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Remote IP addresses: how many connections each has, and how many handshakes it began. A handshake
 * costs us about as much as its peer, but a host that dials, closes and dials again could keep us busy
 * with nothing else; so each address may begin only so many in a second, and a few at once. That is
 * remembered until it is paid for, of at most AN_QUIC_RESTING_MAX addresses that have no connection any
 * more.
 */
#include "base/memory.h"
#include "quic/internal.h"

/* One host has a whole /64 of IPv6 addresses, but only one IPv4 address. */
static struct an_span address_key(const struct an_endpoint *remote)
{
	return an_span(remote->address, an_endpoint_is_ip4(remote) ? 16 : 8);
}

struct an_quic_address *an_quic_address_find(const struct an_quic *quic,
                                             const struct an_endpoint *remote)
{
	struct an_map_entry *entry = an_map_find(&quic->addresses, address_key(remote));
	return entry != NULL ? an_container_of(entry, struct an_quic_address, entry) : NULL;
}

bool an_quic_address_full(const struct an_quic *quic, const struct an_endpoint *remote)
{
	const struct an_quic_address *address = an_quic_address_find(quic, remote);
	const size_t connections = address != NULL ? address->connections : 0;
	return connections >= quic->limits.connections_per_address;
}

static an_time_us price(const struct an_quic *quic)
{
	return quic->limits.handshake_rate > 0 ? AN_SECONDS(1) / quic->limits.handshake_rate : 0;
}

static void pay(const struct an_quic *quic, struct an_quic_address *address)
{
	address->paid = an_time_later(address->paid, quic->now) + price(quic);
}

static void end_rest(struct an_quic *quic, struct an_quic_address *address)
{
	if (!an_list_linked(&address->resting))
		return;
	an_list_remove(&address->resting);
	quic->resting_count--;
}

static struct an_quic_address *make(struct an_quic *quic, const struct an_endpoint *remote)
{
	struct an_quic_address *address = an_calloc(1, sizeof(*address));
	if (address == NULL)
		return NULL;

	const struct an_span key = address_key(remote);
	memcpy(address->key, key.data, key.size);
	if (an_map_insert(&quic->addresses, &address->entry, an_span(address->key, key.size)) !=
	    AUTONOMI_OK)
		return an_free(address);
	return address;
}

struct an_quic_address *an_quic_address_take(struct an_quic *quic, const struct an_endpoint *remote)
{
	struct an_quic_address *address = an_quic_address_find(quic, remote);
	if (address == NULL)
		address = make(quic, remote);
	if (address == NULL)
		return NULL;
	end_rest(quic, address);
	address->connections++;
	pay(quic, address);
	return address;
}

bool an_quic_address_hasty(const struct an_quic *quic, const struct an_endpoint *remote)
{
	const struct an_quic_address *address = an_quic_address_find(quic, remote);
	const an_time_us at_once = quic->limits.connections_per_address * price(quic);
	return address != NULL && address->paid > an_time_after(quic->now, at_once);
}

static void forget(struct an_quic *quic, struct an_quic_address *address)
{
	end_rest(quic, address);
	an_map_remove(&quic->addresses, &address->entry);
	an_free(address);
}

/* Those that have paid, and the oldest of too many. */
static void forget_rested(struct an_quic *quic)
{
	struct an_list *first;
	while ((first = an_list_first(&quic->resting)) != NULL) {
		struct an_quic_address *address = an_container_of(first, struct an_quic_address,
		                                                  resting);
		if (address->paid > quic->now && quic->resting_count <= AN_QUIC_RESTING_MAX)
			return;
		forget(quic, address);
	}
}

void an_quic_address_release(struct an_quic *quic, struct an_quic_address *address)
{
	if (--address->connections > 0)
		return;
	if (address->paid <= quic->now) {
		forget(quic, address);
		return;
	}
	an_list_append(&quic->resting, &address->resting);
	quic->resting_count++;
	forget_rested(quic);
}

void an_quic_addresses_clear(struct an_quic *quic)
{
	for (struct an_list *first; (first = an_list_first(&quic->resting)) != NULL;)
		forget(quic, an_container_of(first, struct an_quic_address, resting));
}
