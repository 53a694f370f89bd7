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

/* Reads one item of a list; the reader fails where it is none. */
typedef void an_message_read_item(struct an_message_source *source);

/* Reads a list by checking each item, and remembers where it lies. */
struct an_message_list an_message_read_list(struct an_message_source *source,
                                            an_message_read_item *read_item, size_t max);
void an_message_write_list(struct an_buffer *out, struct an_message_list list);

/* An item that is an integer below 256. */
void an_message_read_small(struct an_message_source *source);

void an_message_read_error(struct an_message_source *source, struct an_protocol_error *ret_error);
void an_message_write_error(struct an_buffer *out, const struct an_protocol_error *error);

/* Begins a Result: true for Ok, whose value comes next; else the error was read. */
bool an_message_read_result(struct an_message_source *source, struct an_message_result *ret_result);
void an_message_read_unit_result(struct an_message_source *source,
                                 struct an_message_result *ret_result);
/* Writes an error, or the head of Ok, whose value the caller writes next: returns true for Ok. */
bool an_message_write_result(struct an_buffer *out, const struct an_message_result *result);
void an_message_write_unit_result(struct an_buffer *out, const struct an_message_result *result);

void an_message_read_proof_item(struct an_message_source *source);
void an_message_read_peer_item(struct an_message_source *source);

/* What the failure of a reader means to who sent the message. */
an_status an_message_status(const struct an_message_source *source);

/* A blob of what `encode` appends. */
typedef an_status an_message_encode(const void *message, enum an_record_form form,
                                    struct an_buffer *out);
an_status an_message_to_blob(const void *message, enum an_record_form form, size_t size_max,
                             an_message_encode *encode, struct an_blob **ret_blob);

#endif
