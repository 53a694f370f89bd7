/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The fields of requests and responses by Autonomi's names: where each is in the decoded message, and
 * of what kind. Lists and results have functions of their own.
 *
 * Pure.
 */
#ifndef AN_API_MESSAGE_FIELDS_H
#define AN_API_MESSAGE_FIELDS_H

#include <stdbool.h>

#include "data/message.h"

enum an_api_field_kind {
	AN_API_FIELD_ADDRESS, /* struct an_address */
	AN_API_FIELD_UINT32,
	AN_API_FIELD_UINT64,
	AN_API_FIELD_FLAG,  /* bool */
	AN_API_FIELD_BYTES, /* struct an_span */
	AN_API_FIELD_NAME,  /* 32 bytes in the message itself */
};

struct autonomi_message;

struct an_api_field {
	unsigned type; /* of the message */
	const char *name;
	enum an_api_field_kind kind;
	size_t place;
	bool optional;
	size_t presence; /* of an optional one: place of the bool that says so */
};

/* NULL where messages of this type have no such field. */
const struct an_api_field *an_api_request_field(enum an_request_type type, const char *name);
const struct an_api_field *an_api_response_field(enum an_response_type type, const char *name);

/* The request in the host's message; NULL where that is none, or an address of it is not set. */
const struct an_request *an_api_message_request(const struct autonomi_message *message);

/* Whether every address of the request has a value. */
bool an_api_request_is_whole(const struct an_request *request);

/* The list of a message; NULL where it has none. */
const struct an_message_list *an_api_request_list(const struct an_request *request);
const struct an_message_list *an_api_response_list(const struct an_response *response);

/* The error of a response; NULL where it has none. */
const struct an_protocol_error *an_api_response_error(const struct an_response *response);

#endif
