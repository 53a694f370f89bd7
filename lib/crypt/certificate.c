/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypt/certificate.h"

#include "base/assert.h"
#include "base/memory.h"

/* DER tags (X.690). */
enum {
	TAG_INTEGER = 0x02,
	TAG_BIT_STRING = 0x03,
	TAG_OCTET_STRING = 0x04,
	TAG_UTF8_STRING = 0x0c,
	TAG_UTC_TIME = 0x17,
	TAG_GENERALIZED_TIME = 0x18,
	TAG_SEQUENCE = 0x30,
	TAG_SET = 0x31,
	TAG_VERSION = 0xa0,
};

enum { SERIAL_MAX = 20 }; /* bytes (RFC 5280, 4.1.2.2) */

/* The parts that are the same in every certificate, as they stand in it. */
static const uint8_t version_3[] = {TAG_VERSION, 3, TAG_INTEGER, 1, 2};
static const uint8_t serial_1[] = {TAG_INTEGER, 1, 1};
static const uint8_t ed25519_algorithm[] = {TAG_SEQUENCE, 5, 0x06, 3, 0x2b, 0x65, 0x70};
static const uint8_t common_name_type[] = {0x06, 3, 0x55, 0x04, 0x03};
static const char not_before[] = "700101000000Z";  /* a simulation may begin at time 0 */
static const char not_after[] = "99991231235959Z"; /* "no date" (RFC 5280, 4.1.2.5) */

/* Large enough for the longest name, so that writing never fails. */
struct der {
	size_t size;
	uint8_t bytes[AN_CERTIFICATE_MAX];
};

static struct an_span der_span(const struct der *der)
{
	return an_span(der->bytes, der->size);
}

static void add(struct der *der, struct an_span bytes)
{
	an_assert(bytes.size <= sizeof(der->bytes) - der->size);
	memcpy(der->bytes + der->size, bytes.data, bytes.size);
	der->size += bytes.size;
}

static void add_length(struct der *der, size_t size)
{
	const uint8_t bytes[3] = {0x82, (uint8_t)(size >> 8), (uint8_t)size};
	if (size < 0x80)
		add(der, an_span(bytes + 2, 1));
	else if (size < 0x100)
		add(der, an_span((const uint8_t[]){0x81, bytes[2]}, 2));
	else
		add(der, an_span(bytes, 3));
}

static void add_value(struct der *der, uint8_t tag, struct an_span content)
{
	add(der, an_span(&tag, 1));
	add_length(der, content.size);
	add(der, content);
}

/* A bit string of whole bytes. */
static void add_bits(struct der *der, struct an_span bits)
{
	struct der content = {0};
	add(&content, an_span("", 1)); /* no unused bits in the last byte */
	add(&content, bits);
	add_value(der, TAG_BIT_STRING, der_span(&content));
}

static void add_name(struct der *der, struct an_span name)
{
	struct der attribute = {0}, set = {0}, sequence = {0};
	add(&attribute, an_span(common_name_type, sizeof(common_name_type)));
	add_value(&attribute, TAG_UTF8_STRING, name);
	add_value(&set, TAG_SEQUENCE, der_span(&attribute));
	add_value(&sequence, TAG_SET, der_span(&set));
	add_value(der, TAG_SEQUENCE, der_span(&sequence));
}

static void add_validity(struct der *der)
{
	struct der validity = {0};
	add_value(&validity, TAG_UTC_TIME, an_span_text(not_before));
	add_value(&validity, TAG_GENERALIZED_TIME, an_span_text(not_after));
	add_value(der, TAG_SEQUENCE, der_span(&validity));
}

static void add_public_key(struct der *der, const uint8_t public_key[AN_ED25519_PUBLIC_SIZE])
{
	struct der info = {0};
	add(&info, an_span(ed25519_algorithm, sizeof(ed25519_algorithm)));
	add_bits(&info, an_span(public_key, AN_ED25519_PUBLIC_SIZE));
	add_value(der, TAG_SEQUENCE, der_span(&info));
}

