/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verdicts of semantics 6.3, row by row, on a real store. */
#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "crypt/hash.h"
#include "data/owner_key.h"
#include "harness.h"
#include "node/admission.h"
#include "node/turns.h"
#include "support/signed_records.h"
#include "wire/msgpack.h"

enum { CLIENT = AN_ADMISSION_CLIENT, PEER = AN_ADMISSION_REPLICATION };

static struct scene {
	char directory[64];
	struct an_profile profile;
	struct an_random random;
	struct an_store *store;
	struct an_admissions *admissions;
	struct an_list jobs;
	struct an_pay_step pay;
	bool takes_payment;
	struct an_pay_question asked;
	size_t questions;
	const struct an_protocol_error *payment_error;
	an_status payment_status;
	size_t brought;
} scene;

struct answer {
	size_t calls;
	an_status status;
	bool unchanged;
	struct an_put_error error;
	enum an_error_type protocol_error;
	char text[256];
};

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

static void open_admissions(bool takes_payment)
{
	scene.pay = (struct an_pay_step){.verify = verify};
	const struct an_admissions_config config = {
		.profile = &scene.profile,
		.store = scene.store,
		.pay = takes_payment ? &scene.pay : NULL,
		.submit = submit,
		.brought = brought,
		.random = &scene.random,
	};
	an_admissions_free(scene.admissions);
	ck_assert_int_eq(an_admissions_new(&config, &scene.admissions), AUTONOMI_OK);
}

static void setup(void)
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

