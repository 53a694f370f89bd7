/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a NetworkAddress; the first byte chooses CBOR or MessagePack. What was understood is
 * written in both and read back as the same, and has a record key. */
#include <stdlib.h>

#include "data/address.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OUT_MAX = 4096 };

static void check(const struct an_address *address)
{
	struct an_buffer out;
	struct an_address again;
	uint8_t space[AN_RECORD_NAME_SIZE], name[AN_RECORD_NAME_SIZE];
	an_buffer_init(&out, OUT_MAX);
	an_address_write_cbor(&out, address);
	struct an_reader reader = an_reader(an_buffer_span(&out));
	an_address_read_cbor(&reader, &again);
	if (!an_reader_ok(&reader) || !an_address_equal(address, &again))
		abort();
	an_buffer_clear(&out);
	an_address_write_msgpack(&out, address);
	reader = an_reader(an_buffer_span(&out));
	an_address_read_msgpack(&reader, &again);
	if (!an_reader_ok(&reader) || !an_address_equal(address, &again))
		abort();
	const struct an_span key = an_address_record_key(address, space);
	const bool named = an_address_record_name(address, name) == AUTONOMI_OK;
	if (named != (key.size == sizeof(name)) || (named && memcmp(name, key.data, key.size) != 0))
		abort();
	an_buffer_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct an_address address;
	if (size == 0)
		return 0;
	struct an_reader reader = an_reader(an_span(data + 1, size - 1));
	if ((data[0] & 1) != 0)
		an_address_read_msgpack(&reader, &address);
	else
		an_address_read_cbor(&reader, &address);
	if (an_reader_ok(&reader))
		check(&address);
	return 0;
}
