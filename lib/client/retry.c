/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/retry.h"

enum { WAIT_FIRST_SECONDS = 2, WAIT_MOST_SECONDS = 8 };

struct strategy {
	const char *name;
	uint32_t attempts;
};

static const struct strategy strategies[] = {
	[AN_RETRY_NONE] = {"None", 1},
	[AN_RETRY_ONCE] = {"Once", 2},
	[AN_RETRY_QUICK] = {"Quick", 4},
	[AN_RETRY_BALANCED] = {"Balanced", 6},
	[AN_RETRY_PERSISTENT] = {"Persistent", 10},
};

/* Decimal digits, from 1 on. */
static bool read_count(uint32_t *ret_count, struct an_span digits)
{
	uint64_t count = 0;
	for (size_t i = 0; i < digits.size; i++) {
		const unsigned digit = digits.data[i] - (unsigned)'0';
		count = count * 10 + digit;
		if (digit > 9 || count > UINT32_MAX)
			return false;
	}
	*ret_count = (uint32_t)count;
	return count > 0;
}

bool an_retry_read(struct an_retry *ret_retry, struct an_span text)
{
	for (size_t i = 0; i < AN_RETRY_COUNTED; i++) {
		if (!an_span_equal(text, an_span_text(strategies[i].name)))
			continue;
		*ret_retry = (struct an_retry){.strategy = (enum an_retry_strategy)i};
		return true;
	}
	uint32_t count;
	if (text.size < 4 || memcmp(text.data, "N(", 2) != 0 || text.data[text.size - 1] != ')' ||
	    !read_count(&count, an_span(text.data + 2, text.size - 3)))
		return false;
	*ret_retry = (struct an_retry){.strategy = AN_RETRY_COUNTED, .count = count};
	return true;
}

uint32_t an_retry_attempts(const struct an_retry *retry)
{
	return retry->strategy == AN_RETRY_COUNTED ? retry->count
	                                           : strategies[retry->strategy].attempts;
}

an_time_us an_retry_wait(uint32_t attempt)
{
	uint32_t seconds = WAIT_FIRST_SECONDS;
	for (; attempt > 1 && seconds < WAIT_MOST_SECONDS; attempt--)
		seconds *= 2;
	return AN_SECONDS(seconds);
}
