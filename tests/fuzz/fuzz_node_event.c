/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as what an Autonomi node tells its host. What was understood is written and understood as
 * the same, and can be shown. */
#include "data/node_event.h"
#include "round_trip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct an_node_event event, again;
	struct an_buffer first, last;
	if (an_node_event_decode(an_span(data, size), &event) != AUTONOMI_OK)
		return 0;
	an_buffer_init(&first, ROUND_TRIP_MAX);
	an_buffer_init(&last, ROUND_TRIP_MAX);
	must(an_node_event_encode(&event, &first) == AUTONOMI_OK);
	must(an_node_event_decode(an_buffer_span(&first), &again) == AUTONOMI_OK);
	must(again.type == event.type && an_span_equal(again.reason, event.reason));
	must(an_node_event_encode(&again, &last) == AUTONOMI_OK);
	must(an_span_equal(an_buffer_span(&first), an_buffer_span(&last)));
	an_buffer_clear(&last);
	an_node_event_debug(&event, &last);
	must(last.failed == AUTONOMI_OK && last.size >= strlen(an_node_event_name(event.type)));
	an_buffer_done(&last);
	an_buffer_done(&first);
	return 0;
}
