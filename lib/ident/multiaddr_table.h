/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libp2p's table of protocols, for the two files that read and write multiaddresses. */
#ifndef AN_IDENT_MULTIADDR_TABLE_H
#define AN_IDENT_MULTIADDR_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/* How a value is written in text. */
enum an_multiaddr_form {
	AN_MULTIADDR_FORM_NONE,    /* no value */
	AN_MULTIADDR_FORM_IP4,     /* dotted decimal */
	AN_MULTIADDR_FORM_IP6,     /* RFC 5952 */
	AN_MULTIADDR_FORM_NUMBER,  /* decimal */
	AN_MULTIADDR_FORM_NAME,    /* as it is: a host name, a zone */
	AN_MULTIADDR_FORM_PEER_ID, /* base58 */
	AN_MULTIADDR_FORM_BINARY,  /* we read it in bytes only */
};

enum { AN_MULTIADDR_SIZE_VARIES = -1 };

struct an_multiaddr_row {
	uint32_t code;
	const char *name;
	int size; /* bytes of the value, or AN_MULTIADDR_SIZE_VARIES: a varint tells */
	enum an_multiaddr_form form;
};

/* NULL where the table has no such protocol. */
const struct an_multiaddr_row *an_multiaddr_row_of_code(uint64_t code);
const struct an_multiaddr_row *an_multiaddr_row_of_name(const uint8_t *name, size_t size);

/* UTF-8 without blanks, control characters of ASCII and slashes, and not empty: what text can hold. */
bool an_multiaddr_name_valid(struct an_span name);

#endif
