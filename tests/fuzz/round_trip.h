/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What must hold of every decoder and its encoder: what was understood can be written, and what was
 * written is understood, to its last byte, and written as the same bytes again.
 */
#ifndef TESTS_FUZZ_ROUND_TRIP_H
#define TESTS_FUZZ_ROUND_TRIP_H

#include <stdlib.h>

#include "base/buffer.h"
#include "wire/reader.h"

/* More than any value takes whose encoding has a few KiB. */
enum { ROUND_TRIP_MAX = 1 << 20 };

static inline void must(bool holds)
{
	if (!holds)
		abort();
}

/*
 * Defines `static bool name(struct an_span input, type *ret_value)`: whether the input was understood.
 * The value is a plain one. `through_read` and `through_write` are another form that the value must
 * survive: another encoding, or the same.
 */
#define DEFINE_ROUND_TRIP(name, type, read, write, through_read, through_write)                    \
	static bool name(struct an_span input, type *ret_value)                                    \
	{                                                                                          \
		struct an_buffer first, between, last;                                             \
		struct an_reader reader = an_reader(input);                                        \
		read(&reader, ret_value);                                                          \
		if (!an_reader_ok(&reader))                                                        \
			return false;                                                              \
		type again;                                                                        \
		an_buffer_init(&first, ROUND_TRIP_MAX);                                            \
		an_buffer_init(&between, ROUND_TRIP_MAX);                                          \
		an_buffer_init(&last, ROUND_TRIP_MAX);                                             \
		write(&first, ret_value);                                                          \
		reader = an_reader(an_buffer_span(&first));                                        \
		read(&reader, &again);                                                             \
		must(first.failed == AUTONOMI_OK && an_reader_ok(&reader) &&                       \
		     an_reader_left(&reader) == 0);                                                \
		through_write(&between, &again);                                                   \
		reader = an_reader(an_buffer_span(&between));                                      \
		through_read(&reader, &again);                                                     \
		must(between.failed == AUTONOMI_OK && an_reader_ok(&reader) &&                     \
		     an_reader_left(&reader) == 0);                                                \
		write(&last, &again);                                                              \
		must(an_span_equal(an_buffer_span(&first), an_buffer_span(&last)));                \
		an_buffer_done(&last);                                                             \
		an_buffer_done(&between);                                                          \
		an_buffer_done(&first);                                                            \
		return true;                                                                       \
	}

#endif
