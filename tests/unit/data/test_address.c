/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "data/address.h"

#include <check.h>

#include "crypt/bls.h"
#include "data/address_text.h"
#include "harness.h"
#include "vectors/vector.h"

static const char *const variants[] = {
	"PeerId",         "ChunkAddress", "GraphEntryAddress", "ScratchpadAddress",
	"PointerAddress", "RecordKey"};

static struct an_buffer out;

static void setup(void)
{
	an_buffer_init(&out, 4096);
}

static void teardown(void)
{
	an_buffer_done(&out);
}

static void assert_is(const struct an_address *address, const json_t *vector)
{
	ck_assert_str_eq(variants[address->type], vector_text(vector, "variant"));
	vector_equal(an_span(address->bytes, address->size), vector_bytes(vector, "inner"));
	uint8_t space[AN_RECORD_NAME_SIZE];
	vector_equal(an_address_record_key(address, space), vector_bytes(vector, "record_key"));
}

static void check_codecs(const json_t *vector)
{
	struct an_address address;
	struct an_reader reader = an_reader(vector_bytes(vector, "cbor"));
	an_address_read_cbor(&reader, &address);
	ck_assert(an_reader_ok(&reader));
	assert_is(&address, vector);
	an_buffer_clear(&out);
	an_address_write_cbor(&out, &address);
	vector_equal(an_buffer_span(&out), vector_bytes(vector, "cbor"));

	struct an_address same;
	reader = an_reader(vector_bytes(vector, "msgpack"));
	an_address_read_msgpack(&reader, &same);
	ck_assert(an_reader_ok(&reader));
	ck_assert(an_address_equal(&address, &same));
	an_buffer_clear(&out);
	an_address_write_msgpack(&out, &same);
	vector_equal(an_buffer_span(&out), vector_bytes(vector, "msgpack"));
}

START_TEST(every_variant_reads_and_writes_as_the_real_crates_do)
{
	ck_assert_uint_ge(vector_each("addresses", "network_address", check_codecs), 26);
}
END_TEST

static void check_cuts(const json_t *vector)
{
	const struct an_span cbor = vector_bytes(vector, "cbor");
	const struct an_span msgpack = vector_bytes(vector, "msgpack");
	struct an_address address;
	for (size_t size = 0; size < cbor.size; size++) {
		struct an_reader reader = an_reader(an_span(cbor.data, size));
		an_address_read_cbor(&reader, &address);
		ck_assert(!an_reader_ok(&reader));
		ck_assert_uint_eq(address.size, 0);
	}
	for (size_t size = 0; size < msgpack.size; size++) {
		struct an_reader reader = an_reader(an_span(msgpack.data, size));
		an_address_read_msgpack(&reader, &address);
		ck_assert(!an_reader_ok(&reader));
		ck_assert_uint_eq(address.size, 0);
	}
}

START_TEST(an_address_that_is_cut_is_refused)
{
	ck_assert_uint_gt(vector_each("addresses", "network_address", check_cuts), 0);
}
END_TEST

START_TEST(a_record_key_beyond_the_limit_is_refused)
{
	struct an_address address;
	uint8_t bytes[13 + AN_ADDRESS_BYTES_MAX + 1] = "\xa1\x69RecordKey\x58";
	for (size_t size = AN_ADDRESS_BYTES_MAX; size <= AN_ADDRESS_BYTES_MAX + 1; size++) {
		bytes[12] = (uint8_t)size;
		struct an_reader reader = an_reader(an_span(bytes, 13 + size));
		an_address_read_cbor(&reader, &address);
		ck_assert_int_eq(an_reader_ok(&reader), size == AN_ADDRESS_BYTES_MAX);
	}
}
END_TEST

/* Found by tests/fuzz/fuzz_address.c: there was no memory to put the array together in. */
START_TEST(the_bytes_of_an_address_may_be_an_array_of_integers_in_messagepack)
{
	static const uint8_t bytes[] = "\x81\xa6PeerId\x93\x01\x02\xcc\xff";
	struct an_reader reader = an_reader(an_span(bytes, sizeof(bytes) - 1));
	struct an_address address;
	an_address_read_msgpack(&reader, &address);
	ck_assert(an_reader_ok(&reader));
	ck_assert_int_eq(address.type, AN_ADDRESS_PEER_ID);
	ck_assert_uint_eq(address.size, 3);
	ck_assert_mem_eq(address.bytes, "\x01\x02\xff", 3);
}
END_TEST

START_TEST(the_same_bytes_under_another_tag_are_another_address)
{
	const uint8_t name[AN_RECORD_NAME_SIZE] = {1, 2, 3};
	const struct an_address chunk = an_address_of_chunk(name);
	const struct an_address key = an_address_of_record_key(name);
	ck_assert(!an_address_equal(&chunk, &key));
	uint8_t found[AN_RECORD_NAME_SIZE];
	ck_assert_int_eq(an_address_record_name(&chunk, found), AUTONOMI_OK);
	ck_assert_mem_eq(found, name, sizeof(name));
	ck_assert_int_eq(an_address_record_name(&key, found), AUTONOMI_OK);
	ck_assert_mem_eq(found, name, sizeof(name));
}
END_TEST

