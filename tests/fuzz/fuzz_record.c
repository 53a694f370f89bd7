/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a record value from a client. The content of a chunk, written as a record of its own,
 * is one that a store would take; what a value of any kind comes to in our own form is read again as
 * the same. */
#include <stdlib.h>

#include "data/chunk.h"
#include "data/record_merge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_chunk(struct an_span content)
{
	uint8_t name[AN_RECORD_NAME_SIZE];
	struct an_blob *stored = an_chunk_record_value(content);
	if (stored == NULL)
		abort();
	an_chunk_name(content, name);
	if (an_record_check(name, an_blob_span(stored)) != AUTONOMI_OK)
		abort();
	an_blob_unref(stored);
}

static void check_canonical(struct an_span value)
{
	struct an_buffer first, again;
	an_buffer_init(&first, 2 * value.size + 64);
	an_buffer_init(&again, 2 * value.size + 64);
	if (an_record_canonical(value, &first) == AUTONOMI_OK &&
	    (an_record_canonical(an_buffer_span(&first), &again) != AUTONOMI_OK ||
	     !an_span_equal(an_buffer_span(&first), an_buffer_span(&again))))
		abort();
	an_buffer_done(&first);
	an_buffer_done(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t name[AN_RECORD_NAME_SIZE];
	const struct an_span value = an_span(data, size);
	struct an_span content;
	struct an_buffer scratch;
	an_buffer_init(&scratch, size);
	(void)an_record_check(name, value);
	if (an_chunk_upload_content(value, &scratch, &content) == AUTONOMI_OK)
		check_chunk(content);
	check_canonical(value);
	struct an_record_merged merged;
	if (an_record_merge(name, an_span(NULL, 0), value, SIZE_MAX, AN_RECORD_FROM_PEER,
	                    &merged) == AUTONOMI_OK)
		an_blob_unref(merged.store);
	an_buffer_done(&scratch);
	return 0;
}
