/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as what an owner signs: the first byte chooses a pointer, its target alone, a graph entry,
 * the set of a record, or a scratchpad. What was understood is written and understood as the same.
 * Where the first byte asks for it, a key of ours signs it: then it verifies, and not after a change.
 */
#include "data/graph_entry.h"
#include "data/pointer.h"
#include "data/scratchpad.h"
#include "round_trip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t secret[AN_BLS_SECRET_SIZE] = {1, 2, 3};

DEFINE_ROUND_TRIP(read_pointer, struct an_pointer, an_pointer_read, an_pointer_write,
                  an_pointer_read, an_pointer_write)
DEFINE_ROUND_TRIP(read_target, struct an_address, an_pointer_target_read, an_pointer_target_write,
                  an_pointer_target_read, an_pointer_target_write)

static void check_pointer(struct an_span input, bool sign)
{
	struct an_pointer pointer;
	if (!read_pointer(input, &pointer))
		return;
	(void)an_pointer_verify(&pointer);
	if (!sign)
		return;
	must(an_pointer_sign(&pointer, secret) == AUTONOMI_OK && an_pointer_verify(&pointer));
	pointer.counter++;
	must(!an_pointer_verify(&pointer));
}

static void check_target(struct an_span input, bool sign)
{
	struct an_pointer pointer = {.counter = 1};
	if (read_target(input, &pointer.target) && sign)
		must(an_pointer_sign(&pointer, secret) == AUTONOMI_OK);
}

static void read_entries(struct an_span input, bool is_set, struct an_graph_set *ret_set,
                         struct an_reader *ret_reader)
{
	*ret_reader = an_reader(input);
	*ret_set = (struct an_graph_set){0};
	if (is_set) {
		an_graph_set_read(ret_reader, ret_set);
		return;
	}
	ret_set->entries = calloc(1, sizeof(ret_set->entries[0]));
	ret_set->count = 1;
	an_graph_entry_read(ret_reader, &ret_set->entries[0]);
}

static void write_entries(struct an_buffer *out, bool is_set, const struct an_graph_set *set)
{
	if (is_set)
		an_graph_set_write(out, set);
	else
		an_graph_entry_write(out, &set->entries[0]);
	must(out->failed == AUTONOMI_OK);
}

static void sign_entry(struct an_graph_entry *entry)
{
	(void)an_graph_entry_verify(entry);
	must(an_graph_entry_sign(entry, secret) == AUTONOMI_OK &&
	     an_graph_entry_verify(entry) == AUTONOMI_OK);
	entry->content[0] ^= 1;
	must(an_graph_entry_verify(entry) == AUTONOMI_E_CORRUPT);
	entry->content[0] ^= 1;
}

static void check_set(struct an_graph_set *set, bool is_set)
{
	struct an_graph_set again;
	struct an_reader reader;
	struct an_buffer first, last;
	an_buffer_init(&first, ROUND_TRIP_MAX);
	an_buffer_init(&last, ROUND_TRIP_MAX);
	write_entries(&first, is_set, set);
	read_entries(an_buffer_span(&first), is_set, &again, &reader);
	must(an_reader_ok(&reader) && an_reader_left(&reader) == 0 && again.count == set->count);
	for (size_t i = 0; i < set->count; i++)
		must(an_graph_entry_compare(&set->entries[i], &again.entries[i]) == 0);
	write_entries(&last, is_set, &again);
	must(an_span_equal(an_buffer_span(&first), an_buffer_span(&last)));
	an_graph_set_done(&again);
	an_buffer_done(&last);
	an_buffer_done(&first);
}

static void check_entries(struct an_span input, bool is_set, bool sign)
{
	struct an_graph_set set;
	struct an_reader reader;
	read_entries(input, is_set, &set, &reader);
	if (an_reader_ok(&reader)) {
		if (sign && set.count > 0)
			sign_entry(&set.entries[0]);
		check_set(&set, is_set);
	}
	an_graph_set_done(&set);
}

/* Nothing, encrypted, is what blsttc and so ours do not take for a ciphertext. */
static void seal(const struct an_scratchpad *read)
{
	static const uint8_t r[AN_BLS_SECRET_SIZE] = {0, 7};
	struct an_scratchpad scratchpad = *read;
	struct an_buffer out, plain;
	an_buffer_init(&out, ROUND_TRIP_MAX);
	an_buffer_init(&plain, ROUND_TRIP_MAX);
	must(an_scratchpad_seal(&scratchpad, secret, r, read->encrypted_data, &out) == AUTONOMI_OK);
	must(an_scratchpad_verify(&scratchpad) == AUTONOMI_OK);
	must(an_scratchpad_open(&scratchpad, secret, &plain) ==
	     (read->encrypted_data.size > 0 ? AUTONOMI_OK : AUTONOMI_E_CORRUPT));
	must(an_span_equal(an_buffer_span(&plain), read->encrypted_data));
	scratchpad.counter++;
	must(an_scratchpad_verify(&scratchpad) == AUTONOMI_E_CORRUPT);
	an_buffer_done(&plain);
	an_buffer_done(&out);
}

static void check_scratchpad(struct an_span input, bool sign)
{
	struct an_scratchpad scratchpad, again;
	struct an_buffer scratch, scratch_again, first, last;
	struct an_reader reader = an_reader(input);
	an_buffer_init(&scratch, input.size);
	an_buffer_init(&scratch_again, ROUND_TRIP_MAX);
	an_buffer_init(&first, ROUND_TRIP_MAX);
	an_buffer_init(&last, ROUND_TRIP_MAX);
	an_scratchpad_read(&reader, &scratch, &scratchpad);
	if (an_reader_ok(&reader)) {
		an_scratchpad_write(&first, &scratchpad);
		reader = an_reader(an_buffer_span(&first));
		an_scratchpad_read(&reader, &scratch_again, &again);
		must(an_reader_ok(&reader) && an_reader_left(&reader) == 0);
		must(an_span_equal(again.encrypted_data, scratchpad.encrypted_data));
		an_scratchpad_write(&last, &again);
		must(an_span_equal(an_buffer_span(&first), an_buffer_span(&last)));
		if (sign)
			seal(&scratchpad);
	}
	an_buffer_done(&last);
	an_buffer_done(&first);
	an_buffer_done(&scratch_again);
	an_buffer_done(&scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	const struct an_span input = an_span(data + 1, size - 1);
	const bool sign = (data[0] & 8) != 0;
	switch (data[0] & 7) {
	case 0:
		check_pointer(input, sign);
		break;
	case 1:
		check_target(input, sign);
		break;
	case 2:
	case 3:
		check_entries(input, (data[0] & 1) != 0, sign);
		break;
	default:
		check_scratchpad(input, sign);
		break;
	}
	return 0;
}
