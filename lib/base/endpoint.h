/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where datagrams go: an IP address and a UDP port. An IPv4 address is kept in its IPv6-mapped form
 * (RFC 4291, 2.5.5.2), as a dual-stack socket sees it, so two endpoints are equal where their fields
 * are.
 */
#ifndef AN_BASE_ENDPOINT_H
#define AN_BASE_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct an_endpoint {
	uint8_t address[16]; /* network byte order */
	uint32_t scope;      /* interface of a link-local address, else 0 */
	uint16_t port;       /* host byte order */
};

static inline bool an_endpoint_equal(const struct an_endpoint *a, const struct an_endpoint *b)
{
	return a->port == b->port && a->scope == b->scope &&
	       memcmp(a->address, b->address, sizeof(a->address)) == 0;
}

static inline bool an_endpoint_is_ip4(const struct an_endpoint *endpoint)
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	return memcmp(endpoint->address, mapped, sizeof(mapped)) == 0;
}

static inline struct an_endpoint an_endpoint_ip4(uint8_t a, uint8_t b, uint8_t c, uint8_t d,
                                                 uint16_t port)
{
	return (struct an_endpoint){.address = {[10] = 0xff, 0xff, a, b, c, d}, .port = port};
}

#endif
