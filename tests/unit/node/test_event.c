/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <string.h>

#include "node/event.h"

static struct an_event_queue queue;

static void setup(void)
{
	an_event_queue_init(&queue, 3, 1000);
}

static void teardown(void)
{
	an_event_queue_done(&queue);
}

static struct autonomi_event *reserve(size_t bytes)
{
	struct autonomi_event *event = NULL;
	ck_assert_int_eq(an_event_queue_reserve(&queue, bytes, &event), AUTONOMI_OK);
	ck_assert_ptr_nonnull(event);
	return event;
}

START_TEST(events_come_out_in_the_order_in_which_they_were_pushed)
{
	struct autonomi_event *first = reserve(1);
	struct autonomi_event *second = reserve(1);
	an_event_queue_push(&queue, second);
	an_event_queue_push(&queue, first);
	ck_assert_ptr_eq(an_event_queue_take(&queue), second);
	ck_assert_ptr_eq(an_event_queue_take(&queue), first);
	ck_assert_ptr_null(an_event_queue_take(&queue));
	an_event_free(first);
	an_event_free(second);
}
END_TEST

START_TEST(a_reservation_counts_until_its_event_was_taken)
{
	struct autonomi_event *event = reserve(0);
	struct autonomi_event *second = reserve(0), *third = reserve(0);
	struct autonomi_event *none = NULL;
	ck_assert_int_eq(an_event_queue_reserve(&queue, 0, &none), AUTONOMI_E_BUSY);
	ck_assert_ptr_null(none);
	an_event_queue_push(&queue, event);
	ck_assert_int_eq(an_event_queue_reserve(&queue, 0, &none), AUTONOMI_E_BUSY);
	ck_assert_ptr_eq(an_event_queue_take(&queue), event);
	ck_assert_uint_eq(an_event_queue_completions(&queue), 2);
	an_event_queue_release(&queue, reserve(0));
	an_event_queue_release(&queue, second);
	an_event_queue_release(&queue, third);
	ck_assert_uint_eq(an_event_queue_completions(&queue), 0);
	an_event_free(event);
}
END_TEST

START_TEST(bytes_are_reserved_up_to_the_limit_and_not_one_more)
{
	struct autonomi_event *most = reserve(999);
	struct autonomi_event *none = NULL;
	ck_assert_int_eq(an_event_queue_reserve(&queue, 2, &none), AUTONOMI_E_BUSY);
	ck_assert_int_eq(an_event_queue_reserve(&queue, SIZE_MAX, &none), AUTONOMI_E_BUSY);
	struct autonomi_event *rest = reserve(1);
	an_event_queue_release(&queue, most);
	an_event_queue_release(&queue, rest);
	an_event_queue_release(&queue, reserve(1000));
}
END_TEST

START_TEST(news_of_one_kind_waits_once)
{
	an_event_queue_note(&queue, AN_EVENT_ONCE_PEERS, AUTONOMI_OK, 3);
	an_event_queue_note(&queue, AN_EVENT_ONCE_PRUNED, AUTONOMI_OK, 5);
	an_event_queue_note(&queue, AN_EVENT_ONCE_PEERS, AUTONOMI_OK, 2);
	an_event_queue_note(&queue, AN_EVENT_ONCE_PRUNED, AUTONOMI_OK, 6);
	struct autonomi_event *peers = an_event_queue_take(&queue);
	struct autonomi_event *pruned = an_event_queue_take(&queue);
	ck_assert_uint_eq(peers->type, AUTONOMI_EVENT_PEERS);
	ck_assert_msg(peers->count == 2, "peers are a level: the latest counts");
	ck_assert_msg(pruned->count == 11, "pruned records are a sum");
	ck_assert(an_event_queue_empty(&queue));
	/* Taken, the next news is an event of its own, and counts from zero. */
	an_event_queue_note(&queue, AN_EVENT_ONCE_PRUNED, AUTONOMI_OK, 1);
	struct autonomi_event *again = an_event_queue_take(&queue);
	ck_assert_uint_eq(again->count, 1);
	an_event_free(peers);
	an_event_free(pruned);
	an_event_free(again);
}
END_TEST

