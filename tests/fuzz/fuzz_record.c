/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a record value from a client. The content of a chunk, written as a record of its own,
 * is one that a store would take. */
#include <stdlib.h>

#include "data/chunk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct an_span value = an_span(data, size);
	struct an_span content;
	struct an_buffer scratch;
	uint8_t name[AN_RECORD_NAME_SIZE] = {0};
	an_buffer_init(&scratch, size);
	(void)an_record_check(name, value);
	if (an_chunk_upload_content(value, &scratch, &content) == AUTONOMI_OK) {
		struct an_blob *stored = an_chunk_record_value(content);
		if (stored == NULL)
			abort();
		an_chunk_name(content, name);
		if (an_record_check(name, an_blob_span(stored)) != AUTONOMI_OK)
			abort();
		an_blob_unref(stored);
	}
	an_buffer_done(&scratch);
	return 0;
}
