/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/heap.h"

#include "harness.h"

enum { NODES = 64, STEPS = 100000 };

static struct an_heap heap;
static struct an_heap_node node[NODES];

static void setup(void)
{
	an_heap_init(&heap);
	for (size_t i = 0; i < NODES; i++)
		node[i] = (struct an_heap_node){0};
}

START_TEST(an_empty_heap_has_no_deadline)
{
	ck_assert_ptr_null(an_heap_first(&heap));
	ck_assert_uint_eq(an_heap_deadline(&heap), AN_TIME_NEVER);
	ck_assert_ptr_null(an_heap_take_due(&heap, AN_TIME_NEVER));
}
END_TEST

START_TEST(the_earliest_comes_first)
{
	an_heap_set(&heap, &node[0], 30);
	an_heap_set(&heap, &node[1], 10);
	an_heap_set(&heap, &node[2], 20);
	ck_assert_uint_eq(an_heap_deadline(&heap), 10);
	ck_assert_ptr_eq(an_heap_take_due(&heap, 100), &node[1]);
	ck_assert_ptr_eq(an_heap_take_due(&heap, 100), &node[2]);
	ck_assert_ptr_eq(an_heap_take_due(&heap, 100), &node[0]);
	ck_assert_ptr_null(an_heap_take_due(&heap, 100));
}
END_TEST

START_TEST(a_deadline_is_due_at_its_time_and_not_before)
{
	an_heap_set(&heap, &node[0], 30);
	ck_assert_ptr_null(an_heap_take_due(&heap, 29));
	ck_assert_ptr_eq(an_heap_take_due(&heap, 30), &node[0]);
	ck_assert(!an_heap_holds(&node[0]));
}
END_TEST

START_TEST(a_deadline_can_be_moved_both_ways)
{
	an_heap_set(&heap, &node[0], 30);
	an_heap_set(&heap, &node[1], 20);
	an_heap_set(&heap, &node[0], 10);
	ck_assert_ptr_eq(an_heap_first(&heap), &node[0]);
	an_heap_set(&heap, &node[0], 40);
	ck_assert_ptr_eq(an_heap_first(&heap), &node[1]);
}
END_TEST

START_TEST(never_takes_a_node_out)
{
	an_heap_set(&heap, &node[0], 30);
	an_heap_set(&heap, &node[0], AN_TIME_NEVER);
	ck_assert(!an_heap_holds(&node[0]));
	ck_assert_ptr_null(an_heap_first(&heap));
	an_heap_set(&heap, &node[0], AN_TIME_NEVER);
	ck_assert(!an_heap_holds(&node[0]));
}
END_TEST

START_TEST(removing_a_node_that_is_not_in_does_nothing)
{
	an_heap_set(&heap, &node[0], 30);
	an_heap_remove(&heap, &node[1]);
	an_heap_remove(&heap, &node[0]);
	an_heap_remove(&heap, &node[0]);
	ck_assert_ptr_null(an_heap_first(&heap));
}
END_TEST

/* The model: the deadline of each node, or AN_TIME_NEVER, kept sorted. */
static struct {
	size_t size;
	size_t node[NODES];
	an_time_us deadline[NODES];
} sorted;

static void model_remove(size_t which)
{
	size_t i = 0;
	while (i < sorted.size && sorted.node[i] != which)
		i++;
	if (i == sorted.size)
		return;
	for (sorted.size--; i < sorted.size; i++) {
		sorted.node[i] = sorted.node[i + 1];
		sorted.deadline[i] = sorted.deadline[i + 1];
	}
}

static void model_set(size_t which, an_time_us deadline)
{
	model_remove(which);
	if (deadline == AN_TIME_NEVER)
		return;
	size_t i = sorted.size++;
	for (; i > 0 && sorted.deadline[i - 1] > deadline; i--) {
		sorted.node[i] = sorted.node[i - 1];
		sorted.deadline[i] = sorted.deadline[i - 1];
	}
	sorted.node[i] = which;
	sorted.deadline[i] = deadline;
}

static bool model_holds(size_t which)
{
	for (size_t i = 0; i < sorted.size; i++)
		if (sorted.node[i] == which)
			return true;
	return false;
}

static uint64_t state;

static uint64_t draw(uint64_t bound)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (state >> 33) % bound;
}

static void take_due(an_time_us now)
{
	struct an_heap_node *taken = an_heap_take_due(&heap, now);
	if (sorted.size == 0 || sorted.deadline[0] > now) {
		ck_assert_ptr_null(taken);
		return;
	}
	ck_assert_ptr_nonnull(taken);
	ck_assert_uint_eq(taken->deadline, sorted.deadline[0]);
	const size_t which = (size_t)(taken - node);
	ck_assert(model_holds(which));
	model_remove(which);
}

static void step(void)
{
	const size_t which = (size_t)draw(NODES);
	const an_time_us deadline = draw(50) == 0 ? AN_TIME_NEVER : draw(200);
	switch (draw(4)) {
	case 0:
	case 1:
		an_heap_set(&heap, &node[which], deadline);
		model_set(which, deadline);
		break;
	case 2:
		an_heap_remove(&heap, &node[which]);
		model_remove(which);
		break;
	default:
		take_due(draw(100));
		break;
	}
}

START_TEST(a_heap_is_a_sorted_array)
{
	state = (uint64_t)_i + 1;
	sorted.size = 0;
	for (int i = 0; i < STEPS; i++) {
		step();
		const size_t which = (size_t)draw(NODES);
		ck_assert(an_heap_holds(&node[which]) == model_holds(which));
		ck_assert_uint_eq(an_heap_deadline(&heap),
		                  sorted.size > 0 ? sorted.deadline[0] : AN_TIME_NEVER);
	}
	while (sorted.size > 0)
		take_due(AN_TIME_NEVER - 1);
	ck_assert_ptr_null(an_heap_first(&heap));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("base/heap");
	TCase *all = tcase_create("deadlines");
	tcase_add_checked_fixture(all, setup, NULL);
	tcase_add_test(all, an_empty_heap_has_no_deadline);
	tcase_add_test(all, the_earliest_comes_first);
	tcase_add_test(all, a_deadline_is_due_at_its_time_and_not_before);
	tcase_add_test(all, a_deadline_can_be_moved_both_ways);
	tcase_add_test(all, never_takes_a_node_out);
	tcase_add_test(all, removing_a_node_that_is_not_in_does_nothing);
	tcase_add_loop_test(all, a_heap_is_a_sorted_array, 0, 4);
	suite_add_tcase(s, all);
	return s;
}
