/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/state.h"

/* Room is doubled, but not by more than GROWTH_MAX: what is reserved counts against the budgets. */
enum { FIRST_CAPACITY = 4096, GROWTH_MAX = 1024 * 1024 };

size_t an_link_request_limit(const struct an_profile *profile, enum an_link_kind kind)
{
	switch (kind) {
	case AN_LINK_KIND_MESSAGE:
		return profile->request_max;
	case AN_LINK_KIND_KADEMLIA:
		return AN_LINK_KADEMLIA_MAX;
	case AN_LINK_KIND_ADDRESS:
		return 0;
	}
	return 0;
}

size_t an_link_reply_limit(const struct an_profile *profile, enum an_link_kind kind)
{
	switch (kind) {
	case AN_LINK_KIND_MESSAGE:
		return profile->response_max;
	case AN_LINK_KIND_KADEMLIA:
		return AN_LINK_KADEMLIA_MAX;
	case AN_LINK_KIND_ADDRESS:
		return AN_LINK_ADDRESS_MAX;
	}
	return 0;
}

bool an_link_receiver_kind(struct an_link_receiver *receiver, struct an_span *bytes)
{
	if (receiver->has_kind)
		return true;
	if (bytes->size == 0 || bytes->data[0] >= AN_LINK_KINDS)
		return false;
	receiver->has_kind = true;
	receiver->kind = (enum an_link_kind)bytes->data[0];
	*bytes = an_span(bytes->data + 1, bytes->size - 1);
	return true;
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

size_t an_link_receiver_capacity(const struct an_link_receiver *receiver, size_t more, bool last,
                                 size_t limit)
{
	const struct an_blob *blob = receiver->blob;
	const size_t capacity = blob != NULL ? blob->capacity : 0;
	const size_t needed = (blob != NULL ? blob->size : 0) + more;
	if (needed <= capacity)
		return capacity;
	if (last)
		return needed;
	const size_t grown = capacity + (capacity < GROWTH_MAX ? capacity : GROWTH_MAX);
	const size_t roomy = larger(larger(grown, needed), FIRST_CAPACITY);
	return roomy < limit ? roomy : larger(limit, needed);
}

static an_status make_room(struct an_link_receiver *receiver, size_t capacity)
{
	struct an_blob *blob = receiver->blob;
	if (blob == NULL) {
		blob = an_blob_new(capacity);
		if (blob != NULL)
			blob->size = 0;
	} else {
		blob = an_blob_grow(blob, capacity);
	}
	if (blob == NULL)
		return AUTONOMI_E_NO_MEMORY;
	receiver->blob = blob;
	return AUTONOMI_OK;
}

an_status an_link_receiver_append(struct an_link_receiver *receiver, struct an_span bytes,
                                  size_t capacity)
{
	const an_status status = make_room(receiver, capacity);
	if (status != AUTONOMI_OK || bytes.size == 0)
		return status;
	memcpy(receiver->blob->data + receiver->blob->size, bytes.data, bytes.size);
	receiver->blob->size += bytes.size;
	return AUTONOMI_OK;
}

void an_link_receiver_done(struct an_link_receiver *receiver)
{
	receiver->blob = an_blob_unref(receiver->blob);
}
