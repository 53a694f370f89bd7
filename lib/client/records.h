/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Operations on single records of the types that have an owner: graph entries, pointers, scratchpads
 * (semantics 7.3, 7.4, 7.7), and whether a record exists.
 *
 * A write puts a record that is ready, or makes and signs one: with counter 0 where it creates, with
 * the network's counter + 1 where it updates. What the network says of counters is in the result also
 * where the write fails with E_OUTDATED.
 *
 * Operations as in client/client.h.
 */
#ifndef AN_CLIENT_RECORDS_H
#define AN_CLIENT_RECORDS_H

#include "client/client.h"
#include "data/address.h"
#include "data/owner_key.h"
#include "data/record.h"

enum an_write_mode {
	AN_WRITE_PUT,    /* whatever is there */
	AN_WRITE_CREATE, /* E_EXISTS where a record of the name is there */
	AN_WRITE_UPDATE, /* E_NOT_FOUND where none is */
};

struct an_client_write {
	enum an_write_mode mode;
	/* A whole unpaid record value, of which a reference is taken; or NULL, and: */
	struct an_blob *value;
	enum an_record_type type; /* pointer or scratchpad */
	uint8_t secret[AN_BLS_SECRET_SIZE];
	struct an_address target; /* of a pointer */
	struct an_blob *plain;    /* of a scratchpad; a reference is taken */
	uint64_t data_encoding;
	bool has_counter; /* of an update: `counter` is that of the version that the host has seen */
	uint64_t counter;
};

an_status an_client_record_write(struct an_client *client, const struct an_client_write *write,
                                 an_client_done *done, void *context, uint64_t *ret_id);

/* The result's content is the record value; with E_FORK one that has one of the versions. */
an_status an_client_record_get(struct an_client *client, enum an_record_type type,
                               const uint8_t name[AN_CLIENT_ADDRESS_SIZE], an_client_done *done,
                               void *context, uint64_t *ret_id);

/* The same of whatever type is there, chunks included: several copies are compared. */
an_status an_client_record_get_any(struct an_client *client,
                                   const uint8_t name[AN_CLIENT_ADDRESS_SIZE], an_client_done *done,
                                   void *context, uint64_t *ret_id);

/* The result's count says how many peers claim to have the record; 0 where it does not exist. */
an_status an_client_record_exists(struct an_client *client,
                                  const uint8_t name[AN_CLIENT_ADDRESS_SIZE], an_client_done *done,
                                  void *context, uint64_t *ret_id);

#endif