/* The crate for hexadecimal text takes each byte for a character of Latin-1 and shows it as Rust's
 * `{:?}` does. */
START_TEST(a_digit_that_is_none_is_shown_as_a_character_of_a_text)
{
	static const struct {
		const char *text, *reason;
	} cases[] = {
		{"zz", "'z' at position 0"},
		{"a'", "'\\'' at position 1"},
		{"\"0", "'\"' at position 0"},
		{"0\n", "'\\n' at position 1"},
		{"\\0", "'\\\\' at position 0"},
		{"\x01\x01", "'\\u{1}' at position 0"},
		{"\xc3\xa9", "'\xc3\x83' at position 0"},
		{"0\x80", "'\\u{80}' at position 1"},
		{"0\xad", "'\\u{ad}' at position 1"},
		{"0\xff", "'\xc3\xbf' at position 1"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t name[AN_RECORD_NAME_SIZE];
		an_buffer_clear(&out);
		ck_assert_int_eq(an_chunk_name_from_hex(an_span_text(cases[i].text), name, &out),
		                 AUTONOMI_E_ADDRESS);
		(void)an_buffer_append_byte(&out, 0);
		const char *reason = strstr((const char *)out.data, "Invalid character ");
		ck_assert_ptr_nonnull(reason);
		ck_assert_str_eq(reason + strlen("Invalid character "), cases[i].reason);
	}
}
END_TEST

START_TEST(a_peer_has_no_record_name)
{
	const struct an_peer_id id = {.size = 38, .bytes = {0, 0x24, 8, 1, 0x12, 0x20, 9}};
	const struct an_address address = an_address_of_peer(&id);
	uint8_t name[AN_RECORD_NAME_SIZE];
	ck_assert_int_eq(address.type, AN_ADDRESS_PEER_ID);
	ck_assert_int_eq(an_address_record_name(&address, name), AUTONOMI_E_ADDRESS);
}
END_TEST

static struct an_address owner_address(bool is_point)
{
	const uint8_t secret[AN_BLS_SECRET_SIZE] = {[31] = 7};
	struct an_address address = {.type = AN_ADDRESS_POINTER, .size = AN_OWNER_KEY_SIZE};
	ck_assert_int_eq(an_bls_public_key(secret, address.bytes), AUTONOMI_OK);
	address.bytes[AN_OWNER_KEY_SIZE - 1] ^= is_point ? 0 : 1;
	return address;
}

START_TEST(an_owners_key_that_is_no_point_is_refused)
{
	for (int is_point = 0; is_point < 2; is_point++) {
		struct an_address read;
		const struct an_address address = owner_address(is_point);
		an_buffer_clear(&out);
		an_address_write_cbor(&out, &address);
		struct an_reader reader = an_reader(an_buffer_span(&out));
		an_address_read_cbor(&reader, &read);
		ck_assert_int_eq(an_reader_ok(&reader), is_point);
		an_buffer_clear(&out);
		an_address_write_msgpack(&out, &address);
		reader = an_reader(an_buffer_span(&out));
		an_address_read_msgpack(&reader, &read);
		ck_assert_int_eq(an_reader_ok(&reader), is_point);
	}
}
END_TEST

START_TEST(a_message_has_a_limited_number_of_owners_keys)
{
	struct an_buffer message;
	an_buffer_init(&message, 1 << 16);
	const struct an_address address = owner_address(true);
	for (int i = 0; i <= AN_ADDRESS_KEYS_MAX; i++)
		an_address_write_cbor(&message, &address);
	struct an_reader reader = an_reader(an_buffer_span(&message));
	struct an_address read;
	for (int i = 0; i < AN_ADDRESS_KEYS_MAX; i++)
		an_address_read_cbor(&reader, &read);
	ck_assert(an_reader_ok(&reader) && an_address_equal(&read, &address));
	an_address_read_cbor(&reader, &read);
	ck_assert_int_eq(reader.failed, AUTONOMI_E_CORRUPT);
	an_buffer_done(&message);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("data/address");
	TCase *codecs = tcase_create("codecs");
	tcase_add_checked_fixture(codecs, setup, teardown);
	tcase_add_test(codecs, every_variant_reads_and_writes_as_the_real_crates_do);
	tcase_add_test(codecs, an_address_that_is_cut_is_refused);
	tcase_add_test(codecs, a_record_key_beyond_the_limit_is_refused);
	tcase_add_test(codecs, the_bytes_of_an_address_may_be_an_array_of_integers_in_messagepack);
	tcase_add_test(codecs, the_same_bytes_under_another_tag_are_another_address);
	tcase_add_test(codecs, a_peer_has_no_record_name);
	tcase_add_test(codecs, a_digit_that_is_none_is_shown_as_a_character_of_a_text);
	tcase_add_test(codecs, an_owners_key_that_is_no_point_is_refused);
	tcase_add_test(codecs, a_message_has_a_limited_number_of_owners_keys);
	suite_add_tcase(s, codecs);
	return s;
}
