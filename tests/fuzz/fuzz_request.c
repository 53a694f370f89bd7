/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a request. What was understood must be writable, and what was written must be
 * understood as the same. The first byte chooses the form of record values. */
#include <stdlib.h>

#include "data/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OUT_MAX = 1 << 22 };

static void write_again(struct an_span written, enum an_record_form form)
{
	struct an_request request;
	struct an_buffer scratch;
	struct an_buffer out;
	an_buffer_init(&scratch, written.size);
	an_buffer_init(&out, OUT_MAX);
	if (an_request_decode(written, form, &scratch, &request) != AUTONOMI_OK ||
	    an_request_encode(&request, form, &out) != AUTONOMI_OK ||
	    !an_span_equal(an_buffer_span(&out), written))
		abort();
	an_buffer_done(&out);
	an_buffer_done(&scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	const enum an_record_form form = data[0] & 1 ? AN_RECORD_FORM_INTEGERS
	                                             : AN_RECORD_FORM_BYTES;
	struct an_request request;
	struct an_buffer scratch;
	struct an_buffer out;
	an_buffer_init(&scratch, size);
	an_buffer_init(&out, OUT_MAX);
	if (an_request_decode(an_span(data + 1, size - 1), form, &scratch, &request) ==
	    AUTONOMI_OK) {
		if (an_request_encode(&request, form, &out) != AUTONOMI_OK)
			abort();
		write_again(an_buffer_span(&out), form);
	}
	an_buffer_done(&out);
	an_buffer_done(&scratch);
	return 0;
}
