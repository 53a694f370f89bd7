/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypt/certificate.h"

#include "harness.h"

static const uint8_t secret[AN_ED25519_SECRET_SIZE] = {1, 2, 3, 4};
static const char agent[] = "ant/node/1.0/0.1.0/1";
static struct an_buffer der;

static an_status write_named(const char *name)
{
	an_buffer_clear(&der);
	return an_certificate_write(secret, an_span_text(name), &der);
}

static void setup(void)
{
	an_buffer_init(&der, 2000);
	ck_assert_int_eq(write_named(agent), AUTONOMI_OK);
}

static void teardown(void)
{
	an_buffer_done(&der);
}

static an_status read_span(struct an_span bytes)
{
	struct an_certificate certificate;
	return an_certificate_read(&certificate, bytes);
}

START_TEST(what_is_written_reads_back)
{
	uint8_t public_key[AN_ED25519_PUBLIC_SIZE];
	struct an_certificate certificate;
	an_ed25519_public_key(secret, public_key);
	ck_assert_int_eq(an_certificate_read(&certificate, an_buffer_span(&der)), AUTONOMI_OK);
	ck_assert_mem_eq(certificate.public_key, public_key, sizeof(public_key));
	ck_assert(an_span_equal(certificate.name, an_span_text(agent)));
}
END_TEST

START_TEST(the_bytes_follow_from_key_and_name)
{
	struct an_buffer again;
	an_buffer_init(&again, 2000);
	ck_assert_int_eq(an_certificate_write(secret, an_span_text(agent), &again), AUTONOMI_OK);
	ck_assert(an_span_equal(an_buffer_span(&again), an_buffer_span(&der)));
	ck_assert_uint_le(der.size, 256);
	an_buffer_done(&again);
}
END_TEST

START_TEST(names_of_every_length_read_back)
{
	char name[AN_CERTIFICATE_NAME_MAX + 2] = "";
	for (size_t size = 1; size <= AN_CERTIFICATE_NAME_MAX; size++) {
		name[size - 1] = 'n';
		ck_assert_int_eq(write_named(name), AUTONOMI_OK);
		struct an_certificate certificate;
		ck_assert_int_eq(an_certificate_read(&certificate, an_buffer_span(&der)),
		                 AUTONOMI_OK);
		ck_assert(an_span_equal(certificate.name, an_span_text(name)));
	}
	name[AN_CERTIFICATE_NAME_MAX] = 'n';
	ck_assert_int_eq(write_named(name), AUTONOMI_E_INVALID);
}
END_TEST

START_TEST(a_name_must_be_printable)
{
	ck_assert_int_eq(write_named(""), AUTONOMI_E_INVALID);
	ck_assert_int_eq(write_named("line\n"), AUTONOMI_E_INVALID);
	ck_assert_int_eq(write_named("caf\xc3\xa9"), AUTONOMI_E_INVALID);
}
END_TEST

START_TEST(no_bit_can_be_changed)
{
	for (size_t i = 0; i < der.size; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			der.data[i] ^= (uint8_t)(1U << bit);
			ck_assert_int_eq(read_span(an_buffer_span(&der)), AUTONOMI_E_IDENTITY);
			der.data[i] ^= (uint8_t)(1U << bit);
		}
	ck_assert_int_eq(read_span(an_buffer_span(&der)), AUTONOMI_OK);
}
END_TEST

START_TEST(no_byte_can_be_missing_or_too_many)
{
	for (size_t size = 0; size < der.size; size++)
		ck_assert_int_eq(read_span(an_span(der.data, size)), AUTONOMI_E_IDENTITY);
	an_buffer_append_byte(&der, 0);
	ck_assert_int_eq(read_span(an_buffer_span(&der)), AUTONOMI_E_IDENTITY);
}
END_TEST

/* The certificate with its outermost length written as `head`. */
static an_status read_with_head(const uint8_t *head, size_t head_size)
{
	uint8_t bytes[600];
	const size_t old_head = 3; /* 30 81 xx */
	memcpy(bytes, head, head_size);
	memcpy(bytes + head_size, der.data + old_head, der.size - old_head);
	return read_span(an_span(bytes, der.size - old_head + head_size));
}

