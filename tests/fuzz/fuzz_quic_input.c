/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two real endpoints, connected, and a peer that may send any frame: packet protection is replaced by
 * none (the linker wraps the three functions below), so that what the fuzzer invents is read instead
 * of failing its authentication. The input is a list of actions, one byte each with their arguments.
 */
#include <stdint.h>
#include <stdlib.h>

#include "quic/internal.h"
#include "unit/quic/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TAG_SIZE = 16, FRAMES_MAX = 1000, NUMBER_FIRST = 0x1000 };

int __wrap_ngtcp2_crypto_encrypt_cb(uint8_t *dest, const ngtcp2_crypto_aead *aead,
                                    const ngtcp2_crypto_aead_ctx *context, const uint8_t *plain,
                                    size_t plain_size, const uint8_t *nonce, size_t nonce_size,
                                    const uint8_t *header, size_t header_size);
int __wrap_ngtcp2_crypto_decrypt_cb(uint8_t *dest, const ngtcp2_crypto_aead *aead,
                                    const ngtcp2_crypto_aead_ctx *context, const uint8_t *sealed,
                                    size_t sealed_size, const uint8_t *nonce, size_t nonce_size,
                                    const uint8_t *header, size_t header_size);
int __wrap_ngtcp2_crypto_hp_mask_cb(uint8_t *dest, const ngtcp2_crypto_cipher *cipher,
                                    const ngtcp2_crypto_cipher_ctx *context, const uint8_t *sample);

int __wrap_ngtcp2_crypto_encrypt_cb(uint8_t *dest, const ngtcp2_crypto_aead *aead,
                                    const ngtcp2_crypto_aead_ctx *context, const uint8_t *plain,
                                    size_t plain_size, const uint8_t *nonce, size_t nonce_size,
                                    const uint8_t *header, size_t header_size)
{
	(void)aead, (void)context, (void)nonce, (void)nonce_size, (void)header, (void)header_size;
	memmove(dest, plain, plain_size);
	memset(dest + plain_size, 0, TAG_SIZE);
	return 0;
}

int __wrap_ngtcp2_crypto_decrypt_cb(uint8_t *dest, const ngtcp2_crypto_aead *aead,
                                    const ngtcp2_crypto_aead_ctx *context, const uint8_t *sealed,
                                    size_t sealed_size, const uint8_t *nonce, size_t nonce_size,
                                    const uint8_t *header, size_t header_size)
{
	(void)aead, (void)context, (void)nonce, (void)nonce_size, (void)header, (void)header_size;
	if (sealed_size < TAG_SIZE)
		return NGTCP2_ERR_DECRYPT;
	memmove(dest, sealed, sealed_size - TAG_SIZE);
	return 0;
}

int __wrap_ngtcp2_crypto_hp_mask_cb(uint8_t *dest, const ngtcp2_crypto_cipher *cipher,
                                    const ngtcp2_crypto_cipher_ctx *context, const uint8_t *sample)
{
	(void)cipher, (void)context, (void)sample;
	memset(dest, 0, NGTCP2_HP_MASKLEN);
	return 0;
}

struct script {
	const uint8_t *data;
	size_t size;
	uint32_t number; /* of the next invented packet */
	struct wire wire;
	struct wire_peer *a, *b;
};

static uint8_t next(struct script *script)
{
	if (script->size == 0)
		return 0;
	script->size--;
	return *script->data++;
}

static struct an_span next_bytes(struct script *script)
{
	size_t size = (size_t)next(script) << 2;
	if (size > script->size)
		size = script->size;
	if (size > FRAMES_MAX)
		size = FRAMES_MAX;
	const struct an_span bytes = an_span(script->data, size);
	script->data += size;
	script->size -= size;
	return bytes;
}

static size_t put_number(uint8_t *place, uint32_t number)
{
	for (unsigned i = 0; i < 4; i++)
		place[i] = (uint8_t)(number >> (24 - 8 * i));
	return 4;
}

