/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Admissions on a real store in a folder of its own, and short words for what tests do with them. */
#ifndef AN_TESTS_ADMISSION_SCENE_H
#define AN_TESTS_ADMISSION_SCENE_H

#include "node/admission.h"
#include "support/signed_records.h"

static const enum an_admission_source CLIENT = AN_ADMISSION_CLIENT;
static const enum an_admission_source PEER = AN_ADMISSION_REPLICATION;

struct scene {
	char directory[64];
	struct an_profile profile;
	struct an_random random;
	struct an_store *store;
	struct an_admissions *admissions;
	struct an_turns turns;
	struct an_list jobs;
	struct an_pay_step pay;
	bool takes_payment;
	struct an_pay_question asked;
	size_t questions;
	const struct an_protocol_error *payment_error;
	an_status payment_status;
	size_t brought;
};

extern struct scene scene;

struct answer {
	size_t calls;
	an_status status;
	bool unchanged;
	struct an_put_error error;
	enum an_error_type protocol_error;
	char text[256];
};

void open_admissions(bool takes_payment);
void admission_scene_setup(void);
void admission_scene_teardown(void);
void settle(void);
void admit_from(uint8_t peer, enum an_admission_source source, const struct signed_record *record,
                struct answer *answer);
struct answer admit_kept(enum an_admission_source source, const struct signed_record *record);
struct answer admit(enum an_admission_source source, struct signed_record record);
void expect_stored(enum an_admission_source source, struct signed_record record);
void expect_unchanged(enum an_admission_source source, struct signed_record record);
void expect_refused(enum an_admission_source source, struct signed_record record,
                    enum an_put_error_type type);
struct signed_record elsewhere(struct signed_record record);
struct signed_record paid(struct signed_record record);
struct signed_record merkle(struct signed_record record);
struct signed_record cut(struct signed_record record);
struct signed_record with_byte(struct signed_record record, size_t at, uint8_t byte);
struct answer of(struct signed_record record);

#endif
