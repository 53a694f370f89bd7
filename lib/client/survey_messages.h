/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What record_survey asks peers and hears from them, and the check of it. */
#ifndef AN_CLIENT_SURVEY_MESSAGES_H
#define AN_CLIENT_SURVEY_MESSAGES_H

#include "client/record_survey.h"

/* What one peer gave: a job verifies it, and outlives its survey where that is stopped. */
struct an_survey_answer {
	struct an_client_work work;
	struct an_survey_target *target; /* NULL: nobody wants it any more */
	enum an_record_type type;
	uint8_t name[AN_RECORD_NAME_SIZE];
	struct an_blob *blob;
	struct an_span value;
	bool busy; /* the job is out */
	an_status status;
	struct an_versions versions;
};

an_status an_survey_send(struct an_survey_target *target, const struct an_contact *contact,
                         an_client_reply_handler *handler);

/* AUTONOMI_OK: the peer says that it has the record; with an answer to check unless only existence is
 * asked. E_NOT_FOUND; E_CORRUPT; E_PROTOCOL; E_REFUSED; E_NO_MEMORY. */
an_status an_survey_read(struct an_survey_target *target, struct an_blob *message,
                         struct an_span body);

/* Begins to verify the target's answer; an_record_survey_checked follows. */
void an_survey_check(struct an_survey_target *target);

/* The target wants its answer no more. NULL is allowed. */
void an_survey_answer_abandon(struct an_survey_answer *answer);

/* In record_survey.c. */
void an_record_survey_checked(struct an_survey_target *target);

#endif