/* A 1-RTT packet (RFC 9000, 17.3.1) with the next bytes as its frames. */
static void frames(struct script *script, struct wire_peer *from, struct wire_peer *to)
{
	uint8_t packet[1500] = {0x43};
	const struct an_span payload = next_bytes(script);
	size_t size = 1;
	if (from->connection == NULL)
		return;
	const ngtcp2_cid *id = ngtcp2_conn_get_dcid(from->connection->conn);
	memcpy(packet + size, id->data, id->datalen);
	size += id->datalen;
	size += put_number(packet + size, script->number++);
	if (payload.size > 0)
		memcpy(packet + size, payload.data, payload.size);
	wire_inject(to, &from->address, packet, size + payload.size + 4 + TAG_SIZE);
}

/* An Initial packet (RFC 9000, 17.2.2) of a peer that nobody knows. */
static void first_flight(struct script *script)
{
	uint8_t packet[1200] = {0xc3, 0, 0, 0, 1, 8};
	const struct an_span payload = next_bytes(script);
	const struct an_endpoint from = an_endpoint_ip4(10, 9, 9, next(script), 9);
	size_t size = 6;
	put_number(packet + size, script->number);
	size += 8;
	packet[size++] = 4;
	size += 4;
	packet[size++] = 0; /* no token */
	const size_t left = sizeof(packet) - size - 2;
	packet[size++] = (uint8_t)(0x40 | left >> 8);
	packet[size++] = (uint8_t)left;
	size += put_number(packet + size, 0);
	if (payload.size > 0)
		memcpy(packet + size, payload.data, payload.size);
	script->number++;
	wire_inject(script->b, &from, packet, sizeof(packet));
}

static void say(struct wire_peer *peer, size_t size)
{
	struct an_quic_stream *stream;
	if (peer->connection == NULL || !an_quic_connection_can_open(peer->connection))
		return;
	struct wire_message *message = wire_try_open(peer->connection, &stream);
	struct an_blob *blob = wire_bytes(1, size);
	if (message != NULL && blob != NULL)
		an_quic_stream_send(message->stream, &blob, 1);
	an_blob_unref(blob);
}

static void act(struct script *script)
{
	struct wire_peer *a = script->a, *b = script->b;
	const struct an_endpoint stranger = an_endpoint_ip4(10, 8, 8, 8, 8);
	struct an_span bytes;
	switch (next(script) % 12) {
	case 0:
		bytes = next_bytes(script);
		wire_inject(b, &a->address, bytes.data, bytes.size);
		break;
	case 1:
		bytes = next_bytes(script);
		wire_inject(a, &stranger, bytes.data, bytes.size);
		break;
	case 2:
	case 3:
	case 4:
		frames(script, a, b);
		break;
	case 5:
	case 6:
		frames(script, b, a);
		break;
	case 7:
		first_flight(script);
		break;
	case 8:
		wire_run_for(&script->wire, AN_MS(next(script)) * 8);
		break;
	case 9:
		say(next(script) % 2 == 0 ? a : b, (size_t)next(script) * 64);
		break;
	case 10:
		b->resets_on_data = next(script) % 2 != 0;
		b->hoards = next(script) % 2 != 0;
		break;
	default:
		if (b->connection != NULL && next(script) == 0)
			an_quic_connection_close(b->connection, 1);
		break;
	}
	wire_settle(&script->wire);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct an_quic_limits limits = wire_limits();
	static struct script script;
	limits.stream_window = 65536;
	limits.connection_window = 262144;
	script = (struct script){.data = data, .size = size, .number = NUMBER_FIRST};
	wire_init(&script.wire, 1);
	script.a = wire_add(&script.wire, &limits);
	script.b = wire_add(&script.wire, &limits);
	wire_connect(script.a, script.b);
	an_quic_connection_set_user(script.a->connection, script.a);
	while (script.size > 0)
		act(&script);
	wire_run_for(&script.wire, AN_SECONDS(15));
	wire_done(&script.wire);
	return 0;
}
