/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists in messages, which stay encoded until somebody reads their items. */
#include "data/message_codec.h"

#include "ident/multiaddr.h"

struct an_message_list an_message_read_list(struct an_message_source *source,
                                            an_message_copy_item *copy_item, size_t max)
{
	struct an_reader *reader = &source->reader;
	struct an_cbor_run run = an_cbor_read_list(reader);
	struct an_message_list list = {0};
	const size_t start = reader->position;
	size_t end = start;
	while (an_cbor_next(reader, &run)) {
		if (list.count == max) {
			an_reader_fail(reader, AUTONOMI_E_TOO_LARGE);
			break;
		}
		copy_item(source, NULL);
		end = reader->position;
		list.count++;
	}
	if (!an_reader_ok(reader) || list.count == 0)
		return (struct an_message_list){0};
	list.items = an_span(reader->bytes.data + start, end - start);
	return list;
}

void an_message_write_list(struct an_buffer *out, struct an_message_list list,
                           an_message_copy_item *copy_item)
{
	struct an_buffer scratch;
	an_buffer_init(&scratch, list.items.size);
	struct an_message_source source = an_message_begin_item(&list);
	source.scratch = &scratch;
	an_cbor_write_array(out, list.count);
	for (size_t i = 0; i < list.count; i++)
		copy_item(&source, out);
	if (!an_reader_ok(&source.reader) && out->failed == AUTONOMI_OK)
		out->failed = source.reader.failed;
	an_buffer_done(&scratch);
}

void an_message_copy_small(struct an_message_source *source, struct an_buffer *out)
{
	const uint64_t value = an_cbor_read_uint(&source->reader, UINT8_MAX);
	if (out != NULL)
		an_cbor_write_uint(out, value);
}

struct an_message_source an_message_begin_item(const struct an_message_list *list)
{
	return (struct an_message_source){.reader = an_reader(list->items)};
}

void an_message_end_item(struct an_message_list *list, const struct an_message_source *source)
{
	const size_t used = source->reader.position;
	list->items = an_span(list->items.data + used, list->items.size - used);
	list->count--;
}

size_t an_message_gather(struct an_message_list list, uint8_t *bytes, size_t capacity)
{
	struct an_message_source source = an_message_begin_item(&list);
	size_t count = 0;
	for (; count < list.count && count < capacity; count++)
		bytes[count] = (uint8_t)an_cbor_read_uint(&source.reader, UINT8_MAX);
	return count;
}

void an_message_add_bytes(struct an_buffer *items, struct an_message_list *list,
                          struct an_span bytes)
{
	for (size_t i = 0; i < bytes.size; i++) {
		an_cbor_write_uint(items, bytes.data[i]);
		an_message_note_item(items, list);
	}
}

/* ---- Proofs: pairs of an address and a result. */

static void read_proof(struct an_message_source *source, struct an_message_proof *proof)
{
	*proof = (struct an_message_proof){0};
	an_cbor_read_tuple(&source->reader, 2);
	an_address_read_cbor(&source->reader, &proof->address);
	struct an_message_result result;
	if (an_message_read_result(source, &result))
		an_cbor_read_fixed(&source->reader, proof->proof, sizeof(proof->proof));
	proof->failed = result.failed;
	proof->error = result.error;
}

static void write_proof(struct an_buffer *out, const struct an_message_proof *proof)
{
	const struct an_message_result result = {.failed = proof->failed, .error = proof->error};
	an_cbor_write_array(out, 2);
	an_address_write_cbor(out, &proof->address);
	if (an_message_write_result(out, &result))
		an_cbor_write_integers(out, an_span(proof->proof, sizeof(proof->proof)));
}

void an_message_copy_proof(struct an_message_source *source, struct an_buffer *out)
{
	struct an_message_proof proof;
	read_proof(source, &proof);
	if (out != NULL)
		write_proof(out, &proof);
}

bool an_message_next_proof(struct an_message_list *list, struct an_message_proof *ret_proof)
{
	if (list->count == 0)
		return false;
	struct an_message_source source = an_message_begin_item(list);
	read_proof(&source, ret_proof);
	an_message_end_item(list, &source);
	return an_reader_ok(&source.reader);
}

