/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <stdlib.h>

#include "node/internal.h"

static struct an_node *node;
static unsigned cancelled, released;

/* A node of which nothing but operations and events exists: in a turn, it leaves its machine alone. */
static void setup(void)
{
	const uint64_t seed[2] = {1, 2};
	node = calloc(1, sizeof(*node));
	ck_assert_ptr_nonnull(node);
	node->in_turn = true;
	cancelled = released = 0;
	an_event_queue_init(&node->events, 4, 1000);
	an_operations_init(&node->operations, seed);
}

static void teardown(void)
{
	an_operations_done(node);
	an_event_queue_done(&node->events);
	free(node);
}

static void note_cancel(struct an_operation *operation)
{
	(void)operation;
	cancelled++;
}

static void complete_cancelled(struct an_operation *operation)
{
	cancelled++;
	an_operation_complete(operation, AUTONOMI_E_CANCELLED);
}

static void note_release(void *context)
{
	(void)context;
	released++;
}

static struct an_operation *begin(uint64_t tag, void (*cancel)(struct an_operation *))
{
	struct an_operation *operation = NULL;
	ck_assert_int_eq(an_operation_begin(node, tag, 10, cancel, &operation), AUTONOMI_OK);
	operation->release = note_release;
	return operation;
}

START_TEST(an_operation_completes_with_its_id_tag_and_a_sentence)
{
	struct an_operation *operation = begin(77, note_cancel);
	const uint64_t id = operation->id;
	ck_assert_ptr_eq(an_operation_find(node, id), operation);
	an_operation_complete(operation, AUTONOMI_E_TIMEOUT);
	ck_assert_ptr_null(an_operation_find(node, id));
	ck_assert_uint_eq(released, 1);
	struct autonomi_event *event = an_event_queue_take(&node->events);
	ck_assert_uint_eq(event->op, id);
	ck_assert_uint_eq(event->tag, 77);
	ck_assert_int_eq(event->status, AUTONOMI_E_TIMEOUT);
	ck_assert_str_eq(event->message, an_status_message(AUTONOMI_E_TIMEOUT));
	an_event_free(event);
}
END_TEST

START_TEST(ids_are_never_used_twice_and_a_refused_submit_uses_none)
{
	struct an_operation *none = NULL;
	for (uint64_t i = 0; i < 4; i++)
		ck_assert_uint_eq(begin(i, note_cancel)->id, i + 1);
	ck_assert_int_eq(an_operation_begin(node, 0, 0, note_cancel, &none), AUTONOMI_E_BUSY);
	ck_assert_ptr_null(none);
	an_operation_abandon(an_operation_find(node, 4));
	ck_assert_uint_eq(begin(0, note_cancel)->id, 5);
}
END_TEST

START_TEST(a_closing_node_begins_nothing)
{
	struct an_operation *none = NULL;
	node->state = AN_NODE_CLOSING;
	ck_assert_int_eq(an_operation_begin(node, 0, 0, note_cancel, &none), AUTONOMI_E_CLOSED);
	ck_assert_uint_eq(an_event_queue_completions(&node->events), 0);
}
END_TEST

START_TEST(cancelling_reaches_an_operation_once)
{
	struct an_operation *operation = begin(0, note_cancel);
	an_operation_cancel(operation);
	an_operation_cancel(operation);
	ck_assert_uint_eq(cancelled, 1);
	ck_assert_uint_eq(an_operations_count(&node->operations), 1);
}
END_TEST

START_TEST(cancelling_all_reaches_those_that_end_at_once_and_those_that_take_their_time)
{
	begin(0, complete_cancelled);
	begin(1, note_cancel);
	begin(2, complete_cancelled);
	an_operations_cancel_all(node);
	ck_assert_uint_eq(cancelled, 3);
	ck_assert_uint_eq(an_operations_count(&node->operations), 1);
	ck_assert_uint_eq(an_event_queue_completions(&node->events), 3);
}
END_TEST

START_TEST(progress_waits_once_with_the_latest_figures_and_not_beyond_the_end)
{
	struct an_operation *operation = begin(9, note_cancel);
	an_operation_progress(operation, 1, 10);
	an_operation_progress(operation, 5, 10);
	struct autonomi_event *event = an_event_queue_take(&node->events);
	ck_assert_uint_eq(event->type, AUTONOMI_EVENT_PROGRESS);
	ck_assert_uint_eq(event->done, 5);
	ck_assert_uint_eq(event->tag, 9);
	an_operation_progress_taken(node, event->op);
	an_event_free(event);
	an_operation_progress(operation, 9, 10);
	an_operation_complete(operation, AUTONOMI_OK);
	event = an_event_queue_take(&node->events);
	ck_assert_msg(event->type == AUTONOMI_EVENT_COMPLETED,
	              "news of an operation that is over was left in the queue");
	an_event_free(event);
	ck_assert(an_event_queue_empty(&node->events));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("node/operation");
	TCase *cases = tcase_create("operation");
	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_test(cases, an_operation_completes_with_its_id_tag_and_a_sentence);
	tcase_add_test(cases, ids_are_never_used_twice_and_a_refused_submit_uses_none);
	tcase_add_test(cases, a_closing_node_begins_nothing);
	tcase_add_test(cases, cancelling_reaches_an_operation_once);
	tcase_add_test(
		cases,
		cancelling_all_reaches_those_that_end_at_once_and_those_that_take_their_time);
	tcase_add_test(cases, progress_waits_once_with_the_latest_figures_and_not_beyond_the_end);
	suite_add_tcase(s, cases);
	return s;
}
