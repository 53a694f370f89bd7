/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/message_codec.h"

static const char *const envelope_names[] = {"Cmd", "Query"};
static const struct an_fields envelopes = AN_FIELDS(envelope_names);

size_t an_message_read_type(struct an_reader *reader, const struct an_message_types *types)
{
	const int envelope = an_cbor_read_variant(reader, &envelopes);
	const bool is_query = envelope == 1;
	if (envelope == AN_VARIANT_NONE)
		an_reader_fail(reader, AUTONOMI_E_CORRUPT);
	const size_t first = is_query ? types->first_query : 0;
	const struct an_fields table = {
		.names = types->names + first,
		.count = is_query ? types->count - first : types->first_query,
	};
	const int variant = an_cbor_read_variant(reader, &table);
	if (variant == AN_VARIANT_NONE) {
		an_reader_fail(reader, AUTONOMI_E_CORRUPT);
		return types->count;
	}
	return first + (size_t)variant;
}

void an_message_write_type(struct an_buffer *out, const struct an_message_types *types, size_t type)
{
	an_cbor_write_variant(out, envelope_names[type < types->first_query ? 0 : 1]);
	an_cbor_write_variant(out, types->names[type]);
}

an_status an_message_status(const struct an_message_source *source)
{
	const an_status failed = source->reader.failed;
	return failed == AUTONOMI_E_CORRUPT ? AUTONOMI_E_PROTOCOL : failed;
}

an_status an_message_to_blob(const void *message, enum an_record_form form, size_t size_max,
                             an_message_encode *encode, struct an_blob **ret_blob)
{
	*ret_blob = NULL;
	struct an_buffer out;
	an_buffer_init(&out, size_max);
	an_status status = encode(message, form, &out);
	if (status == AUTONOMI_OK) {
		*ret_blob = an_blob_copy(an_buffer_span(&out));
		status = *ret_blob != NULL ? AUTONOMI_OK : AUTONOMI_E_NO_MEMORY;
	}
	an_buffer_done(&out);
	return status;
}
