/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What record_put says to peers and hears from them. */
#ifndef AN_CLIENT_PUT_MESSAGES_H
#define AN_CLIENT_PUT_MESSAGES_H

#include "client/record_put.h"

/* Sends the content from where it lies, with a head and a tail of its own for each peer. */
an_status an_put_send(const struct an_record_put *put, const struct an_contact *contact,
                      an_client_reply_handler *handler, void *context, uint64_t *ret_request);

/* AUTONOMI_OK: stored. E_REFUSED, with what the peer says in put->refusal; E_PAYMENT; E_PROTOCOL. */
an_status an_put_read_answer(struct an_record_put *put, const struct an_contact *contact,
                             struct an_span body);

an_status an_put_ask_proof(const struct an_record_put *put, const struct an_contact *contact,
                           an_client_reply_handler *handler, void *context, uint64_t *ret_request);

/* AUTONOMI_OK: the peer has the content. E_NOT_FOUND: it has not, or something else. E_PROTOCOL. */
an_status an_put_read_proof(const struct an_record_put *put, struct an_span body);

/* Begins to compute what a holder must answer to put->nonce, which it draws; NULL without memory.
 * an_record_put_proof_done follows, put->expected being set. */
struct an_put_proof *an_put_proof_begin(struct an_record_put *put);
/* Nothing follows. NULL is allowed. */
void an_put_proof_abandon(struct an_put_proof *proof);

/* In record_put.c. */
void an_record_put_proof_done(struct an_record_put *put);

#endif
