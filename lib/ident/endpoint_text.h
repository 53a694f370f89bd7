/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Addresses as people write them: `192.0.2.1`, `2001:db8::1` (RFC 4291, 2.2; written as RFC 5952
 * says), and with a port `192.0.2.1:12000`, `[2001:db8::1]:12000`. Strict: decimal without leading
 * zeros, nothing around it, no zone.
 */
#ifndef AN_IDENT_ENDPOINT_TEXT_H
#define AN_IDENT_ENDPOINT_TEXT_H

#include <stdbool.h>

#include "base/endpoint.h"
#include "base/span.h"
#include "base/status.h"

enum {
	AN_ADDRESS_TEXT_MAX = 46,  /* an IP address with the final zero */
	AN_ENDPOINT_TEXT_MAX = 54, /* with brackets and port */
};

/* The readers leave `ret_` untouched where they fail. */
bool an_ip4_read(uint8_t ret_address[4], struct an_span text);
bool an_ip6_read(uint8_t ret_address[16], struct an_span text);
bool an_port_read(uint16_t *ret_port, struct an_span text);

/* `1.2.3.4:5` or `[2001:db8::1]:5`. E_ADDRESS where it is neither. The IPv4-mapped IPv6 form is the
 * same endpoint as the IPv4 one. */
an_status an_endpoint_read(struct an_endpoint *ret_endpoint, struct an_span text);

void an_endpoint_write(const struct an_endpoint *endpoint, char text[AN_ENDPOINT_TEXT_MAX]);

/* Any IPv6 address; one that maps an IPv4 address as `::ffff:192.0.2.1` (RFC 5952, 5). */
void an_ip6_write(const uint8_t address[16], char text[AN_ADDRESS_TEXT_MAX]);

/* The address alone, without brackets. */
void an_endpoint_write_address(const struct an_endpoint *endpoint, char text[AN_ADDRESS_TEXT_MAX]);

#endif
