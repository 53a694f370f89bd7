/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The step of an admission that asks whether a record is paid for (semantics 6.5, 6.6), as a table of
 * functions: so that a node whose network takes no payment has none, and tests have their own.
 */
#ifndef AN_NODE_PAY_STEP_H
#define AN_NODE_PAY_STEP_H

#include "base/blob.h"
#include "data/message.h"

struct an_pay_question {
	uint8_t key[AN_RECORD_NAME_SIZE];
	enum an_record_type type;
	bool merkle; /* whether a MerklePaymentProof stands in front; else a ProofOfPayment */
	struct an_blob *value; /* of which a reference may be taken */
	struct an_span bytes;  /* the whole record value, whose form was checked */
};

/* `error` is NULL where the record is paid for; borrowed during the call. */
typedef void an_pay_done(void *context, const struct an_protocol_error *error);

struct an_pay_step {
	void *context;
	/* Calls `done` exactly once, now or later. Otherwise E_BUSY or E_NO_MEMORY, and no call. */
	an_status (*verify)(void *context, const struct an_pay_question *question,
	                    an_pay_done *done, void *done_context);
};

#endif
