/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Peers show the same certificates all day, and checking a signature costs more than all the rest of
 * a handshake over messages. What an_certificate_read says is a function of the bytes alone, so it is
 * asked once for each certificate. The program is linked with --wrap=an_certificate_read.
 */
#include "crypt/certificate.h"
#include "base/list.h"
#include "base/map.h"
#include "sim/memory.h"

struct known {
	struct an_map_entry entry;
	an_status status;
	uint8_t public_key[AN_ED25519_PUBLIC_SIZE];
	size_t name_offset, name_size;
	uint8_t der[];
};

an_status __real_an_certificate_read(struct an_certificate *ret_certificate, struct an_span der);
an_status __wrap_an_certificate_read(struct an_certificate *ret_certificate, struct an_span der);

static struct known *learn(struct an_map *map, struct an_span der)
{
	struct an_certificate certificate = {.name = der};
	struct known *known = an_sim_alloc(sizeof(*known) + der.size);
	memcpy(known->der, der.data, der.size);
	known->status = __real_an_certificate_read(&certificate, der);
	memcpy(known->public_key, certificate.public_key, sizeof(known->public_key));
	known->name_offset = (size_t)(certificate.name.data - der.data);
	known->name_size = certificate.name.size;
	if (an_map_insert(map, &known->entry, an_span(known->der, der.size)) != AUTONOMI_OK)
		abort();
	return known;
}

an_status __wrap_an_certificate_read(struct an_certificate *ret_certificate, struct an_span der)
{
	static struct an_map certificates;
	if (der.size == 0 || der.size > AN_CERTIFICATE_MAX)
		return __real_an_certificate_read(ret_certificate, der);
	struct an_map_entry *entry = an_map_find(&certificates, der);
	const struct known *known = entry != NULL ? an_container_of(entry, struct known, entry)
	                                          : learn(&certificates, der);
	memcpy(ret_certificate->public_key, known->public_key, sizeof(known->public_key));
	ret_certificate->name = an_span(der.data + known->name_offset, known->name_size);
	return known->status;
}
