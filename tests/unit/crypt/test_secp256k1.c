/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness.h"

#include <string.h>

#include "base/memory.h"
#include "crypt/hash.h"
#include "crypt/secp256k1.h"

static uint8_t signature[AN_SECP256K1_SIGNATURE_SIZE];

static an_status sign_text(const uint8_t secret[AN_SECP256K1_SECRET_SIZE], const char *text)
{
	uint8_t digest[AN_SECP256K1_DIGEST_SIZE];
	an_sha256(an_span_text(text), digest);
	return an_secp256k1_sign(secret, digest, signature);
}

/* The signature that is known for the key 1 and this text with RFC 6979 and SHA-256. */
START_TEST(a_signature_is_deterministic)
{
	static const uint8_t known[AN_SECP256K1_SIGNATURE_SIZE] = {
		0x93, 0x4b, 0x1e, 0xa1, 0x0a, 0x4b, 0x3c, 0x17, 0x57, 0xe2, 0xb0, 0xc0, 0x17,
		0xd0, 0xb6, 0x14, 0x3c, 0xe3, 0xc9, 0xa7, 0xe6, 0xa4, 0xa4, 0x98, 0x60, 0xd7,
		0xa6, 0xab, 0x21, 0x0e, 0xe3, 0xd8, 0x24, 0x42, 0xce, 0x9d, 0x2b, 0x91, 0x60,
		0x64, 0x10, 0x80, 0x14, 0x78, 0x3e, 0x92, 0x3e, 0xc3, 0x6b, 0x49, 0x74, 0x3e,
		0x2f, 0xfa, 0x1c, 0x44, 0x96, 0xf0, 0x1a, 0x51, 0x2a, 0xaf, 0xd9, 0xe5};
	const uint8_t secret[AN_SECP256K1_SECRET_SIZE] = {[31] = 1};
	ck_assert_int_eq(sign_text(secret, "Satoshi Nakamoto"), AUTONOMI_OK);
	ck_assert_mem_eq(signature, known, sizeof(known));
}
END_TEST

START_TEST(what_is_no_key_signs_nothing)
{
	uint8_t secret[AN_SECP256K1_SECRET_SIZE] = {0};
	ck_assert_int_eq(sign_text(secret, ""), AUTONOMI_E_INVALID);
	memset(secret, 0xff, sizeof(secret));
	ck_assert_int_eq(sign_text(secret, ""), AUTONOMI_E_INVALID);
}
END_TEST

#ifdef AN_FAULT_INJECTION
START_TEST(without_memory_it_says_so)
{
	const uint8_t secret[AN_SECP256K1_SECRET_SIZE] = {[31] = 1};
	an_memory_fail_after(0);
	const an_status status = sign_text(secret, "");
	an_memory_fail_after(UINT64_MAX);
	ck_assert_int_eq(status, AUTONOMI_E_NO_MEMORY);
}
END_TEST
#endif

Suite *suite(void)
{
	Suite *s = suite_create("crypt/secp256k1");
	TCase *all = tcase_create("all");
	tcase_add_test(all, a_signature_is_deterministic);
	tcase_add_test(all, what_is_no_key_signs_nothing);
#ifdef AN_FAULT_INJECTION
	tcase_add_test(all, without_memory_it_says_so);
#endif
	suite_add_tcase(s, all);
	return s;
}