START_TEST(a_length_must_be_in_its_shortest_form)
{
	const uint8_t size = der.data[2];
	const uint8_t shortest[] = {0x30, 0x81, size};
	const uint8_t longer[] = {0x30, 0x82, 0x00, size};
	const uint8_t longest[] = {0x30, 0x83, 0x00, 0x00, size};
	const uint8_t endless[] = {0x30, 0x80};
	const uint8_t huge[] = {0x30, 0x84, 0xff, 0xff, 0xff, 0xff};
	ck_assert_uint_eq(der.data[1], 0x81);
	ck_assert_int_eq(read_with_head(shortest, 3), AUTONOMI_OK);
	ck_assert_int_eq(read_with_head(longer, 4), AUTONOMI_E_IDENTITY);
	ck_assert_int_eq(read_with_head(longest, 5), AUTONOMI_E_IDENTITY);
	ck_assert_int_eq(read_with_head(endless, 2), AUTONOMI_E_IDENTITY);
	ck_assert_int_eq(read_with_head(huge, 6), AUTONOMI_E_IDENTITY);
}
END_TEST

/* Signs `der` anew after its first part was changed: only the form can be wrong then. */
static an_status read_signed_anew(void)
{
	const size_t start = 3, size = 3 + der.data[5];
	uint8_t public_key[AN_ED25519_PUBLIC_SIZE];
	an_ed25519_public_key(secret, public_key);
	an_ed25519_sign(secret, public_key, an_span(der.data + start, size),
	                der.data + der.size - AN_ED25519_SIGNATURE_SIZE);
	return read_span(an_buffer_span(&der));
}

static uint8_t *find(const void *bytes, size_t size)
{
	for (size_t i = 0; i + size <= der.size; i++)
		if (memcmp(der.data + i, bytes, size) == 0)
			return der.data + i;
	ck_abort_msg("not found");
}

START_TEST(serial_and_dates_do_not_matter)
{
	find("\x02\x01\x01\x30", 4)[2] = 0x55;
	find("700101", 6)[0] = '3';
	ck_assert_int_eq(read_signed_anew(), AUTONOMI_OK);
}
END_TEST

START_TEST(the_issuer_must_be_the_subject)
{
	find(agent, 4)[0] = 'A';
	ck_assert_int_eq(read_signed_anew(), AUTONOMI_E_IDENTITY);
}
END_TEST

START_TEST(a_name_with_control_characters_is_refused)
{
	for (int i = 0; i < 2; i++)
		find(agent, 4)[0] = 0x07;
	ck_assert_int_eq(read_signed_anew(), AUTONOMI_E_IDENTITY);
}
END_TEST

START_TEST(another_algorithm_is_refused)
{
	find("\x2b\x65\x70", 3)[2] = 0x71; /* Ed448 */
	ck_assert_int_eq(read_signed_anew(), AUTONOMI_E_IDENTITY);
}
END_TEST

START_TEST(what_is_too_long_is_not_read)
{
	uint8_t bytes[AN_CERTIFICATE_MAX + 1] = {0x30, 0x82, 0x01, 0xfd};
	ck_assert_int_eq(read_span(an_span(bytes, sizeof(bytes))), AUTONOMI_E_IDENTITY);
}
END_TEST

START_TEST(a_buffer_that_is_too_small_says_so)
{
	struct an_buffer small;
	an_buffer_init(&small, 100);
	ck_assert_int_eq(an_certificate_write(secret, an_span_text(agent), &small),
	                 AUTONOMI_E_TOO_LARGE);
	an_buffer_done(&small);
}
END_TEST

/* RFC 8410, 10.3. */
START_TEST(the_private_key_is_that_of_the_rfc)
{
	static const uint8_t head[] = {0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
	                               0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20};
	an_buffer_clear(&der);
	ck_assert_int_eq(an_private_key_write(secret, &der), AUTONOMI_OK);
	ck_assert_uint_eq(der.size, AN_PRIVATE_KEY_DER_SIZE);
	ck_assert_mem_eq(der.data, head, sizeof(head));
	ck_assert_mem_eq(der.data + sizeof(head), secret, sizeof(secret));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("crypt/certificate");
	TCase *all = tcase_create("a certificate");
	tcase_add_checked_fixture(all, setup, teardown);
	tcase_add_test(all, what_is_written_reads_back);
	tcase_add_test(all, the_bytes_follow_from_key_and_name);
	tcase_add_test(all, names_of_every_length_read_back);
	tcase_add_test(all, a_name_must_be_printable);
	tcase_add_test(all, no_bit_can_be_changed);
	tcase_add_test(all, no_byte_can_be_missing_or_too_many);
	tcase_add_test(all, a_length_must_be_in_its_shortest_form);
	tcase_add_test(all, serial_and_dates_do_not_matter);
	tcase_add_test(all, the_issuer_must_be_the_subject);
	tcase_add_test(all, a_name_with_control_characters_is_refused);
	tcase_add_test(all, another_algorithm_is_refused);
	tcase_add_test(all, what_is_too_long_is_not_read);
	tcase_add_test(all, a_buffer_that_is_too_small_says_so);
	tcase_add_test(all, the_private_key_is_that_of_the_rfc);
	suite_add_tcase(s, all);
	return s;
}
