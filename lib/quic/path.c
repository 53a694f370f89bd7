/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <netinet/in.h>
#include <sys/socket.h>

#include "quic/internal.h"

static struct sockaddr_in6 address_of(const struct an_endpoint *endpoint)
{
	struct sockaddr_in6 address = {.sin6_family = AF_INET6};
	/* Network byte order, whatever ours is. */
	const uint8_t port[2] = {(uint8_t)(endpoint->port >> 8), (uint8_t)endpoint->port};
	memcpy(&address.sin6_port, port, sizeof(port));
	memcpy(&address.sin6_addr, endpoint->address, sizeof(endpoint->address));
	address.sin6_scope_id = endpoint->scope;
	return address;
}

void an_quic_path_set(ngtcp2_path_storage *storage, const struct an_endpoint *remote)
{
	const struct sockaddr_in6 here = {.sin6_family = AF_INET6};
	const struct sockaddr_in6 there = address_of(remote);
	ngtcp2_path_storage_init(storage, (const ngtcp2_sockaddr *)(const void *)&here,
	                         sizeof(here), (const ngtcp2_sockaddr *)(const void *)&there,
	                         sizeof(there), NULL);
}

void an_quic_path_remote(const ngtcp2_path *path, struct an_endpoint *ret_remote)
{
	struct sockaddr_in6 address;
	uint8_t port[2];
	if (path->remote.addrlen < sizeof(address))
		return;
	memcpy(&address, path->remote.addr, sizeof(address));
	memcpy(port, &address.sin6_port, sizeof(port));
	memcpy(ret_remote->address, &address.sin6_addr, sizeof(ret_remote->address));
	ret_remote->port = (uint16_t)(port[0] << 8 | port[1]);
	ret_remote->scope = address.sin6_scope_id;
}