/* What is signed: RFC 5280, 4.1, TBSCertificate. */
static void add_statement(struct der *der, const uint8_t public_key[AN_ED25519_PUBLIC_SIZE],
                          struct an_span name)
{
	struct der content = {0};
	add(&content, an_span(version_3, sizeof(version_3)));
	add(&content, an_span(serial_1, sizeof(serial_1)));
	add(&content, an_span(ed25519_algorithm, sizeof(ed25519_algorithm)));
	add_name(&content, name);
	add_validity(&content);
	add_name(&content, name);
	add_public_key(&content, public_key);
	add_value(der, TAG_SEQUENCE, der_span(&content));
}

static bool name_valid(struct an_span name)
{
	if (name.size == 0 || name.size > AN_CERTIFICATE_NAME_MAX)
		return false;
	for (size_t i = 0; i < name.size; i++)
		if (name.data[i] < 0x20 || name.data[i] > 0x7e)
			return false;
	return true;
}

an_status an_certificate_write(const uint8_t secret[AN_ED25519_SECRET_SIZE], struct an_span name,
                               struct an_buffer *der)
{
	if (!name_valid(name))
		return AUTONOMI_E_INVALID;
	uint8_t public_key[AN_ED25519_PUBLIC_SIZE];
	an_status status = an_ed25519_public_key(secret, public_key);
	if (status != AUTONOMI_OK)
		return status;

	struct der content = {0}, certificate = {0};
	uint8_t signature[AN_ED25519_SIGNATURE_SIZE];
	add_statement(&content, public_key, name);
	status = an_ed25519_sign(secret, public_key, der_span(&content), signature);
	if (status != AUTONOMI_OK)
		return status;
	add(&content, an_span(ed25519_algorithm, sizeof(ed25519_algorithm)));
	add_bits(&content, an_span(signature, sizeof(signature)));
	add_value(&certificate, TAG_SEQUENCE, der_span(&content));
	return an_buffer_append(der, der_span(&certificate));
}

an_status an_private_key_write(const uint8_t secret[AN_ED25519_SECRET_SIZE], struct an_buffer *der)
{
	struct der inner = {0}, content = {0}, key = {0};
	add_value(&inner, TAG_OCTET_STRING, an_span(secret, AN_ED25519_SECRET_SIZE));
	add_value(&content, TAG_INTEGER, an_span("", 1)); /* version 0 */
	add(&content, an_span(ed25519_algorithm, sizeof(ed25519_algorithm)));
	add_value(&content, TAG_OCTET_STRING, der_span(&inner));
	add_value(&key, TAG_SEQUENCE, der_span(&content));
	const an_status status = an_buffer_append(der, der_span(&key));
	an_wipe(&inner, sizeof(inner));
	an_wipe(&content, sizeof(content));
	an_wipe(&key, sizeof(key));
	return status;
}

/* Takes `size` bytes off the front. */
static bool take(struct an_span *from, size_t size, struct an_span *ret_bytes)
{
	if (size > from->size)
		return false;
	*ret_bytes = an_span(from->data, size);
	*from = an_span(from->data + size, from->size - size);
	return true;
}

/* Takes a length in its shortest form, of at most two bytes. */
static bool take_length(struct an_span *from, size_t *ret_size)
{
	struct an_span first, more;
	if (!take(from, 1, &first))
		return false;
	*ret_size = first.data[0];
	if (first.data[0] < 0x80)
		return true;
	const size_t count = first.data[0] & 0x7fU;
	if (count < 1 || count > 2 || !take(from, count, &more))
		return false;
	*ret_size = count == 1 ? more.data[0] : (size_t)more.data[0] << 8 | more.data[1];
	return *ret_size >= (count == 1 ? 0x80 : 0x100);
}

/* Leaves `from` as it is where another value stands there. */
static bool take_value(struct an_span *from, uint8_t tag, struct an_span *ret_content)
{
	struct an_span rest = *from, found;
	size_t size;
	if (!take(&rest, 1, &found) || found.data[0] != tag || !take_length(&rest, &size) ||
	    !take(&rest, size, ret_content))
		return false;
	*from = rest;
	return true;
}

static bool take_exactly(struct an_span *from, const uint8_t *bytes, size_t size)
{
	struct an_span found;
	return take(from, size, &found) && memcmp(found.data, bytes, size) == 0;
}

