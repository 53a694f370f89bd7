/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/chacha.h>

#include "base/memory.h"
#include "crypt/bls_internal.h"
#include "crypt/hash.h"

/* A ciphertext is u in G1, w in G2, and v, the masked message (semantics 2.2). */
enum { U = 0, W = AN_BLS_PUBLIC_SIZE, V = AN_BLS_CIPHERTEXT_OVERHEAD };

/* The message that ties u and v together: v where it is short or else its hash, then u. */
enum { SHORT_MAX = 64, TIED_MAX = SHORT_MAX + AN_BLS_PUBLIC_SIZE };

/* blsttc draws bytes from a generator of 32-bit words: each costs a word, of which the low byte is
 * taken. */
enum { WORD = 4, STREAM_SIZE = 1024 };

static an_status status_of(int result)
{
	return result == 0 ? AUTONOMI_OK : AUTONOMI_E_INTERNAL;
}

static int mask_pieces(ChaCha *cipher, struct an_span in, uint8_t *out)
{
	uint8_t stream[STREAM_SIZE];
	int result = 0;
	for (size_t done = 0; done < in.size && result == 0; done += STREAM_SIZE / WORD) {
		memset(stream, 0, sizeof(stream));
		result = wc_Chacha_Process(cipher, stream, stream, sizeof(stream));
		for (size_t i = 0; i < STREAM_SIZE / WORD && done + i < in.size; i++)
			out[done + i] = in.data[done + i] ^ stream[WORD * i];
	}
	an_wipe(stream, sizeof(stream));
	return result;
}

/* Masks or unmasks with the keystream that the shared point g gives. */
static an_status mask(const uint8_t g[AN_BLS_PUBLIC_SIZE], struct an_span in, uint8_t *out)
{
	static const uint8_t nonce[CHACHA_IV_BYTES];
	uint8_t seed[AN_HASH_SIZE];
	an_sha3_256(an_span(g, AN_BLS_PUBLIC_SIZE), seed);
	ChaCha cipher;
	int result = wc_Chacha_SetKey(&cipher, seed, sizeof(seed));
	if (result == 0)
		result = wc_Chacha_SetIV(&cipher, nonce, 0);
	if (result == 0)
		result = mask_pieces(&cipher, in, out);
	an_wipe(&cipher, sizeof(cipher));
	an_wipe(seed, sizeof(seed));
	return status_of(result);
}

static struct an_span tied_message(struct an_span v, const uint8_t u[AN_BLS_PUBLIC_SIZE],
                                   uint8_t space[TIED_MAX])
{
	size_t size = v.size;
	if (size > SHORT_MAX) {
		an_sha3_256(v, space);
		size = AN_HASH_SIZE;
	} else if (size > 0) {
		memcpy(space, v.data, size);
	}
	memcpy(space + size, u, AN_BLS_PUBLIC_SIZE);
	return an_span(space, size + AN_BLS_PUBLIC_SIZE);
}

static an_status encrypt(const blst_p1_affine *key, const blst_scalar *r, struct an_span plain,
                         struct an_buffer *out)
{
	uint8_t *made = an_buffer_extend(out, AN_BLS_CIPHERTEXT_OVERHEAD + plain.size);
	if (made == NULL)
		return out->failed;
	blst_p1 point;
	blst_p1_from_affine(&point, key);
	uint8_t g[AN_BLS_PUBLIC_SIZE];
	an_bls_multiply_g1(&point, r, g);
	const an_status status = mask(g, plain, made + V);
	an_wipe(g, sizeof(g));

	uint8_t space[TIED_MAX];
	an_bls_multiply_g1(blst_p1_generator(), r, made + U);
	an_bls_multiply_hash(tied_message(an_span(made + V, plain.size), made + U, space), r,
	                     made + W);
	return status;
}

an_status an_bls_encrypt(const uint8_t public_key[AN_BLS_PUBLIC_SIZE],
                         const uint8_t r[AN_BLS_SECRET_SIZE], struct an_span plain,
                         struct an_buffer *out)
{
	if (plain.size > AN_BLS_PLAINTEXT_MAX)
		return AUTONOMI_E_TOO_LARGE;
	blst_p1_affine key;
	if (!an_bls_read_g1(&key, public_key))
		return AUTONOMI_E_INVALID;
	blst_scalar scalar;
	an_status status = AUTONOMI_E_INVALID;
	if (an_bls_read_scalar(&scalar, r))
		status = encrypt(&key, &scalar, plain, out);
	an_wipe(&scalar, sizeof(scalar));
	return status;
}

struct ciphertext {
	blst_p1_affine u;
	blst_p2_affine w;
	struct an_span v;
};

static bool parse(struct an_span bytes, struct ciphertext *ret_ciphertext)
{
	if (bytes.size <= AN_BLS_CIPHERTEXT_OVERHEAD)
		return false;
	ret_ciphertext->v = an_span(bytes.data + V, bytes.size - V);
	return an_bls_read_g1(&ret_ciphertext->u, bytes.data + U) &&
	       an_bls_read_g2(&ret_ciphertext->w, bytes.data + W);
}

bool an_bls_ciphertext_valid(struct an_span ciphertext)
{
	struct ciphertext parsed;
	return parse(ciphertext, &parsed);
}

/* e(generator, w) = e(u, hash): at infinity on both sides too. */
static bool verify(struct an_span bytes, const struct ciphertext *parsed)
{
	if (blst_p1_affine_is_inf(&parsed->u))
		return blst_p2_affine_is_inf(&parsed->w);
	uint8_t space[TIED_MAX];
	return an_bls_pairing_holds(&parsed->u, tied_message(parsed->v, bytes.data + U, space),
	                            &parsed->w);
}

an_status an_bls_ciphertext_verify(struct an_span ciphertext)
{
	struct ciphertext parsed;
	return parse(ciphertext, &parsed) && verify(ciphertext, &parsed) ? AUTONOMI_OK
	                                                                 : AUTONOMI_E_CORRUPT;
}

an_status an_bls_decrypt(const uint8_t secret[AN_BLS_SECRET_SIZE], struct an_span ciphertext,
                         struct an_buffer *out)
{
	if (!an_bls_secret_valid(secret))
		return AUTONOMI_E_INVALID;
	struct ciphertext parsed;
	if (!parse(ciphertext, &parsed) || !verify(ciphertext, &parsed))
		return AUTONOMI_E_CORRUPT;
	uint8_t *plain = an_buffer_extend(out, parsed.v.size);
	if (plain == NULL)
		return out->failed;

	blst_p1 point;
	blst_p1_from_affine(&point, &parsed.u);
	blst_scalar scalar;
	(void)an_bls_read_scalar(&scalar, secret);
	uint8_t g[AN_BLS_PUBLIC_SIZE];
	an_bls_multiply_g1(&point, &scalar, g);
	an_wipe(&scalar, sizeof(scalar));
	const an_status status = mask(g, parsed.v, plain);
	an_wipe(g, sizeof(g));
	return status;
}
