/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "admission_scene.h"

#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct scene scene;

static void submit(void *context, struct an_job *job)
{
	(void)context;
	an_list_append(&scene.jobs, &job->link);
}

static void brought(void *context, const uint8_t key[AN_RECORD_KEY_SIZE])
{
	(void)context;
	(void)key;
	scene.brought++;
}

static an_status verify(void *context, const struct an_pay_question *question, an_pay_done *done,
                        void *done_context)
{
	(void)context;
	if (scene.payment_status != AUTONOMI_OK)
		return scene.payment_status;
	scene.asked = *question;
	scene.questions++;
	done(done_context, scene.payment_error);
	return AUTONOMI_OK;
}

void open_admissions(bool takes_payment)
{
	scene.pay = (struct an_pay_step){.verify = verify};
	const struct an_admissions_config config = {
		.profile = &scene.profile,
		.store = scene.store,
		.pay = takes_payment ? &scene.pay : NULL,
		.submit = submit,
		.turns = &scene.turns,
		.brought = brought,
	};
	const uint64_t turns_seed[2] = {1, 2};
	an_admissions_free(scene.admissions);
	an_turns_done(&scene.turns);
	an_turns_init(&scene.turns, turns_seed);
	ck_assert_int_eq(an_admissions_new(&config, &scene.admissions), AUTONOMI_OK);
}

void admission_scene_setup(void)
{
	const uint8_t seed[AN_RANDOM_SEED_SIZE] = {3};
	scene = (struct scene){.profile = an_profile_autonomi};
	an_list_init(&scene.jobs);
	an_random_init(&scene.random, seed);
	snprintf(scene.directory, sizeof(scene.directory), "/tmp/an-admission-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(scene.directory));
	const struct an_store_config config = {.profile = &scene.profile,
	                                       .sys = an_sys_machine(),
	                                       .directory = scene.directory,
	                                       .random = &scene.random};
	ck_assert_int_eq(an_store_open(&config, &scene.store, NULL, 0), AUTONOMI_OK);
	open_admissions(false);
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *ftw)
{
	(void)info, (void)type, (void)ftw;
	return remove(path);
}

void admission_scene_teardown(void)
{
	an_admissions_free(scene.admissions);
	an_turns_done(&scene.turns);
	an_store_free(scene.store);
	nftw(scene.directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Runs everything until nothing is left to do. */
void settle(void)
{
	while (!an_list_empty(&scene.jobs) || an_store_busy(scene.store)) {
		an_store_run_inline(scene.store);
		struct an_list *at = an_list_take(&scene.jobs);
		if (at == NULL)
			continue;
		struct an_job *job = an_container_of(at, struct an_job, link);
		job->run(job);
		job->done(job);
	}
}

static void note(void *context, const struct an_admission_verdict *verdict)
{
	struct answer *answer = context;
	answer->calls++;
	answer->status = verdict->status;
	answer->unchanged = verdict->unchanged;
	answer->error = verdict->error;
	if (verdict->status == AUTONOMI_OK)
		return;
	struct an_buffer text;
	struct an_protocol_error error;
	const uint8_t key[AN_RECORD_KEY_SIZE] = {0xab, 0xcd, 0xef};
	an_buffer_init(&text, sizeof(answer->text));
	an_admission_error(verdict, key, &text, &error);
	answer->protocol_error = error.type;
	if (error.type == AN_ERROR_PUT_RECORD_FAILED)
		snprintf(answer->text, sizeof(answer->text), "%.*s", (int)error.text.size,
		         (const char *)error.text.data);
	an_buffer_done(&text);
}

void admit_from(uint8_t peer, enum an_admission_source source, const struct signed_record *record,
                struct answer *answer)
{
	const struct an_peer_id id = {.size = 3, .bytes = {peer}};
	struct an_admission admission = {.source = source,
	                                 .peer = &id,
	                                 .value = record->value,
	                                 .bytes = an_blob_span(record->value)};
	memcpy(admission.key, record->key, sizeof(admission.key));
	const an_status status = an_admit(scene.admissions, &admission, note, answer);
	if (status != AUTONOMI_OK)
		*answer = (struct answer){.calls = 1, .status = status};
}

struct answer admit_kept(enum an_admission_source source, const struct signed_record *record)
{
	struct answer answer = {0};
	admit_from(1, source, record, &answer);
	settle();
	ck_assert_uint_eq(answer.calls, 1);
	return answer;
}

struct answer admit(enum an_admission_source source, struct signed_record record)
{
	const struct answer answer = admit_kept(source, &record);
	signed_done(&record);
	return answer;
}

void expect_stored(enum an_admission_source source, struct signed_record record)
{
	const struct answer answer = admit(source, record);
	ck_assert_int_eq(answer.status, AUTONOMI_OK);
	ck_assert(!answer.unchanged);
}

void expect_unchanged(enum an_admission_source source, struct signed_record record)
{
	const struct answer answer = admit(source, record);
	ck_assert_int_eq(answer.status, AUTONOMI_OK);
	ck_assert(answer.unchanged);
}

void expect_refused(enum an_admission_source source, struct signed_record record,
                    enum an_put_error_type type)
{
	const struct answer answer = admit(source, record);
	ck_assert_int_ne(answer.status, AUTONOMI_OK);
	ck_assert_str_eq(an_put_error_name(answer.error.type), an_put_error_name(type));
}

struct signed_record elsewhere(struct signed_record record)
{
	record.key[0] ^= 1;
	return record;
}

struct signed_record paid(struct signed_record record)
{
	return signed_paid(record, AN_RECORD_PAID);
}

struct signed_record merkle(struct signed_record record)
{
	return signed_paid(record, AN_RECORD_PAID_MERKLE);
}

struct signed_record cut(struct signed_record record)
{
	record.value->size -= 3;
	return record;
}

struct signed_record with_byte(struct signed_record record, size_t at, uint8_t byte)
{
	record.value->data[at] = byte;
	return record;
}

struct answer of(struct signed_record record)
{
	return admit(CLIENT, record);
}
