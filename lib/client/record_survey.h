/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What several peers have under one name: the get of records that come in versions, and whether there
 * is a record at all (semantics 7.4).
 *
 * The close group is asked at once; who fails or is busy for long is replaced by the next closest, and
 * where nobody has the record as many are asked as a lookup gives. A peer that is late is not given
 * up, but another is asked besides. Every answer is checked against the name, signatures included,
 * before it counts. The survey ends as soon as `get_quorum` peers gave the same bytes and nobody a
 * higher counter; else when all have answered: then the highest counter wins, and of its versions the
 * one that most peers have. Where two have as many, that is a fork, and the owner decides.
 *
 * Whether there is a record is asked with a proof of existence, which costs no bytes of it. Nobody can
 * check the proof without the record, so that is the peers' word.
 *
 * Absence is an answer: only silence, errors and busy peers are a reason to repeat the whole, with
 * waits between (semantics 7.2).
 *
 * Embedded in its owner, who fills in the first part. Owns requests, lookups and answers from start
 * until `done` is called or it is stopped.
 */
#ifndef AN_CLIENT_RECORD_SURVEY_H
#define AN_CLIENT_RECORD_SURVEY_H

#include "client/search.h"
#include "client/versions.h"

enum an_survey_target_state {
	AN_SURVEY_TARGET_WAITING,
	AN_SURVEY_TARGET_ASKED,
	AN_SURVEY_TARGET_LATE,     /* asked, and silent for long */
	AN_SURVEY_TARGET_CHECKING, /* its answer is being verified */
	AN_SURVEY_TARGET_BUSY,
	AN_SURVEY_TARGET_FOUND,
	AN_SURVEY_TARGET_ABSENT,
	AN_SURVEY_TARGET_FAILED,
};

struct an_record_survey;
struct an_survey_answer;

struct an_survey_target {
	struct an_record_survey *survey;
	enum an_survey_target_state state;
	uint64_t request;
	an_time_us asked_at;
	struct an_client_timer timer; /* when it is late */
	struct an_survey_answer *answer;
};

struct an_record_survey {
	/* Filled in by the owner before the start. */
	struct an_client *client;
	enum an_record_type type;
	uint8_t name[AN_RECORD_NAME_SIZE];
	bool existence; /* only whether there is a record, of whatever type */
	bool any_type;  /* `type` says by whose strategy alone */
	void (*done)(struct an_record_survey *survey); /* never from inside start; may free it */

	/* The outcome: AUTONOMI_OK; E_FORK, with a record that has one of the versions; E_NOT_FOUND,
	 * E_NO_PEERS, E_TIMEOUT, E_BUSY, E_CORRUPT, E_NO_MEMORY. The owner gets the blob. */
	an_status status;
	struct an_blob *blob;
	struct an_span value; /* the record value, in blob */
	struct an_versions_choice choice;
	size_t copies; /* peers that have the chosen version, or claim to have a record */
	struct an_contact holders[AN_CLIENT_FOUND_MAX]; /* they, nearest first */

	/* Its own. */
	bool running;
	unsigned tries, rests;
	an_status problem;
	size_t corrupt;
	uint64_t nonce;
	struct an_client_search search;
	struct an_survey_target targets[AN_CLIENT_FOUND_MAX]; /* of search.found */
	size_t target_count;
	struct an_client_timer timer; /* of the next try, or of a busy peer */
};

/* Never fails: what goes wrong comes with `done`. */
void an_record_survey_start(struct an_record_survey *survey);

/* Ends it without `done`. Does nothing to one that does not run. */
void an_record_survey_stop(struct an_record_survey *survey);

/* Writes the sentence that tells why it failed, and what to do. */
void an_record_survey_explain(const struct an_record_survey *survey,
                              char text[AN_CLIENT_MESSAGE_MAX]);

#endif
