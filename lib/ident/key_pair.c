/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ident/key_pair.h"

#include "base/memory.h"
#include "crypt/certificate.h"
#include "crypt/ed25519.h"

_Static_assert((int)AN_KEY_SECRET_SIZE == (int)AN_ED25519_SECRET_SIZE, "an Ed25519 seed");
_Static_assert((int)AN_PUBLIC_KEY_MAX == (int)AN_ED25519_PUBLIC_SIZE, "an Ed25519 key");
_Static_assert((int)AN_SIGNATURE_MAX == (int)AN_ED25519_SIGNATURE_SIZE, "an Ed25519 signature");
_Static_assert((int)AN_AGENT_MAX == AN_CERTIFICATE_NAME_MAX + 1, "it is a certificate's name");

/* The public key in libp2p's protobuf form: key type Ed25519, then the key (semantics 4.2). */
static const uint8_t protobuf_head[] = {0x08, 0x01, 0x12, AN_ED25519_PUBLIC_SIZE};

enum { PROTOBUF_SIZE = sizeof(protobuf_head) + AN_ED25519_PUBLIC_SIZE };

static void fill_identity(struct an_identity *identity,
                          const uint8_t public_key[AN_ED25519_PUBLIC_SIZE])
{
	*identity = (struct an_identity){.public_key_size = AN_ED25519_PUBLIC_SIZE};
	memcpy(identity->public_key, public_key, AN_ED25519_PUBLIC_SIZE);

	/* An identity multihash: code 0, the size, the bytes themselves. */
	struct an_peer_id *id = &identity->id;
	id->size = 2 + PROTOBUF_SIZE;
	id->bytes[1] = PROTOBUF_SIZE;
	memcpy(id->bytes + 2, protobuf_head, sizeof(protobuf_head));
	memcpy(id->bytes + 2 + sizeof(protobuf_head), public_key, AN_ED25519_PUBLIC_SIZE);
	identity->dht_key = an_peer_id_dht_key(id);
}

an_status an_identity_from_public_key(struct an_identity *ret_identity, struct an_span public_key)
{
	if (public_key.size != AN_ED25519_PUBLIC_SIZE ||
	    !an_ed25519_public_key_valid(public_key.data))
		return AUTONOMI_E_INVALID;
	fill_identity(ret_identity, public_key.data);
	return AUTONOMI_OK;
}

/* The two fields may stand in either order (semantics 6.4); where the key begins, or 0. */
static size_t key_in_protobuf(struct an_span bytes)
{
	enum { TYPE_SIZE = 2, KEY_HEAD_SIZE = sizeof(protobuf_head) - TYPE_SIZE };
	const uint8_t *const key_head = protobuf_head + TYPE_SIZE;
	if (bytes.size != PROTOBUF_SIZE)
		return 0;
	if (memcmp(bytes.data, protobuf_head, sizeof(protobuf_head)) == 0)
		return sizeof(protobuf_head);
	const bool key_first = memcmp(bytes.data, key_head, KEY_HEAD_SIZE) == 0 &&
	                       memcmp(bytes.data + PROTOBUF_SIZE - TYPE_SIZE, protobuf_head,
	                              TYPE_SIZE) == 0;
	return key_first ? KEY_HEAD_SIZE : 0;
}

an_status an_identity_from_protobuf(struct an_identity *ret_identity, struct an_span bytes)
{
	const size_t start = key_in_protobuf(bytes);
	if (start == 0)
		return AUTONOMI_E_INVALID;
	return an_identity_from_public_key(ret_identity,
	                                   an_span(bytes.data + start, AN_ED25519_PUBLIC_SIZE));
}

struct an_span an_identity_protobuf(const struct an_identity *identity)
{
	return an_span(identity->id.bytes + 2, PROTOBUF_SIZE);
}

an_status an_key_pair_from_secret(struct an_key_pair *ret_pair,
                                  const uint8_t secret[AN_KEY_SECRET_SIZE])
{
	uint8_t public_key[AN_ED25519_PUBLIC_SIZE];
	const an_status status = an_ed25519_public_key(secret, public_key);
	if (status != AUTONOMI_OK)
		return status;
	memcpy(ret_pair->secret, secret, AN_KEY_SECRET_SIZE);
	fill_identity(&ret_pair->identity, public_key);
	return AUTONOMI_OK;
}

void an_key_pair_done(struct an_key_pair *pair)
{
	an_wipe(pair->secret, sizeof(pair->secret));
}

an_status an_key_pair_sign(const struct an_key_pair *pair, struct an_span message,
                           uint8_t signature[AN_SIGNATURE_MAX], size_t *ret_size)
{
	const an_status status = an_ed25519_sign(pair->secret, pair->identity.public_key, message,
	                                         signature);
	if (status == AUTONOMI_OK)
		*ret_size = AN_ED25519_SIGNATURE_SIZE;
	return status;
}

bool an_identity_verify(const struct an_identity *identity, struct an_span message,
                        struct an_span signature)
{
	return an_ed25519_verify(identity->public_key, message, signature);
}

an_status an_key_pair_certificate(const struct an_key_pair *pair, const char *agent,
                                  struct an_buffer *certificate)
{
	return an_certificate_write(pair->secret, an_span_text(agent), certificate);
}

an_status an_key_pair_private_key(const struct an_key_pair *pair, struct an_buffer *private_key)
{
	return an_private_key_write(pair->secret, private_key);
}

an_status an_identity_from_certificate(struct an_identity *ret_identity, char agent[AN_AGENT_MAX],
                                       struct an_span certificate)
{
	struct an_certificate read;
	const an_status status = an_certificate_read(&read, certificate);
	if (status != AUTONOMI_OK)
		return status;
	fill_identity(ret_identity, read.public_key);
	memcpy(agent, read.name.data, read.name.size);
	agent[read.name.size] = '\0';
	return AUTONOMI_OK;
}

void an_key_pair_write_protobuf(const struct an_key_pair *pair, struct an_buffer *out)
{
	static const uint8_t head[] = {0x08, 0x01, 0x12,
	                               AN_ED25519_SECRET_SIZE + AN_ED25519_PUBLIC_SIZE};
	(void)an_buffer_append(out, an_span(head, sizeof(head)));
	(void)an_buffer_append(out, an_span(pair->secret, sizeof(pair->secret)));
	(void)an_buffer_append(out,
	                       an_span(pair->identity.public_key, pair->identity.public_key_size));
}
