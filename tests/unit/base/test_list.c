/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/list.h"

#include "harness.h"

struct member {
	int number;
	struct an_list link;
};

static struct an_list head, other;
static struct member member[5];

static void setup(void)
{
	an_list_init(&head);
	an_list_init(&other);
	for (int i = 0; i < 5; i++)
		member[i] = (struct member){.number = i};
}

static void append(struct an_list *list, int number)
{
	an_list_append(list, &member[number].link);
}

/* The members forwards and backwards, as digits of a number: 0, 1, 2 is 12. */
static int forwards(const struct an_list *list)
{
	int numbers = 0;
	for (struct an_list *i = an_list_first(list); i != NULL; i = an_list_next(list, i))
		numbers = numbers * 10 + an_container_of(i, struct member, link)->number;
	return numbers;
}

static int backwards(const struct an_list *list)
{
	int numbers = 0;
	for (const struct an_list *i = list->previous; i != list; i = i->previous)
		numbers = numbers * 10 + an_container_of(i, const struct member, link)->number;
	return numbers;
}

START_TEST(a_new_list_is_empty)
{
	ck_assert(an_list_empty(&head));
	ck_assert_ptr_null(an_list_first(&head));
	ck_assert_ptr_null(an_list_last(&head));
	ck_assert_ptr_null(an_list_take(&head));
	ck_assert(!an_list_linked(&member[0].link));
}
END_TEST

START_TEST(members_stand_where_they_were_put)
{
	append(&head, 2);
	append(&head, 3);
	an_list_prepend(&head, &member[1].link);
	an_list_insert_before(&member[3].link, &member[4].link);
	ck_assert_int_eq(forwards(&head), 1243);
	ck_assert_ptr_eq(an_list_last(&head), &member[3].link);
	ck_assert_int_eq(backwards(&head), 3421);
	ck_assert(!an_list_empty(&head));
}
END_TEST

START_TEST(a_removed_member_can_be_added_again)
{
	append(&head, 1);
	append(&head, 2);
	an_list_remove(&member[1].link);
	ck_assert(!an_list_linked(&member[1].link));
	an_list_remove(&member[1].link);
	ck_assert_int_eq(forwards(&head), 2);
	append(&head, 1);
	ck_assert_int_eq(forwards(&head), 21);
}
END_TEST

START_TEST(members_are_taken_from_the_front)
{
	append(&head, 1);
	append(&head, 2);
	ck_assert_ptr_eq(an_list_take(&head), &member[1].link);
	ck_assert(!an_list_linked(&member[1].link));
	ck_assert_ptr_eq(an_list_take(&head), &member[2].link);
	ck_assert_ptr_null(an_list_take(&head));
}
END_TEST

START_TEST(all_members_move_in_order)
{
	append(&head, 1);
	append(&other, 2);
	append(&other, 3);
	an_list_move_all(&head, &other);
	ck_assert(an_list_empty(&other));
	ck_assert_int_eq(forwards(&head), 123);
	ck_assert_int_eq(backwards(&head), 321);
	an_list_move_all(&head, &other);
	ck_assert_int_eq(forwards(&head), 123);
	an_list_move_all(&other, &head);
	ck_assert_int_eq(forwards(&other), 123);
}
END_TEST

START_TEST(the_current_member_can_be_removed_while_iterating)
{
	for (int i = 1; i < 5; i++)
		append(&head, i);
	for (struct an_list *i = an_list_first(&head), *next; i != NULL; i = next) {
		next = an_list_next(&head, i);
		if (an_container_of(i, struct member, link)->number % 2 == 0)
			an_list_remove(i);
	}
	ck_assert_int_eq(forwards(&head), 13);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("base/list");
	TCase *all = tcase_create("lists");
	tcase_add_checked_fixture(all, setup, NULL);
	tcase_add_test(all, a_new_list_is_empty);
	tcase_add_test(all, members_stand_where_they_were_put);
	tcase_add_test(all, a_removed_member_can_be_added_again);
	tcase_add_test(all, members_are_taken_from_the_front);
	tcase_add_test(all, all_members_move_in_order);
	tcase_add_test(all, the_current_member_can_be_removed_while_iterating);
	suite_add_tcase(s, all);
	return s;
}
