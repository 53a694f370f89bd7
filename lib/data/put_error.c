/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/put_error.h"

#include "data/address_text.h"

const char *an_put_error_name(enum an_put_error_type type)
{
	static const char *const names[AN_PUT_ERROR_TYPES] = {
		[AN_PUT_ERROR_NONE] = "",
		[AN_PUT_ERROR_LOCAL_SWARM] = "LocalSwarmError",
		[AN_PUT_ERROR_INVALID_RECORD_HEADER] = "InvalidRecordHeader",
		[AN_PUT_ERROR_INVALID_RECORD] = "InvalidRecord",
		[AN_PUT_ERROR_RECORD_KEY_MISMATCH] = "RecordKeyMismatch",
		[AN_PUT_ERROR_NO_PAYMENT] = "NoPayment",
		[AN_PUT_ERROR_UNEXPECTED_PAYMENT] = "UnexpectedRecordWithPayment",
		[AN_PUT_ERROR_OVERSIZED_CHUNK] = "OversizedChunk",
		[AN_PUT_ERROR_OUTDATED_COUNTER] = "OutdatedRecordCounter",
		[AN_PUT_ERROR_INVALID_SCRATCHPAD_SIGNATURE] = "InvalidScratchpadSignature",
		[AN_PUT_ERROR_SCRATCHPAD_TOO_BIG] = "ScratchpadTooBig",
		[AN_PUT_ERROR_EMPTY_GRAPH_ENTRY] = "EmptyGraphEntry",
		[AN_PUT_ERROR_INVALID_POINTER_SIGNATURE] = "InvalidPointerSignature",
	};
	return names[type];
}

static void append_pair(struct an_buffer *text, const char *before, uint64_t first,
                        const char *between, uint64_t second, const char *after)
{
	an_text_append(text, before);
	an_text_append_number(text, first);
	an_text_append(text, between);
	an_text_append_number(text, second);
	an_text_append(text, after);
}

void an_put_error_debug(const struct an_put_error *error, struct an_span key,
                        struct an_buffer *text)
{
	an_text_append(text, an_put_error_name(error->type));
	switch (error->type) {
	case AN_PUT_ERROR_INVALID_RECORD:
	case AN_PUT_ERROR_NO_PAYMENT:
	case AN_PUT_ERROR_UNEXPECTED_PAYMENT:
	case AN_PUT_ERROR_EMPTY_GRAPH_ENTRY:
		an_text_append(text, "(");
		an_record_key_display(key, text);
		an_text_append(text, ")");
		break;
	case AN_PUT_ERROR_OVERSIZED_CHUNK:
		append_pair(text, "(", error->size, ", ", error->limit, ")");
		break;
	case AN_PUT_ERROR_OUTDATED_COUNTER:
		append_pair(text, " { counter: ", error->counter, ", expected: ", error->expected,
		            " }");
		break;
	case AN_PUT_ERROR_SCRATCHPAD_TOO_BIG:
		an_text_append(text, "(");
		an_text_append_number(text, error->size);
		an_text_append(text, ")");
		break;
	default:
		break;
	}
}