static void teardown(void)
{
	an_admissions_free(scene.admissions);
	an_store_free(scene.store);
	nftw(scene.directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Runs everything until nothing is left to do. */
static void settle(void)
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

static void admit_from(uint8_t peer, enum an_admission_source source,
                       const struct signed_record *record, struct answer *answer)
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

static struct answer admit_kept(enum an_admission_source source, const struct signed_record *record)
{
	struct answer answer = {0};
	admit_from(1, source, record, &answer);
	settle();
	ck_assert_uint_eq(answer.calls, 1);
	return answer;
}

static struct answer admit(enum an_admission_source source, struct signed_record record)
{
	const struct answer answer = admit_kept(source, &record);
	signed_done(&record);
	return answer;
}

static void expect_stored(enum an_admission_source source, struct signed_record record)
{
	const struct answer answer = admit(source, record);
	ck_assert_int_eq(answer.status, AUTONOMI_OK);
	ck_assert(!answer.unchanged);
}

static void expect_unchanged(enum an_admission_source source, struct signed_record record)
{
	const struct answer answer = admit(source, record);
	ck_assert_int_eq(answer.status, AUTONOMI_OK);
	ck_assert(answer.unchanged);
}

static void expect_refused(enum an_admission_source source, struct signed_record record,
                           enum an_put_error_type type)
{
	const struct answer answer = admit(source, record);
	ck_assert_int_ne(answer.status, AUTONOMI_OK);
	ck_assert_str_eq(an_put_error_name(answer.error.type), an_put_error_name(type));
}

static struct signed_record elsewhere(struct signed_record record)
{
	record.key[0] ^= 1;
	return record;
}

static struct signed_record paid(struct signed_record record)
{
	return signed_paid(record, AN_RECORD_PAID);
}

static struct signed_record merkle(struct signed_record record)
{
	return signed_paid(record, AN_RECORD_PAID_MERKLE);
}

static struct signed_record cut(struct signed_record record)
{
	record.value->size -= 3;
	return record;
}

static struct signed_record with_byte(struct signed_record record, size_t at, uint8_t byte)
{
	record.value->data[at] = byte;
	return record;
}

static uint8_t stored_kind(const uint8_t key[AN_RECORD_KEY_SIZE])
{
	const struct an_store_entry *entry = an_store_find(scene.store, key);
	ck_assert_ptr_nonnull(entry);
	return entry->kind;
}

static size_t stored_size(const uint8_t key[AN_RECORD_KEY_SIZE])
{
	return an_store_find(scene.store, key)->size;
}

START_TEST(a_header_that_is_none_is_refused)
{
	expect_refused(CLIENT, with_byte(signed_chunk(1, 100), 1, 4),
	               AN_PUT_ERROR_INVALID_RECORD_HEADER);
	expect_refused(PEER, with_byte(signed_chunk(1, 100), 0, 0x90),
	               AN_PUT_ERROR_INVALID_RECORD_HEADER);
}
END_TEST

START_TEST(without_payments_every_kind_is_stored_paid_or_not)
{
	expect_stored(CLIENT, signed_chunk(1, 100));
	expect_stored(CLIENT, signed_chunk(2, 300 * 1024));
	expect_stored(CLIENT, paid(signed_chunk(3, 100)));
	expect_stored(CLIENT, merkle(signed_chunk(4, 100)));
	expect_stored(CLIENT, signed_pointer(1, 0, 1));
	expect_stored(CLIENT, paid(signed_pointer(2, 0, 1)));
	expect_stored(CLIENT, merkle(signed_pointer(3, 0, 1)));
	expect_stored(CLIENT, signed_scratchpad(4, 0, 100));
	expect_stored(CLIENT, paid(signed_scratchpad(5, 0, 100)));
	expect_stored(CLIENT, merkle(signed_scratchpad(6, 0, 200 * 1024)));
	expect_stored(CLIENT, signed_graph(7, 1, 1));
	expect_stored(CLIENT, paid(signed_graph(8, 1, 1)));
	expect_stored(CLIENT, merkle(signed_graph(9, 1, 1)));
	ck_assert_uint_eq(an_store_count(scene.store), 13);
	ck_assert_uint_eq(scene.brought, 13);
}
END_TEST

static bool is_unpaid(void *context, const struct an_store_entry *entry)
{
	(void)context;
	ck_assert_uint_lt(entry->kind, 4);
	return true;
}

START_TEST(of_what_was_paid_for_only_the_record_is_stored)
{
	struct signed_record plain = signed_graph(1, 1, 1), upload = paid(signed_graph(1, 1, 1));
	admit_kept(CLIENT, &upload);
	ck_assert_uint_eq(stored_size(plain.key), plain.value->size);
	expect_stored(CLIENT, paid(signed_chunk(1, 100)));
	an_store_visit(scene.store, is_unpaid, NULL);
	signed_done(&plain);
	signed_done(&upload);
}
END_TEST

START_TEST(a_replica_has_no_payment)
{
	expect_refused(PEER, paid(signed_chunk(1, 100)), AN_PUT_ERROR_UNEXPECTED_PAYMENT);
	expect_refused(PEER, merkle(signed_pointer(1, 1, 1)), AN_PUT_ERROR_UNEXPECTED_PAYMENT);
	ck_assert_uint_eq(scene.brought, 0);
}
END_TEST

START_TEST(a_replica_of_every_kind_is_stored)
{
	expect_stored(PEER, signed_chunk(1, 100));
	expect_stored(PEER, signed_pointer(1, 0, 1));
	expect_stored(PEER, signed_scratchpad(2, 0, 100));
	expect_stored(PEER, signed_graph(3, 1, 3));
	ck_assert_uint_eq(scene.brought, 0);
}
END_TEST

START_TEST(a_chunk_under_another_key_is_refused)
{
	expect_refused(CLIENT, elsewhere(signed_chunk(1, 100)), AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	expect_refused(CLIENT, elsewhere(signed_chunk(1, 100 * 1024)),
	               AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	expect_refused(CLIENT, elsewhere(paid(signed_chunk(1, 100))),
	               AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	expect_refused(PEER, elsewhere(signed_chunk(1, 100)), AN_PUT_ERROR_RECORD_KEY_MISMATCH);
}
END_TEST

START_TEST(a_chunk_may_be_as_large_as_autonomi_s_and_no_larger)
{
	expect_stored(CLIENT, signed_chunk(1, 4194336));
	const struct answer answer = admit(CLIENT, signed_chunk(1, 4194337));
	ck_assert_int_eq(answer.error.type, AN_PUT_ERROR_OVERSIZED_CHUNK);
	ck_assert_str_eq(answer.text, "OversizedChunk(4194337, 4194336)");
	/* Its key counts first. */
	expect_refused(PEER, elsewhere(signed_chunk(1, 4194337)), AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	expect_refused(PEER, signed_chunk(1, 5242880), AN_PUT_ERROR_OVERSIZED_CHUNK);
}
END_TEST

START_TEST(a_chunk_that_is_here_is_taken_silently)
{
	expect_stored(CLIENT, signed_chunk(1, 100));
	expect_unchanged(CLIENT, signed_chunk(1, 100));
	expect_unchanged(CLIENT, paid(signed_chunk(1, 100)));
	expect_unchanged(PEER, signed_chunk(1, 100));
}
END_TEST

/* The content of this chunk is the owner's key: so its address is that of the owner's records. */
static struct signed_record chunk_of_owner(const struct signed_record *pointer)
{
	struct signed_record record = *pointer;
	uint8_t content[6 + AN_OWNER_KEY_SIZE] = {0x91, 0, 0xc4, AN_OWNER_KEY_SIZE};
	struct an_reader reader = an_reader(
		an_span(pointer->value->data + 2, pointer->value->size - 2));
	an_msgpack_read_array(&reader);
	an_owner_key_read(&reader, content + 4);
	record.value = an_blob_copy(an_span(content, 4 + AN_OWNER_KEY_SIZE));
	return record;
}

START_TEST(any_record_under_its_key_counts_as_the_chunk)
{
	struct signed_record pointer = signed_pointer(1, 1, 1);
	admit_kept(CLIENT, &pointer);
	expect_unchanged(CLIENT, chunk_of_owner(&pointer));
	ck_assert_uint_eq(stored_kind(pointer.key), AN_RECORD_POINTER);
	signed_done(&pointer);
}
END_TEST

START_TEST(a_body_that_cannot_be_read_is_no_record)
{
	expect_refused(CLIENT, cut(signed_chunk(1, 100)), AN_PUT_ERROR_INVALID_RECORD);
	expect_refused(CLIENT, cut(paid(signed_chunk(1, 100))), AN_PUT_ERROR_INVALID_RECORD);
	expect_refused(CLIENT, cut(signed_pointer(1, 1, 1)), AN_PUT_ERROR_INVALID_RECORD);
	expect_refused(PEER, cut(signed_scratchpad(1, 1, 10)), AN_PUT_ERROR_INVALID_RECORD);
	expect_refused(PEER, cut(signed_graph(1, 1, 1)), AN_PUT_ERROR_INVALID_RECORD);
}
END_TEST

static struct answer of(struct signed_record record)
{
	return admit(CLIENT, record);
}

START_TEST(a_pointer_with_a_higher_counter_replaces_the_one_that_is_held)
{
	struct signed_record first = signed_pointer(1, 5, 1);
	struct signed_record second = signed_pointer(1, UINT64_MAX, 2);
	ck_assert_int_eq(admit_kept(CLIENT, &first).status, AUTONOMI_OK);
	ck_assert(admit_kept(CLIENT, &first).unchanged);
	ck_assert_int_eq(admit_kept(PEER, &second).status, AUTONOMI_OK);
	ck_assert_uint_eq(stored_size(first.key), second.value->size);
	const struct answer late = admit_kept(CLIENT, &first);
	ck_assert_int_eq(late.protocol_error, AN_ERROR_OUTDATED_RECORD_COUNTER);
	ck_assert_uint_eq(late.error.counter, 5);
	ck_assert_uint_eq(late.error.expected, UINT64_MAX);
	/* An equal counter with another target. */
	ck_assert_int_eq(of(signed_pointer(1, UINT64_MAX, 3)).status, AUTONOMI_E_OUTDATED);
	signed_done(&first);
	signed_done(&second);
}
END_TEST

START_TEST(of_a_pointer_a_client_s_key_counts_first_and_of_a_replica_the_signature)
{
	expect_refused(CLIENT, signed_badly(signed_pointer(1, 1, 1)),
	               AN_PUT_ERROR_INVALID_POINTER_SIGNATURE);
	expect_refused(CLIENT, elsewhere(signed_badly(signed_pointer(1, 1, 1))),
	               AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	expect_refused(PEER, elsewhere(signed_badly(signed_pointer(1, 1, 1))),
	               AN_PUT_ERROR_INVALID_POINTER_SIGNATURE);
	expect_refused(PEER, elsewhere(signed_pointer(1, 1, 1)), AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	/* Before the counter. */
	expect_stored(CLIENT, signed_pointer(1, 9, 1));
	expect_refused(CLIENT, signed_badly(signed_pointer(1, 1, 1)),
	               AN_PUT_ERROR_INVALID_POINTER_SIGNATURE);
}
END_TEST

START_TEST(a_pointer_takes_the_place_of_any_other_record_of_its_owner)
{
	struct signed_record pad = signed_scratchpad(1, 100, 50), graph = signed_graph(2, 1, 1);
	struct signed_record pointer = signed_pointer(3, 1, 1), chunk = chunk_of_owner(&pointer);
	admit_kept(CLIENT, &pad);
	admit_kept(CLIENT, &graph);
	admit_kept(CLIENT, &chunk);
	for (uint8_t owner = 1; owner <= 3; owner++)
		expect_stored(CLIENT, signed_pointer(owner, 0, 1));
	ck_assert_uint_eq(stored_kind(pad.key), AN_RECORD_POINTER);
	ck_assert_uint_eq(stored_kind(graph.key), AN_RECORD_POINTER);
	ck_assert_uint_eq(stored_kind(chunk.key), AN_RECORD_POINTER);
	signed_done(&pad);
	signed_done(&graph);
	signed_done(&pointer);
	signed_done(&chunk);
}
END_TEST

START_TEST(a_scratchpad_with_a_higher_counter_replaces_the_one_that_is_held)
{
	expect_stored(CLIENT, signed_scratchpad(1, 5, 10));
	expect_unchanged(CLIENT, signed_scratchpad(1, 5, 10));
	expect_stored(PEER, signed_scratchpad(1, 6, 300 * 1024));
	expect_stored(CLIENT, signed_scratchpad(1, 7, 20));
	const struct answer late = of(signed_scratchpad(1, 7, 21));
	ck_assert_int_eq(late.protocol_error, AN_ERROR_OUTDATED_RECORD_COUNTER);
	ck_assert_uint_eq(late.error.counter, 7);
	ck_assert_uint_eq(late.error.expected, 7);
	/* A scratchpad that comes too late was brought all the same. */
	ck_assert_uint_eq(scene.brought, 4);
}
END_TEST

START_TEST(of_a_scratchpad_key_counter_signature_and_size_count_in_this_order)
{
	expect_stored(CLIENT, signed_scratchpad(1, 5, 10));
	expect_refused(CLIENT, elsewhere(signed_badly(signed_scratchpad(1, 1, 10))),
	               AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	expect_refused(PEER, signed_badly(signed_scratchpad(1, 1, 10)),
	               AN_PUT_ERROR_OUTDATED_COUNTER);
	expect_refused(PEER, signed_badly(signed_scratchpad(1, 8, 4194304)),
	               AN_PUT_ERROR_INVALID_SCRATCHPAD_SIGNATURE);
	const struct answer answer = of(signed_scratchpad(1, 8, 4194304 - 336 + 1));
	ck_assert_str_eq(answer.text, "ScratchpadTooBig(4194305)");
	expect_stored(CLIENT, signed_scratchpad(1, 8, 4194304 - 336));
}
END_TEST

START_TEST(a_scratchpad_or_a_graph_entry_does_not_displace_another_kind)
{
	expect_stored(CLIENT, signed_pointer(1, 1, 1));
	expect_refused(CLIENT, signed_scratchpad(1, 9, 10), AN_PUT_ERROR_INVALID_RECORD);
	expect_refused(CLIENT, signed_graph(1, 1, 1), AN_PUT_ERROR_INVALID_RECORD);
	expect_stored(CLIENT, signed_scratchpad(2, 1, 10));
	expect_refused(PEER, signed_graph(2, 1, 1), AN_PUT_ERROR_INVALID_RECORD);
	const struct answer answer = of(signed_graph(2, 1, 1));
	ck_assert_str_eq(answer.text, "InvalidRecord(abcdef(f6a450d7320eda9444d30c518cd1d80b"
	                              "3861c5cb533175e3240e29e7615d4e5d))");
}
END_TEST

START_TEST(forks_are_kept_as_the_sorted_union)
{
	struct signed_record three = signed_graph(1, 1, 3);
	expect_stored(CLIENT, signed_graph(1, 3, 1));
	expect_stored(CLIENT, paid(signed_graph(1, 1, 1)));
	expect_unchanged(CLIENT, signed_graph(1, 3, 1));
	expect_stored(PEER, signed_graph(1, 1, 2));
	expect_unchanged(PEER, signed_graph(1, 1, 3));
	const struct an_store_entry *entry = an_store_find(scene.store, three.key);
	uint8_t hash[AN_HASH_SIZE];
	an_sha3_256(an_blob_span(three.value), hash);
	ck_assert_mem_eq(entry->content_hash, hash, sizeof(hash));
	signed_done(&three);
}
END_TEST

START_TEST(entries_of_another_key_and_with_bad_signatures_are_dropped)
{
	struct signed_record one = signed_graph(1, 1, 1);
	expect_refused(PEER, elsewhere(signed_graph(1, 1, 2)), AN_PUT_ERROR_EMPTY_GRAPH_ENTRY);
	expect_refused(CLIENT, elsewhere(signed_graph(1, 1, 1)), AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	expect_refused(CLIENT, elsewhere(paid(signed_graph(1, 1, 1))),
	               AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	expect_refused(CLIENT, elsewhere(merkle(signed_graph(1, 1, 1))),
	               AN_PUT_ERROR_EMPTY_GRAPH_ENTRY);
	/* No good signature: taken, and nothing stored. */
	expect_unchanged(CLIENT, signed_badly(signed_graph(1, 1, 1)));
	ck_assert_uint_eq(an_store_count(scene.store), 0);
	/* One of two. */
	expect_stored(PEER, signed_badly(signed_graph(1, 1, 2)));
	ck_assert_uint_eq(stored_size(one.key), one.value->size);
	signed_done(&one);
}
END_TEST

START_TEST(of_two_versions_at_once_the_higher_counter_stays_whatever_comes_first)
{
	for (uint8_t owner = 1; owner <= 2; owner++) {
		struct signed_record low = signed_pointer(owner, 1, 1);
		struct signed_record high = signed_pointer(owner, 2, 2);
		struct answer answers[2] = {{0}};
		admit_from(1, CLIENT, owner == 1 ? &low : &high, &answers[0]);
		admit_from(2, PEER, owner == 1 ? &high : &low, &answers[1]);
		settle();
		ck_assert_int_eq(answers[0].status, AUTONOMI_OK);
		ck_assert_int_eq(answers[1].status, owner == 1 ? AUTONOMI_OK : AUTONOMI_E_OUTDATED);
		uint8_t hash[AN_HASH_SIZE];
		an_sha3_256(an_blob_span(high.value), hash);
		ck_assert_mem_eq(an_store_find(scene.store, low.key)->content_hash, hash,
		                 sizeof(hash));
		signed_done(&low);
		signed_done(&high);
	}
}
END_TEST

/* ---- A network that takes payments. */

static const struct an_protocol_error unpaid = {.type = AN_ERROR_TOPOLOGY_VERIFICATION_FAILED};

START_TEST(what_is_not_paid_for_is_refused_unless_its_owner_changes_what_is_here)
{
	open_admissions(true);
	expect_refused(CLIENT, signed_chunk(1, 100), AN_PUT_ERROR_NO_PAYMENT);
	expect_refused(CLIENT, signed_graph(1, 1, 1), AN_PUT_ERROR_NO_PAYMENT);
	expect_refused(CLIENT, signed_pointer(1, 1, 1), AN_PUT_ERROR_NO_PAYMENT);
	expect_refused(CLIENT, signed_scratchpad(2, 1, 10), AN_PUT_ERROR_NO_PAYMENT);
	expect_refused(CLIENT, elsewhere(signed_pointer(1, 1, 1)),
	               AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	expect_refused(CLIENT, elsewhere(signed_scratchpad(2, 1, 10)),
	               AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	expect_stored(PEER, signed_pointer(1, 1, 1));
	expect_stored(PEER, signed_scratchpad(2, 1, 10));
	expect_stored(CLIENT, signed_pointer(1, 2, 1));
	expect_stored(CLIENT, signed_scratchpad(2, 2, 10));
	expect_stored(PEER, signed_chunk(1, 100));
	expect_refused(CLIENT, signed_chunk(1, 100), AN_PUT_ERROR_NO_PAYMENT);
	ck_assert_uint_eq(scene.questions, 0);
}
END_TEST

START_TEST(what_is_paid_for_is_stored)
{
	open_admissions(true);
	expect_stored(CLIENT, paid(signed_chunk(1, 100)));
	ck_assert(!scene.asked.merkle);
	expect_stored(CLIENT, paid(signed_graph(1, 1, 1)));
	ck_assert_int_eq(scene.asked.type, AN_RECORD_GRAPH_ENTRY);
	expect_stored(CLIENT, paid(signed_pointer(2, 1, 1)));
	expect_stored(CLIENT, paid(signed_scratchpad(3, 1, 10)));
	expect_stored(CLIENT, merkle(signed_chunk(2, 100)));
	ck_assert(scene.asked.merkle);
	expect_stored(CLIENT, merkle(signed_graph(4, 1, 1)));
	expect_stored(CLIENT, merkle(signed_pointer(5, 1, 1)));
	expect_stored(CLIENT, merkle(signed_scratchpad(6, 1, 10)));
	ck_assert_uint_eq(scene.questions, 8);
}
END_TEST

static void expect_unpaid(struct signed_record record)
{
	const struct answer answer = of(record);
	ck_assert_int_eq(answer.status, AUTONOMI_E_CORRUPT);
	ck_assert_int_eq(answer.protocol_error, AN_ERROR_TOPOLOGY_VERIFICATION_FAILED);
}

START_TEST(what_a_payment_lacks_is_said)
{
	open_admissions(true);
	scene.payment_error = &unpaid;
	expect_unpaid(paid(signed_chunk(1, 100)));
	expect_unpaid(paid(signed_graph(1, 1, 1)));
	expect_unpaid(paid(signed_pointer(1, 1, 1)));
	expect_unpaid(paid(signed_scratchpad(1, 1, 10)));
	expect_unpaid(merkle(signed_chunk(1, 100)));
	expect_unpaid(merkle(signed_graph(1, 1, 1)));
	ck_assert_uint_eq(an_store_count(scene.store), 0);
}
END_TEST

START_TEST(a_payment_for_what_is_here_is_taken_whatever_it_lacks)
{
	open_admissions(true);
	expect_stored(PEER, signed_chunk(1, 100));
	expect_stored(PEER, signed_graph(1, 1, 1));
	expect_stored(PEER, signed_pointer(2, 1, 1));
	expect_stored(PEER, signed_scratchpad(3, 1, 10));
	scene.payment_error = &unpaid;
	expect_unchanged(CLIENT, paid(signed_chunk(1, 100)));
	expect_stored(CLIENT, paid(signed_graph(1, 2, 1)));
	expect_stored(CLIENT, paid(signed_pointer(2, 2, 1)));
	expect_unpaid(paid(signed_scratchpad(3, 2, 10)));
	ck_assert_uint_eq(scene.questions, 4);
	/* Of a Merkle payment only a chunk that is here is not asked. */
	expect_unchanged(CLIENT, merkle(signed_chunk(1, 100)));
	ck_assert_uint_eq(scene.questions, 4);
	expect_unpaid(merkle(signed_graph(1, 3, 1)));
	expect_unpaid(merkle(signed_pointer(2, 3, 1)));
}
END_TEST

START_TEST(the_key_is_judged_before_the_payment_but_of_a_merkle_payment_for_signed_kinds)
{
	open_admissions(true);
	expect_refused(CLIENT, elsewhere(paid(signed_chunk(1, 100))),
	               AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	expect_refused(CLIENT, elsewhere(merkle(signed_chunk(1, 100))),
	               AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	expect_refused(CLIENT, elsewhere(paid(signed_scratchpad(1, 1, 1))),
	               AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	expect_refused(CLIENT, elsewhere(paid(signed_graph(1, 1, 1))),
	               AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	ck_assert_uint_eq(scene.questions, 0);
	expect_refused(CLIENT, elsewhere(merkle(signed_badly(signed_pointer(1, 1, 1)))),
	               AN_PUT_ERROR_INVALID_POINTER_SIGNATURE);
	ck_assert_uint_eq(scene.questions, 1);
	scene.payment_status = AUTONOMI_E_BUSY;
	ck_assert_int_eq(of(paid(signed_chunk(1, 100))).status, AUTONOMI_E_BUSY);
}
END_TEST

/* ---- Limits. */

START_TEST(one_peer_s_checks_do_not_keep_another_s_waiting)
{
	enum { MANY = 3 * AN_TURNS_COST_PER_PEER };
	static struct answer answers[MANY];
	struct signed_record record = signed_badly(signed_pointer(1, 1, 1));
	struct signed_record good = signed_pointer(2, 1, 1);
	struct answer other = {0};
	memset(answers, 0, sizeof(answers));
	for (size_t i = 0; i < MANY; i++) {
		record.key[0] ^= (uint8_t)(i + 1); /* so that the store does not line them up */
		admit_from(1, PEER, &record, &answers[i]);
	}
	admit_from(2, CLIENT, &good, &other);
	size_t rounds = 0;
	for (; other.calls == 0; rounds++) {
		struct an_list jobs;
		an_list_init(&jobs);
		an_store_jobs(scene.store, &jobs);
		size_t count = 0;
		for (struct an_list *at; (at = an_list_take(&jobs)) != NULL; count++) {
			struct an_job *job = an_container_of(at, struct an_job, link);
			job->run(job);
			job->done(job);
		}
		ck_assert_uint_le(count, AN_TURNS_COST_PER_PEER + 1);
		an_store_poll(scene.store);
	}
	ck_assert_uint_le(rounds, 3);
	ck_assert_uint_eq(answers[MANY - 1].calls, 0);
	settle();
	for (size_t i = 0; i < MANY; i++)
		ck_assert_int_eq(answers[i].error.type, AN_PUT_ERROR_INVALID_POINTER_SIGNATURE);
	signed_done(&record);
	signed_done(&good);
}
END_TEST

START_TEST(admissions_that_the_store_has_no_room_for_are_told_so_however_many)
{
	enum { MANY = 2000 };
	static struct answer answers[MANY];
	struct signed_record pad = signed_scratchpad(1, 1, 4000000);
	memset(answers, 0, sizeof(answers));
	size_t busy = 0;
	for (size_t i = 0; i < MANY; i++)
		admit_from((uint8_t)i, PEER, &pad, &answers[i]);
	settle();
	for (size_t i = 0; i < MANY; i++) {
		ck_assert_uint_eq(answers[i].calls, 1);
		busy += answers[i].status == AUTONOMI_E_BUSY;
	}
	ck_assert_uint_gt(busy, 0);
	ck_assert_uint_lt(busy, MANY);
	signed_done(&pad);
}
END_TEST

START_TEST(what_waits_when_admissions_are_freed_ends_without_an_answer)
{
	struct signed_record upload = paid(signed_pointer(1, 1, 1)), plain = signed_graph(2, 1, 2);
	struct answer answers[2] = {{0}};
	admit_from(1, CLIENT, &upload, &answers[0]);
	admit_from(1, CLIENT, &plain, &answers[1]);
	struct an_job *job = an_container_of(an_list_take(&scene.jobs), struct an_job, link);
	job->skipped = true;
	job->done(job);
	scene.admissions = an_admissions_free(scene.admissions);
	ck_assert_uint_eq(answers[0].calls + answers[1].calls, 0);
	ck_assert_ptr_null(an_admissions_free(NULL));
	signed_done(&upload);
	signed_done(&plain);
	scene.store = an_store_free(scene.store);
}
END_TEST

START_TEST(a_full_store_says_so)
{
	an_store_free(scene.store);
	const struct an_store_config config = {.profile = &scene.profile,
	                                       .sys = an_sys_machine(),
	                                       .directory = scene.directory,
	                                       .records_max = 1,
	                                       .random = &scene.random};
	ck_assert_int_eq(an_store_open(&config, &scene.store, NULL, 0), AUTONOMI_OK);
	open_admissions(false);
	expect_stored(CLIENT, signed_pointer(1, 1, 1));
	const struct answer answer = of(signed_pointer(2, 1, 1));
	ck_assert_int_eq(answer.status, AUTONOMI_E_FULL);
	ck_assert_str_eq(answer.text, "LocalSwarmError(MaxRecords)");
	expect_stored(CLIENT, signed_pointer(1, 2, 1)); /* a new version needs no place */
}
END_TEST

#ifdef AN_FAULT_INJECTION
START_TEST(without_memory_nothing_leaks_and_no_record_is_blamed)
{
	struct signed_record records[] = {signed_chunk(1, 100), paid(signed_chunk(2, 20000)),
	                                  signed_pointer(1, 1, 1), paid(signed_graph(2, 1, 1)),
	                                  signed_scratchpad(3, 1, 10)};
	for (size_t i = 0; i < 5; i++) {
		struct answer answer = {.status = AUTONOMI_E_NO_MEMORY};
		for (uint64_t n = 0; answer.status == AUTONOMI_E_NO_MEMORY; n++) {
			an_memory_fail_after(n);
			answer = admit_kept(CLIENT, &records[i]);
			an_memory_fail_after(UINT64_MAX);
			ck_assert_int_eq(answer.error.type, AN_PUT_ERROR_NONE);
		}
		ck_assert_int_eq(answer.status, AUTONOMI_OK);
		signed_done(&records[i]);
	}
}
END_TEST
#endif

Suite *suite(void)
{
	Suite *s = suite_create("node/admission");
	TCase *rules = tcase_create("rules");
	tcase_add_checked_fixture(rules, setup, teardown);
	tcase_add_test(rules, a_header_that_is_none_is_refused);
	tcase_add_test(rules, without_payments_every_kind_is_stored_paid_or_not);
	tcase_add_test(rules, of_what_was_paid_for_only_the_record_is_stored);
	tcase_add_test(rules, a_replica_has_no_payment);
	tcase_add_test(rules, a_replica_of_every_kind_is_stored);
	tcase_add_test(rules, a_chunk_under_another_key_is_refused);
	tcase_add_test(rules, a_chunk_may_be_as_large_as_autonomi_s_and_no_larger);
	tcase_add_test(rules, a_chunk_that_is_here_is_taken_silently);
	tcase_add_test(rules, any_record_under_its_key_counts_as_the_chunk);
	tcase_add_test(rules, a_body_that_cannot_be_read_is_no_record);
	tcase_add_test(rules, a_pointer_with_a_higher_counter_replaces_the_one_that_is_held);
	tcase_add_test(rules,
	               of_a_pointer_a_client_s_key_counts_first_and_of_a_replica_the_signature);
	tcase_add_test(rules, a_pointer_takes_the_place_of_any_other_record_of_its_owner);
	tcase_add_test(rules, a_scratchpad_with_a_higher_counter_replaces_the_one_that_is_held);
	tcase_add_test(rules, of_a_scratchpad_key_counter_signature_and_size_count_in_this_order);
	tcase_add_test(rules, a_scratchpad_or_a_graph_entry_does_not_displace_another_kind);
	tcase_add_test(rules, forks_are_kept_as_the_sorted_union);
	tcase_add_test(rules, entries_of_another_key_and_with_bad_signatures_are_dropped);
	tcase_add_test(rules,
	               of_two_versions_at_once_the_higher_counter_stays_whatever_comes_first);
	suite_add_tcase(s, rules);
	TCase *payments = tcase_create("payments");
	tcase_add_checked_fixture(payments, setup, teardown);
	tcase_add_test(payments,
	               what_is_not_paid_for_is_refused_unless_its_owner_changes_what_is_here);
	tcase_add_test(payments, what_is_paid_for_is_stored);
	tcase_add_test(payments, what_a_payment_lacks_is_said);
	tcase_add_test(payments, a_payment_for_what_is_here_is_taken_whatever_it_lacks);
	tcase_add_test(
		payments,
		the_key_is_judged_before_the_payment_but_of_a_merkle_payment_for_signed_kinds);
	suite_add_tcase(s, payments);
	TCase *limits = tcase_create("limits");
	tcase_add_checked_fixture(limits, setup, teardown);
	tcase_add_test(limits, one_peer_s_checks_do_not_keep_another_s_waiting);
	tcase_add_test(limits, admissions_that_the_store_has_no_room_for_are_told_so_however_many);
	tcase_add_test(limits, what_waits_when_admissions_are_freed_ends_without_an_answer);
	tcase_add_test(limits, a_full_store_says_so);
#ifdef AN_FAULT_INJECTION
	tcase_add_test(limits, without_memory_nothing_leaks_and_no_record_is_blamed);
#endif
	suite_add_tcase(s, limits);
	return s;
}