void an_message_note_item(struct an_buffer *items, struct an_message_list *list)
{
	if (items->failed != AUTONOMI_OK)
		return;
	list->items = an_buffer_span(items);
	list->count++;
}

void an_message_add_proof(struct an_buffer *items, struct an_message_list *list,
                          const struct an_message_proof *proof)
{
	write_proof(items, proof);
	an_message_note_item(items, list);
}

/* ---- Peers: pairs of an address and a list of multiaddresses. */

static void keep_endpoint(struct an_contact *contact, struct an_span multiaddr)
{
	struct an_multiaddr_target target;
	if (contact->endpoint_count == AN_CONTACT_ENDPOINTS_MAX)
		return;
	if (an_multiaddr_target(&target, multiaddr) == AUTONOMI_OK)
		contact->endpoints[contact->endpoint_count++] = target.endpoint;
}

static void copy_multiaddr(struct an_message_source *source, struct an_buffer *out)
{
	const struct an_span multiaddr = an_cbor_read_bytes(&source->reader);
	if (an_multiaddr_check(multiaddr) != AUTONOMI_OK)
		an_reader_fail(&source->reader, AUTONOMI_E_CORRUPT);
	if (out != NULL)
		an_cbor_write_bytes(out, multiaddr);
}

bool an_message_next_multiaddr(struct an_message_list *list, struct an_span *ret_multiaddr)
{
	if (list->count == 0)
		return false;
	struct an_message_source source = an_message_begin_item(list);
	*ret_multiaddr = an_cbor_read_bytes(&source.reader);
	an_message_end_item(list, &source);
	return an_reader_ok(&source.reader);
}

static void read_peer(struct an_message_source *source, struct an_message_peer *peer)
{
	struct an_reader *reader = &source->reader;
	*peer = (struct an_message_peer){0};
	an_cbor_read_tuple(reader, 2);
	an_address_read_cbor(reader, &peer->address);
	const struct an_span id = an_span(peer->address.bytes, peer->address.size);
	if (peer->address.type == AN_ADDRESS_PEER_ID &&
	    an_peer_id_from_bytes(&peer->contact.id, id) != AUTONOMI_OK)
		peer->contact.id = (struct an_peer_id){0};

	peer->multiaddrs = an_message_read_list(source, copy_multiaddr, AN_MESSAGE_ADDRESSES_MAX);
	struct an_message_list left = peer->multiaddrs;
	struct an_span multiaddr;
	while (an_message_next_multiaddr(&left, &multiaddr))
		keep_endpoint(&peer->contact, multiaddr);
}

void an_message_copy_peer(struct an_message_source *source, struct an_buffer *out)
{
	struct an_message_peer peer;
	read_peer(source, &peer);
	if (out == NULL)
		return;
	an_cbor_write_array(out, 2);
	an_address_write_cbor(out, &peer.address);
	an_message_write_list(out, peer.multiaddrs, copy_multiaddr);
}

bool an_message_next_peer(struct an_message_list *list, struct an_message_peer *ret_peer)
{
	if (list->count == 0)
		return false;
	struct an_message_source source = an_message_begin_item(list);
	read_peer(&source, ret_peer);
	an_message_end_item(list, &source);
	return an_reader_ok(&source.reader);
}

static void write_multiaddr(struct an_buffer *items, const struct an_endpoint *endpoint,
                            const struct an_peer_id *id)
{
	struct an_buffer multiaddr;
	an_buffer_init(&multiaddr, AN_MULTIADDR_CONTACT_MAX);
	const an_status status = an_multiaddr_of(&multiaddr, endpoint, id);
	an_cbor_write_bytes(items, an_buffer_span(&multiaddr));
	if (status != AUTONOMI_OK && items->failed == AUTONOMI_OK)
		items->failed = status;
	an_buffer_done(&multiaddr);
}

void an_message_add_peer(struct an_buffer *items, struct an_message_list *list,
                         const struct an_contact *contact)
{
	const struct an_address address = an_address_of_peer(&contact->id);
	an_cbor_write_array(items, 2);
	an_address_write_cbor(items, &address);
	an_cbor_write_array(items, contact->endpoint_count);
	for (size_t i = 0; i < contact->endpoint_count; i++)
		write_multiaddr(items, &contact->endpoints[i], &contact->id);
	an_message_note_item(items, list);
}
