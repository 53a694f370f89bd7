/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one door through which records come in: those of clients (PutRecord and Kademlia's PUT_VALUE)
 * and those that were fetched to be replicated (semantics 6.2, 6.3).
 *
 * In this order: header, size and whether there is room at once; the form of what is paid for, and its
 * key, in a compute job; the payment; then the store judges the record by the rules of its kind beside
 * what it holds. A peer has its share of this and no more (node/turns.h).
 *
 * Threading: single-threaded.
 */
#ifndef AN_NODE_ADMISSION_H
#define AN_NODE_ADMISSION_H

#include "base/job.h"
#include "node/pay_step.h"
#include "node/turns.h"
#include "store/store.h"

struct an_admissions;

enum an_admission_source {
	AN_ADMISSION_CLIENT,      /* pays, where the network takes payments */
	AN_ADMISSION_REPLICATION, /* fetched from a holder: never with a payment */
};

struct an_admission_verdict {
	/* OK; E_CORRUPT, E_TOO_LARGE, E_OUTDATED: refused; E_FULL, E_DISK_FULL, E_IO, E_NO_MEMORY,
	 * E_BUSY, E_CANCELLED: could not be stored now, which says nothing of the record */
	an_status status;
	bool unchanged;            /* of OK: all of it was there already */
	struct an_put_error error; /* of a failure but E_BUSY, E_NO_MEMORY, E_CANCELLED */
	const struct an_protocol_error *payment; /* what a payment lacks; or NULL; borrowed */
	struct an_span bytes;                    /* the record value as it came; borrowed */
};

typedef void an_admission_done(void *context, const struct an_admission_verdict *verdict);

/* Told of each key whose record a client has brought, or brought again, so that it need not be fetched
 * any more (semantics 6.3.7). Before `done`. Must not call admissions. */
typedef void an_admission_brought(void *context, const uint8_t key[AN_RECORD_KEY_SIZE]);

struct an_admissions_config {
	const struct an_profile *profile;
	struct an_store *store;
	const struct an_pay_step *pay; /* NULL: the network takes no payment; borrowed for life */
	struct an_turns *turns;        /* borrowed for life */
	void (*submit)(void *context, struct an_job *job);
	void *submit_context;
	an_admission_brought *brought; /* may be NULL */
	void *brought_context;
};

an_status an_admissions_new(const struct an_admissions_config *config,
                            struct an_admissions **ret_admissions);
/* Ends what waits without `done`. Its jobs must have come back, and the store must call nobody any
 * more. NULL is allowed. */
struct an_admissions *an_admissions_free(struct an_admissions *admissions);

/* A record that came in. */
struct an_admission {
	enum an_admission_source source;
	const struct an_peer_id *peer; /* who sent it, and whose share of our work it uses */
	uint8_t key[AN_RECORD_KEY_SIZE];
	struct an_blob *value; /* a reference is taken */
	struct an_span bytes;  /* the record value, inside `value` */
};

/* Judges a record and stores it. `done` is called once, maybe from inside this call; where the status
 * is not OK it is not called: E_BUSY, E_NO_MEMORY. */
an_status an_admit(struct an_admissions *admissions, const struct an_admission *admission,
                   an_admission_done *done, void *context);

/* What a PutRecord is answered (semantics 5.4). The error borrows from `text`. */
void an_admission_error(const struct an_admission_verdict *verdict,
                        const uint8_t key[AN_RECORD_KEY_SIZE], struct an_buffer *text,
                        struct an_protocol_error *ret_error);

#endif
