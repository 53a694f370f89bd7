/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as what a user's vault says. What was understood is written and understood as the same. */
#include "data/user_data.h"
#include "round_trip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct an_user_data *user)
{
	struct an_user_data again;
	struct an_buffer first, last, scratch;
	an_buffer_init(&first, ROUND_TRIP_MAX);
	an_buffer_init(&last, ROUND_TRIP_MAX);
	an_buffer_init(&scratch, ROUND_TRIP_MAX);
	must(an_user_data_encode(user, &first) == AUTONOMI_OK);
	must(an_user_data_decode(an_buffer_span(&first), &scratch, &again) == AUTONOMI_OK);
	for (size_t i = 0; i < AN_USER_LISTS; i++)
		must(again.lists[i].count == user->lists[i].count);
	for (size_t i = 0; i < AN_USER_KEYS; i++)
		must(again.has_key[i] == user->has_key[i] &&
		     an_span_equal(again.keys[i], user->keys[i]));
	must(an_user_data_encode(&again, &last) == AUTONOMI_OK);
	must(an_span_equal(an_buffer_span(&first), an_buffer_span(&last)));
	an_user_data_done(&again);
	an_buffer_done(&scratch);
	an_buffer_done(&last);
	an_buffer_done(&first);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct an_user_data user;
	struct an_buffer scratch;
	an_buffer_init(&scratch, size);
	if (an_user_data_decode(an_span(data, size), &scratch, &user) == AUTONOMI_OK) {
		check(&user);
		an_user_data_done(&user);
	}
	an_buffer_done(&scratch);
	return 0;
}