START_TEST(a_storage_error_says_the_latest_reason_and_how_often)
{
	an_event_queue_note(&queue, AN_EVENT_ONCE_STORAGE, AUTONOMI_E_IO, 1);
	an_event_queue_note(&queue, AN_EVENT_ONCE_STORAGE, AUTONOMI_E_DISK_FULL, 2);
	struct autonomi_event *event = an_event_queue_take(&queue);
	ck_assert_uint_eq(event->type, AUTONOMI_EVENT_STORAGE_ERROR);
	ck_assert_int_eq(event->status, AUTONOMI_E_DISK_FULL);
	ck_assert_uint_eq(event->count, 3);
	an_event_free(event);
}
END_TEST

START_TEST(an_event_that_is_out_of_date_can_be_withdrawn)
{
	struct autonomi_event *progress = an_event_new(AUTONOMI_EVENT_PROGRESS);
	struct autonomi_event *completion = reserve(10);
	an_event_queue_push(&queue, progress);
	an_event_queue_push(&queue, completion);
	an_event_queue_withdraw(&queue, progress);
	ck_assert_ptr_eq(an_event_queue_take(&queue), completion);
	ck_assert_ptr_null(an_event_queue_take(&queue));
	an_event_free(completion);
}
END_TEST

START_TEST(data_is_taken_over_from_its_only_owner_and_copied_from_others)
{
	struct autonomi_event *event = reserve(100);
	struct an_blob *blob = an_blob_copy(an_span_text("0123456789"));
	const struct an_span part = {an_blob_span(blob).data + 2, 3};
	struct an_blob *other = an_blob_ref(blob);
	ck_assert_int_eq(an_event_set_data(event, blob, part), AUTONOMI_OK);
	ck_assert_msg(event->blob != blob, "a blob with two owners may change thread by thread");
	ck_assert(an_span_equal(event->data, an_span_text("234")));
	an_blob_unref(other);
	ck_assert_int_eq(an_event_set_data(event, blob, part), AUTONOMI_OK);
	ck_assert_ptr_eq(event->blob, blob);
	ck_assert(an_span_equal(event->data, an_span_text("234")));
	an_blob_unref(blob);
	an_event_queue_push(&queue, event);
}
END_TEST

START_TEST(a_long_sentence_is_cut_and_peers_grow_as_they_come)
{
	struct autonomi_event *event = an_event_new(AUTONOMI_EVENT_PEERS);
	char sentence[2 * AN_EVENT_MESSAGE_MAX];
	memset(sentence, 'x', sizeof(sentence) - 1);
	sentence[sizeof(sentence) - 1] = '\0';
	an_event_say(event, "%s", sentence);
	ck_assert_uint_eq(strlen(event->message), AN_EVENT_MESSAGE_MAX - 1);
	for (int i = 0; i < 100; i++)
		an_event_add_peer(event)->bucket = i;
	ck_assert_uint_eq(event->peer_count, 100);
	ck_assert_int_eq(event->peers[99].bucket, 99);
	ck_assert_ptr_null(an_event_free(event));
	ck_assert_ptr_null(an_event_free(NULL));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("node/event");
	TCase *cases = tcase_create("event");
	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_test(cases, events_come_out_in_the_order_in_which_they_were_pushed);
	tcase_add_test(cases, a_reservation_counts_until_its_event_was_taken);
	tcase_add_test(cases, bytes_are_reserved_up_to_the_limit_and_not_one_more);
	tcase_add_test(cases, news_of_one_kind_waits_once);
	tcase_add_test(cases, a_storage_error_says_the_latest_reason_and_how_often);
	tcase_add_test(cases, an_event_that_is_out_of_date_can_be_withdrawn);
	tcase_add_test(cases, data_is_taken_over_from_its_only_owner_and_copied_from_others);
	tcase_add_test(cases, a_long_sentence_is_cut_and_peers_grow_as_they_come);
	suite_add_tcase(s, cases);
	return s;
}
