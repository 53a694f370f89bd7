/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A certificate from a handshake. The first byte chooses: any bytes, or one of our own, whose name
 * the input gives, with some of its bytes changed: two bytes say where, the third by what.
 */
#include <stdlib.h>

#include "crypt/certificate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t secret[AN_ED25519_SECRET_SIZE] = {1, 2, 3};

static void read_certificate(struct an_span der)
{
	struct an_certificate certificate;
	if (an_certificate_read(&certificate, der) != AUTONOMI_OK)
		return;
	const uint8_t *name = certificate.name.data;
	if (certificate.name.size == 0 || certificate.name.size > AN_CERTIFICATE_NAME_MAX ||
	    name < der.data || name + certificate.name.size > der.data + der.size)
		abort();
}

static void change_ours(struct an_span input)
{
	struct an_buffer der;
	if (input.size < 1 || input.data[0] >= input.size)
		return;
	const struct an_span name = an_span(input.data + 1, input.data[0]);
	an_buffer_init(&der, AN_CERTIFICATE_MAX);
	if (an_certificate_write(secret, name, &der) == AUTONOMI_OK) {
		for (size_t i = 1 + name.size; i + 3 <= input.size; i += 3) {
			const size_t place = (size_t)input.data[i] << 8 | input.data[i + 1];
			der.data[place % der.size] ^= input.data[i + 2];
		}
		read_certificate(an_buffer_span(&der));
	}
	an_buffer_done(&der);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0 && (data[0] & 1) == 1)
		change_ours(an_span(data + 1, size - 1));
	else if (size > 0)
		read_certificate(an_span(data + 1, size - 1));
	return 0;
}
