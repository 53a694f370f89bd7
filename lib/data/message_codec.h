/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the message codecs share among themselves: reading and writing of errors, results, lists. */
#ifndef AN_DATA_MESSAGE_CODEC_H
#define AN_DATA_MESSAGE_CODEC_H

#include "data/message.h"
#include "wire/cbor.h"

/* A message being read. */
struct an_message_source {
	struct an_reader reader;
	struct an_buffer *scratch; /* NULL: texts in pieces read as empty */
	enum an_record_form form;
};

/* Whether the build has Autonomi's feature `developer`. Its messages are the last of each table. */
#ifdef AN_DEVELOPER
enum { AN_MESSAGE_DEVELOPER = 1 };
#else
enum { AN_MESSAGE_DEVELOPER = 0 };
#endif

/* The names of all messages of a direction: first the commands', then the queries'. */
struct an_message_types {
	const char *const *names;
	size_t first_query;
	size_t count;
};

/* The number of a message's type, by envelope and name; `count`, and the reader failed, where it is
 * none. */
size_t an_message_read_type(struct an_reader *reader, const struct an_message_types *types);
void an_message_write_type(struct an_buffer *out, const struct an_message_types *types,
                           size_t type);

/* Reads one item of a list, and where `out` is not NULL writes it again in our writer's form. The
 * reader fails where it is none. */
typedef void an_message_copy_item(struct an_message_source *source, struct an_buffer *out);

/* Reads a list by checking each item, and remembers where it lies. */
struct an_message_list an_message_read_list(struct an_message_source *source,
                                            an_message_copy_item *copy_item, size_t max);
/* Writes the items, which may have come in an unusual form, in our writer's. */
void an_message_write_list(struct an_buffer *out, struct an_message_list list,
                           an_message_copy_item *copy_item);

/* Takes the first item out of a list. Its bytes were read once before, so reading cannot fail. */
struct an_message_source an_message_begin_item(const struct an_message_list *list);
void an_message_end_item(struct an_message_list *list, const struct an_message_source *source);
/* Counts an item that was appended to `items`. */
void an_message_note_item(struct an_buffer *items, struct an_message_list *list);

/* The items that there are: integers below 256, proofs, peers, keys. */
void an_message_copy_small(struct an_message_source *source, struct an_buffer *out);
void an_message_copy_proof(struct an_message_source *source, struct an_buffer *out);
void an_message_copy_peer(struct an_message_source *source, struct an_buffer *out);
void an_message_copy_key(struct an_message_source *source, struct an_buffer *out);
void an_message_copy_fresh_key(struct an_message_source *source, struct an_buffer *out);

/* Whether a variant has no data. */
bool an_message_error_is_unit(enum an_error_type type);
void an_message_read_error(struct an_message_source *source, struct an_protocol_error *ret_error);
void an_message_write_error(struct an_buffer *out, const struct an_protocol_error *error);

/* Begins a Result: true for Ok, whose value comes next; else the error was read. */
bool an_message_read_result(struct an_message_source *source, struct an_message_result *ret_result);
void an_message_read_unit_result(struct an_message_source *source,
                                 struct an_message_result *ret_result);
/* Writes an error, or the head of Ok, whose value the caller writes next: returns true for Ok. */
bool an_message_write_result(struct an_buffer *out, const struct an_message_result *result);
void an_message_write_unit_result(struct an_buffer *out, const struct an_message_result *result);

/* A ProofOfPayment: the list of those whom it paid. */
struct an_message_list an_payment_read_cbor(struct an_message_source *source);
void an_payment_write_cbor(struct an_buffer *out, struct an_message_list payees);

/* What the failure of a reader means to who sent the message. */
an_status an_message_status(const struct an_message_source *source);

/* A blob of what `encode` appends. */
typedef an_status an_message_encode(const void *message, enum an_record_form form,
                                    struct an_buffer *out);
an_status an_message_to_blob(const void *message, enum an_record_form form, size_t size_max,
                             an_message_encode *encode, struct an_blob **ret_blob);

#endif