static bool take_bits(struct an_span *from, size_t size, struct an_span *ret_bits)
{
	struct an_span content;
	if (!take_value(from, TAG_BIT_STRING, &content) ||
	    !take_exactly(&content, (uint8_t[]){0}, 1))
		return false;
	*ret_bits = content;
	return content.size == size;
}

static bool take_name(struct an_span *from, struct an_span *ret_name)
{
	struct an_span sequence, set, attribute;
	return take_value(from, TAG_SEQUENCE, &sequence) && take_value(&sequence, TAG_SET, &set) &&
	       sequence.size == 0 && take_value(&set, TAG_SEQUENCE, &attribute) && set.size == 0 &&
	       take_exactly(&attribute, common_name_type, sizeof(common_name_type)) &&
	       take_value(&attribute, TAG_UTF8_STRING, ret_name) && attribute.size == 0 &&
	       name_valid(*ret_name);
}

/* The dates are read and not judged: who proves the key is the peer, whatever the time is. */
static bool take_validity(struct an_span *from)
{
	struct an_span validity, time;
	if (!take_value(from, TAG_SEQUENCE, &validity))
		return false;
	for (int i = 0; i < 2; i++)
		if (!take_value(&validity, TAG_UTC_TIME, &time) &&
		    !take_value(&validity, TAG_GENERALIZED_TIME, &time))
			return false;
	return validity.size == 0;
}

static bool take_serial(struct an_span *from)
{
	struct an_span serial;
	return take_value(from, TAG_INTEGER, &serial) && serial.size > 0 &&
	       serial.size <= SERIAL_MAX;
}

static bool take_public_key(struct an_span *from, uint8_t public_key[AN_ED25519_PUBLIC_SIZE])
{
	struct an_span info, bits;
	if (!take_value(from, TAG_SEQUENCE, &info) ||
	    !take_exactly(&info, ed25519_algorithm, sizeof(ed25519_algorithm)) ||
	    !take_bits(&info, AN_ED25519_PUBLIC_SIZE, &bits) || info.size > 0)
		return false;
	memcpy(public_key, bits.data, bits.size);
	return true;
}

static bool read_statement(struct an_certificate *certificate, struct an_span content)
{
	struct an_span issuer;
	return take_exactly(&content, version_3, sizeof(version_3)) && take_serial(&content) &&
	       take_exactly(&content, ed25519_algorithm, sizeof(ed25519_algorithm)) &&
	       take_name(&content, &issuer) && take_validity(&content) &&
	       take_name(&content, &certificate->name) &&
	       an_span_equal(issuer, certificate->name) &&
	       take_public_key(&content, certificate->public_key) && content.size == 0;
}

/* Splits a certificate into what is signed and the signature. */
static bool split(struct an_span der, struct an_span *ret_signed, struct an_span *ret_content,
                  struct an_span *ret_signature)
{
	struct an_span rest;
	if (!take_value(&der, TAG_SEQUENCE, &rest) || der.size > 0)
		return false;
	const uint8_t *start = rest.data;
	if (!take_value(&rest, TAG_SEQUENCE, ret_content))
		return false;
	*ret_signed = an_span(start, (size_t)(rest.data - start));
	return take_exactly(&rest, ed25519_algorithm, sizeof(ed25519_algorithm)) &&
	       take_bits(&rest, AN_ED25519_SIGNATURE_SIZE, ret_signature) && rest.size == 0;
}

an_status an_certificate_read(struct an_certificate *ret_certificate, struct an_span der)
{
	struct an_certificate certificate;
	struct an_span statement, content, signature;
	if (der.size > AN_CERTIFICATE_MAX || !split(der, &statement, &content, &signature) ||
	    !read_statement(&certificate, content))
		return AUTONOMI_E_IDENTITY;
	if (!an_ed25519_public_key_valid(certificate.public_key) ||
	    !an_ed25519_verify(certificate.public_key, statement, signature))
		return AUTONOMI_E_IDENTITY;
	*ret_certificate = certificate;
	return AUTONOMI_OK;
}
