/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Registers on the network (semantics 2.8): a chain of graph entries (data/register.h), and a pointer,
 * the head, to the newest. All keys are children of the register's own, so that who has that key can
 * write, and who has its public half can read all values.
 *
 * A write has two steps, the entry and the head, and either may be the last one that happens. A
 * creation that was cut off between them is completed by the next one. An update that was is found by
 * the next one, which moves the head on and says so.
 *
 * Operations as in client/client.h.
 */
#ifndef AN_CLIENT_REGISTERS_H
#define AN_CLIENT_REGISTERS_H

#include "client/client.h"
#include "crypt/bls.h"
#include "data/graph_entry.h"

enum { AN_REGISTER_VALUES_MAX = 1 << 15 }; /* of one history: a MiB */

struct an_register_write {
	uint8_t secret[AN_BLS_SECRET_SIZE];
	uint8_t value[AN_GRAPH_CONTENT_SIZE];
};

/* Stores the first value. E_EXISTS where the register is there; also where it was there in part, with
 * another value, and is whole now. The result's owner is the register's address; its counter the
 * head's. */
an_status an_client_register_create(struct an_client *client, const struct an_register_write *write,
                                    an_client_done *done, void *context, uint64_t *ret_id);

/* Appends a value; of a fork, behind the entry with the smallest index. E_NOT_FOUND where there is no
 * register; E_OUTDATED where a value was there that the head did not point at: now it does. */
an_status an_client_register_update(struct an_client *client, const struct an_register_write *write,
                                    an_client_done *done, void *context, uint64_t *ret_id);

/* The result's bytes are the newest value, its versions 1; with E_FORK all values at that place. */
an_status an_client_register_get(struct an_client *client, const uint8_t owner[AN_OWNER_KEY_SIZE],
                                 an_client_done *done, void *context, uint64_t *ret_id);

/* The result's bytes are all values, the oldest first, its count how many. At a fork the history goes
 * on as an update did: with the entry of the smallest index; versions says how many entries were at
 * one place at most. E_TOO_LARGE above AN_REGISTER_VALUES_MAX values. */
an_status an_client_register_history(struct an_client *client,
                                     const uint8_t owner[AN_OWNER_KEY_SIZE], an_client_done *done,
                                     void *context, uint64_t *ret_id);

#endif
