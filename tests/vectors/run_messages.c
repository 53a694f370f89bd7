/* SPDX-License-Identifier: GPL-3.0-or-later */
/* messages.json (README.md). */
#include "data/address_text.h"
#include "ident/key_pair.h"
#include "vectors/run.h"
#include "wire/msgpack.h"

static an_status decode_request(const char *name, struct an_request *ret_request)
{
	return an_request_decode(run_bytes(name), AN_RECORD_FORM_INTEGERS, run_buffer(),
	                         ret_request);
}

static void check_request(void)
{
	struct an_request request;
	struct an_buffer *out = run_buffer();
	if (decode_request("cbor", &request) != AUTONOMI_OK) {
		run_fail("does not decode");
		return;
	}
	run_expect("message", json_of_request(&request));
	run_expect("dst", json_of_address(an_request_destination(&request)));
	(void)an_request_encode(&request, AN_RECORD_FORM_INTEGERS, out);
	run_expect_bytes("cbor", an_buffer_span(out));
}

/* The signature of an answer is over target and peers in MessagePack (semantics 5.4). */
static void check_signer(const struct an_response *response)
{
	struct an_identity signer;
	struct an_buffer *out = run_buffer();
	uint8_t signature[AN_SIGNATURE_MAX];
	const size_t size = an_message_gather(response->get_closest_peers.signature, signature,
	                                      sizeof(signature));
	an_response_write_signed(out, response);
	run_must(response->type == AN_RESPONSE_GET_CLOSEST_PEERS &&
	                 an_identity_from_protobuf(&signer, run_bytes("signer")) == AUTONOMI_OK &&
	                 an_identity_verify(&signer, an_buffer_span(out), an_span(signature, size)),
	         "the signature does not verify");
}

static void check_response(void)
{
	struct an_response response;
	struct an_buffer *out = run_buffer();
	if (an_response_decode(run_bytes("cbor"), run_buffer(), &response) != AUTONOMI_OK) {
		run_fail("does not decode");
		return;
	}
	run_expect("message", json_of_response(&response));
	(void)an_response_encode(&response, out);
	run_expect_bytes("cbor", an_buffer_span(out));
	if (run_has("signer"))
		check_signer(&response);
}

static void check_decode_request(void)
{
	struct an_request request;
	struct an_buffer *out = run_buffer();
	const bool ok = decode_request("bytes", &request) == AUTONOMI_OK;
	run_expect_bool("ok", ok);
	if (ok)
		(void)an_request_encode(&request, AN_RECORD_FORM_INTEGERS, out);
	run_expect("cbor", ok ? json_of_bytes(an_buffer_span(out)) : json_null());
}

static void check_decode_response(void)
{
	struct an_response response;
	struct an_buffer *out = run_buffer();
	const bool ok = an_response_decode(run_bytes("bytes"), run_buffer(), &response) ==
	                AUTONOMI_OK;
	run_expect_bool("ok", ok);
	if (ok)
		(void)an_response_encode(&response, out);
	run_expect("cbor", ok ? json_of_bytes(an_buffer_span(out)) : json_null());
}

static void check_error(void)
{
	struct an_protocol_error error;
	struct an_buffer *out = run_buffer();
	if (an_error_decode(run_bytes("cbor"), run_buffer(), &error) != AUTONOMI_OK) {
		run_fail("does not decode");
		return;
	}
	run_expect("error", json_of_error(&error));
	an_error_write_cbor(out, &error);
	run_expect_bytes("cbor", an_buffer_span(out));
	an_buffer_clear(out);
	an_error_write_msgpack(out, &error);
	run_expect_bytes("msgpack", an_buffer_span(out));
	an_buffer_clear(out);
	an_error_display(&error, out);
	run_expect_text("display", an_buffer_span(out));
	an_buffer_clear(out);
	an_error_debug(&error, out);
	run_expect_text("debug", an_buffer_span(out));
}

static void check_proof_form(void)
{
	uint8_t proof[AN_CHUNK_PROOF_SIZE];
	struct an_reader reader = an_reader(run_bytes("msgpack"));
	struct an_buffer *text = run_buffer();
	an_msgpack_read_fixed(&reader, proof, sizeof(proof));
	const struct an_span bytes = an_span(proof, sizeof(proof));
	run_expect_integers("msgpack", "cbor", bytes);
	an_record_proof_debug(bytes, text);
	run_expect_text("debug", an_buffer_span(text));
}

const struct run_kind run_messages[] = {
	{NULL, "request", check_request},
	{NULL, "response", check_response},
	{NULL, "decode_request", check_decode_request},
	{NULL, "decode_response", check_decode_response},
	{NULL, "error", check_error},
	{"messages", "chunk_proof", check_proof_form},
	{NULL, NULL, NULL},
};
