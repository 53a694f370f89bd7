/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as BLS12-381 has them: the first byte chooses a public key, a signature, a secret key or a
 * ciphertext. A point has one encoding; what belongs to a secret key belongs to its public key; only
 * what was made for a key is read with it.
 */
#include "crypt/bls_internal.h"
#include "data/derived_keys.h"
#include "round_trip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t own_secret[AN_BLS_SECRET_SIZE] = {1, 2, 3};

static void check_public(struct an_span input)
{
	blst_p1_affine point;
	uint8_t written[AN_BLS_PUBLIC_SIZE], child[AN_BLS_PUBLIC_SIZE];
	if (input.size < AN_BLS_PUBLIC_SIZE)
		return;
	const bool valid = an_bls_read_g1(&point, input.data);
	must(valid == an_bls_public_valid(input.data));
	must(valid == (an_head_public_key(input.data, child) == AUTONOMI_OK));
	if (!valid)
		return;
	blst_p1_affine_compress(written, &point);
	must(memcmp(written, input.data, sizeof(written)) == 0 && an_bls_public_valid(child));
}

static void check_signature(struct an_span input)
{
	blst_p2_affine point;
	uint8_t written[AN_BLS_SIGNATURE_SIZE], own_public[AN_BLS_PUBLIC_SIZE];
	if (input.size < AN_BLS_SIGNATURE_SIZE)
		return;
	const bool valid = an_bls_read_g2(&point, input.data);
	must(valid == an_bls_signature_valid(input.data));
	must(an_bls_public_key(own_secret, own_public) == AUTONOMI_OK);
	must(!an_bls_verify(own_public, an_span(NULL, 0), input.data));
	if (!valid)
		return;
	blst_p2_affine_compress(written, &point);
	must(memcmp(written, input.data, sizeof(written)) == 0);
}

/* The keys that follow from one: the two halves go together. */
static void check_secret(struct an_span input)
{
	uint8_t public_key[AN_BLS_PUBLIC_SIZE], child[AN_BLS_SECRET_SIZE];
	uint8_t child_public[AN_BLS_PUBLIC_SIZE], expected[AN_BLS_PUBLIC_SIZE];
	uint8_t signature[AN_BLS_SIGNATURE_SIZE];
	if (input.size < AN_BLS_SECRET_SIZE)
		return;
	const struct an_span index = an_span(input.data + AN_BLS_SECRET_SIZE,
	                                     input.size - AN_BLS_SECRET_SIZE);
	const bool valid = an_bls_secret_valid(input.data);
	must(valid == (an_bls_public_key(input.data, public_key) == AUTONOMI_OK));
	must(valid == (an_bls_child_secret(input.data, index, child) == AUTONOMI_OK));
	must(valid == (an_bls_sign(input.data, index, signature) == AUTONOMI_OK));
	if (!valid)
		return;
	must(an_bls_child_public(public_key, index, child_public) == AUTONOMI_OK);
	must(an_bls_public_key(child, expected) == AUTONOMI_OK);
	must(memcmp(child_public, expected, sizeof(expected)) == 0);
	blst_p1_affine point;
	must(an_bls_read_g1(&point, public_key));
	must(an_bls_verify(public_key, index, signature) != blst_p1_affine_is_inf(&point));
}

static void check_ciphertext(struct an_span input)
{
	struct an_buffer plain;
	an_buffer_init(&plain, ROUND_TRIP_MAX);
	const bool valid = an_bls_ciphertext_valid(input);
	const bool made = an_bls_ciphertext_verify(input) == AUTONOMI_OK;
	const bool read = an_bls_decrypt(own_secret, input, &plain) == AUTONOMI_OK;
	must(made == read && (valid || !made));
	must(!read || plain.size + AN_BLS_CIPHERTEXT_OVERHEAD == input.size);
	an_buffer_done(&plain);
}

/* There and back, and not when a bit is flipped. */
static void check_plain(struct an_span input)
{
	static const uint8_t r[AN_BLS_SECRET_SIZE] = {0, 5};
	uint8_t own_public[AN_BLS_PUBLIC_SIZE];
	struct an_buffer cipher, plain;
	if (input.size < 3)
		return;
	const size_t place = (size_t)input.data[0] << 8 | input.data[1];
	an_buffer_init(&cipher, ROUND_TRIP_MAX);
	an_buffer_init(&plain, ROUND_TRIP_MAX);
	must(an_bls_public_key(own_secret, own_public) == AUTONOMI_OK);
	must(an_bls_encrypt(own_public, r, input, &cipher) == AUTONOMI_OK);
	must(an_bls_decrypt(own_secret, an_buffer_span(&cipher), &plain) == AUTONOMI_OK);
	must(an_span_equal(an_buffer_span(&plain), input));
	cipher.data[place % cipher.size] ^= (uint8_t)(1 << input.data[2] % 8);
	must(an_bls_ciphertext_verify(an_buffer_span(&cipher)) == AUTONOMI_E_CORRUPT);
	an_buffer_done(&plain);
	an_buffer_done(&cipher);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	static void (*const checks[])(struct an_span) = {check_public, check_signature,
	                                                 check_secret, check_ciphertext,
	                                                 check_plain};
	checks[data[0] % (sizeof(checks) / sizeof(checks[0]))](an_span(data + 1, size - 1));
	return 0;
}
