/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the opaque handles of data are, and what the functions on them share: bytes and texts that go
 * out, spans that come in, randomness.
 *
 * None of these handles knows a node. They are unchanged once made, unless their function says so.
 */
#ifndef AN_API_DATA_HANDLE_H
#define AN_API_DATA_HANDLE_H

#include <autonomi/data.h>

#include "api/handle.h"
#include "base/buffer.h"
#include "crypt/random.h"
#include "data/archive.h"
#include "data/data_map.h"
#include "data/graph_entry.h"
#include "data/payment.h"
#include "data/pointer.h"
#include "data/record.h"
#include "data/scratchpad.h"

/* The largest thing that these functions read or write. */
enum { AN_API_BYTES_MAX = 1 << 30 };

struct autonomi_bytes {
	struct an_buffer buffer; /* the bytes and a zero */
};

struct autonomi_pointer {
	struct an_pointer value;
};

struct autonomi_graph_entry {
	struct an_graph_entry value;
};

struct autonomi_scratchpad {
	struct an_scratchpad value; /* borrows its data from `data` */
	struct an_buffer data;
};

/* Each entry owns what it borrows, in one block that begins with its path. */
struct autonomi_archive {
	struct an_archive value;
};

struct autonomi_data_map {
	struct an_data_map value;
};

struct autonomi_quote {
	struct an_quote value;
};

/* Whether bytes of the host are there: a pointer, or none of them. */
static inline bool an_api_has(const void *data, size_t size)
{
	return data != NULL || size == 0;
}

/* Makes the object that the host gets of a buffer, which is taken in any case: where `status` is not
 * AUTONOMI_OK it is wiped and freed. Returns `status` or E_NO_MEMORY. */
an_status an_api_take_bytes(struct an_buffer *buffer, an_status status,
                            struct autonomi_bytes **ret_bytes);

/* Copies a text with a final zero. E_TOO_SMALL, E_INVALID. */
an_status an_api_copy_text(struct an_span source, char *text, size_t text_size);

/* Says in `reterr`, which may be NULL, as much of `words` as there is room for, or what `status` means
 * where there are none; nothing where it is AUTONOMI_OK. */
void an_api_say(struct an_span words, an_status status, char *reterr, size_t reterr_size);

/* The address that the host gave. E_ADDRESS, E_INVALID. */
an_status an_api_address(uint32_t type, const uint8_t *bytes, size_t size,
                         struct an_address *ret_address);

/* Copies the owner and the signature that the host gave. E_INVALID where they are none. */
an_status an_api_owned(const uint8_t *owner, const uint8_t *signature,
                       uint8_t ret_owner[AN_OWNER_KEY_SIZE],
                       uint8_t ret_signature[AN_BLS_SIGNATURE_SIZE]);

/* A generator of the host's seed, or of the operating system's where that is NULL. The caller gives
 * it back to an_random_done where this succeeds. */
an_status an_api_random(const uint8_t *seed, struct an_random *ret_random);

/* The object that the host gets of a graph entry, which is taken in any case. */
an_status an_api_give_graph_entry(struct an_graph_entry *value, an_status status,
                                  struct autonomi_graph_entry **ret_entry);

/* The object that the host gets of a data map, which is taken in any case. */
an_status an_api_give_data_map(struct an_data_map *value, an_status status,
                               struct autonomi_data_map **ret_map);

/* An object with a copy of the quote. E_NO_MEMORY. */
an_status an_api_give_quote(const struct an_quote *value, an_status status,
                            struct autonomi_quote **ret_quote);

/* An object with a copy of the candidate. E_NO_MEMORY. */
an_status an_api_give_candidate(const struct an_merkle_candidate *value,
                                struct autonomi_merkle_candidate **ret_candidate);

/* Whether it is AUTONOMI_FORM_.... */
bool an_api_is_form(uint32_t form);

/* What became of reading: E_CORRUPT also where something is behind what was read. */
an_status an_api_read_whole(struct an_reader *reader);

/* The header and the rest of an unpaid record value of this type, in any encoding that Autonomi's
 * reader takes. E_CORRUPT where it is another record. */
an_status an_api_record_body(struct an_span value, enum an_record_type type,
                             struct an_reader *ret_reader);

/* Begins a record value. */
void an_api_record_begin(struct an_buffer *out, enum an_record_type type);

#endif
