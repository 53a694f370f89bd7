/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Requests and responses in CBOR, as Autonomi's nodes and clients exchange them (semantics 3.4 and
 * 5): one message per stream, no length in front.
 *
 * A decoded message borrows from the message's bytes, or from the decoder's scratch buffer where
 * bytes had to be gathered; both must outlive it. Lists stay encoded and are read item by item.
 * Every list was checked when the message was decoded, so reading it cannot fail.
 *
 * Writing is canonical: declared order, shortest heads. Reading is as lenient and as strict as
 * Autonomi's own codec. One thing differs between networks: the form of a record value in PutRecord,
 * which the profile says (DESIGN 4).
 *
 * Pure. Safe on any thread.
 */
#ifndef AN_DATA_MESSAGE_H
#define AN_DATA_MESSAGE_H

#include "base/blob.h"
#include "base/buffer.h"
#include "base/endpoint.h"
#include "base/profile.h"
#include "base/span.h"
#include "base/status.h"
#include "data/address.h"
#include "data/quote.h"
#include "data/record.h"
#include "ident/contact.h"

enum {
	AN_MESSAGE_LIST_MAX = 16384,        /* items of one list in a message */
	AN_MESSAGE_ADDRESSES_MAX = 64,      /* addresses of one peer in an answer */
	AN_MESSAGE_OVERHEAD_MAX = 1024,     /* of a PutRecord around its record value */
	AN_MESSAGE_RESPONSE_MAX = 10485760, /* of a response that we make (semantics 1.5) */
};

/* Items of a list, each in CBOR, one after the other. */
struct an_message_list {
	size_t count;
	struct an_span items;
};

/* ---- Protocol errors (semantics 5.5), in the order of declaration. */
enum an_error_type {
	AN_ERROR_CHUNK_DOES_NOT_EXIST, /* address */
	AN_ERROR_SCRATCHPAD_CIPHER_TEXT_FAILED,
	AN_ERROR_SCRATCHPAD_CIPHER_TEXT_INVALID,
	AN_ERROR_GET_STORE_QUOTE_FAILED,
	AN_ERROR_QUOTE_GENERATION_FAILED,
	AN_ERROR_REPLICATED_RECORD_NOT_FOUND, /* address: the holder; key */
	AN_ERROR_RECORD_HEADER_PARSING_FAILED,
	AN_ERROR_RECORD_PARSING_FAILED,
	AN_ERROR_RECORD_EXISTS,                      /* record_key */
	AN_ERROR_PUT_RECORD_FAILED,                  /* text */
	AN_ERROR_OUTDATED_RECORD_COUNTER,            /* counter, expected */
	AN_ERROR_GET_MERKLE_CANDIDATE_QUOTE_FAILED,  /* text */
	AN_ERROR_FAILED_TO_SIGN_MERKLE_CANDIDATE,    /* text */
	AN_ERROR_MERKLE_PAYMENT_VERIFICATION_FAILED, /* text */
	AN_ERROR_TOPOLOGY_VERIFICATION_FAILED,       /* address: the target; topology */
	AN_ERROR_UNKNOWN,
};

struct an_protocol_error {
	enum an_error_type type;
	struct an_address address;
	struct an_address key;
	struct an_span text; /* UTF-8 */
	struct an_message_list record_key;
	uint64_t counter, expected;
	struct {
		uint64_t valid_count, total_paid, closest_count;
		struct an_message_list node_peers, paid_peers;
	} topology;
};

/* The name of the error's variant, for logs. Static. */
const char *an_error_name(enum an_error_type type);

/* A peer id of a topology's list, as a list of integers: an_message_gather. */
bool an_message_next_peer_bytes(struct an_message_list *list, struct an_message_list *ret_peer);

/* Ok(()) or an error. */
struct an_message_result {
	bool failed;
	struct an_protocol_error error; /* where failed */
};

/* The error as Autonomi shows it, and as Rust's `{:?}` writes it, which is what travels in the text
 * of a PutRecordFailed. Appended without a final zero. */
void an_error_display(const struct an_protocol_error *error, struct an_buffer *text);
void an_error_debug(const struct an_protocol_error *error, struct an_buffer *text);

/* An error outside of messages, alone: in CBOR, and in MessagePack. Reading borrows as messages do. */
an_status an_error_decode(struct an_span cbor, struct an_buffer *scratch,
                          struct an_protocol_error *ret_error);
void an_error_write_cbor(struct an_buffer *out, const struct an_protocol_error *error);
void an_error_write_msgpack(struct an_buffer *out, const struct an_protocol_error *error);

/* ---- Requests. The `Dev` ones are there where the build has Autonomi's feature `developer` (Meson
 * option of that name); elsewhere they are no requests. */
enum an_request_type {
	AN_REQUEST_REPLICATE,
	AN_REQUEST_FRESH_REPLICATE,
	AN_REQUEST_PEER_CONSIDERED_AS_BAD,
	AN_REQUEST_GET_STORE_QUOTE,
	AN_REQUEST_GET_REPLICATED_RECORD,
	AN_REQUEST_GET_CHUNK_EXISTENCE_PROOF,
	AN_REQUEST_CHECK_NODE_IN_PROBLEM,
	AN_REQUEST_GET_CLOSEST_PEERS,
	AN_REQUEST_GET_VERSION,
	AN_REQUEST_PUT_RECORD,
	AN_REQUEST_GET_MERKLE_CANDIDATE_QUOTE,
	AN_REQUEST_DEV_GET_CLOSEST_PEERS_FROM_NETWORK,
	AN_REQUEST_TYPES,
};

struct an_request {
	enum an_request_type type;
	union {
		/* Replicate, FreshReplicate */
		struct {
			struct an_address holder;
			struct an_message_list keys; /* an_message_next_key */
		} replicate;
		struct {
			struct an_address detected_by, bad_peer;
			struct an_span bad_behaviour; /* UTF-8 */
		} peer_considered_as_bad;
		struct {
			struct an_address key;
			uint32_t data_type;
			uint64_t data_size;
			bool has_nonce;
			uint64_t nonce; /* asks for storage proofs */
			uint64_t difficulty;
		} get_store_quote;
		struct {
			struct an_address address;
		} check_node_in_problem;
		struct {
			struct an_address key;
			uint32_t data_type;
			uint64_t data_size;
			uint64_t merkle_payment_timestamp;
		} get_merkle_candidate_quote;
		struct {
			struct an_address key;
			bool has_count;
			uint64_t count;
		} dev_get_closest_peers;
		struct {
			struct an_address requester, key;
		} get_replicated_record;
		struct {
			struct an_address key;
			uint64_t nonce;
			uint64_t
				difficulty; /* 1: exactly this key; else that many of the nearest chunks */
		} get_chunk_existence_proof;
		struct {
			struct an_address key;
			bool has_count, has_range, sign_result;
			uint64_t count;
			uint8_t range[AN_DHT_KEY_SIZE]; /* largest distance; wins over the count */
		} get_closest_peers;
		struct {
			struct an_address address;
		} get_version;
		struct {
			struct an_address holder;
			struct an_span value; /* the record value */
			struct an_address address;
		} put_record;
	};
};

/* The name as in Autonomi, for logs: `Query.GetVersion`. Static. */
const char *an_request_name(enum an_request_type type);

/* Whom a request is for (semantics 5.1): the holder, the bad peer, the key. Borrowed. */
const struct an_address *an_request_destination(const struct an_request *request);

/* E_PROTOCOL: not a request. E_TOO_LARGE: beyond a limit of ours. E_NO_MEMORY. `scratch` is filled
 * only where something has to be gathered, and never beyond the size of the message. */
an_status an_request_decode(struct an_span message, enum an_record_form form,
                            struct an_buffer *scratch, struct an_request *ret_request);

/* Appends the whole message. The buffer's failure, if any. */
an_status an_request_encode(const struct an_request *request, enum an_record_form form,
                            struct an_buffer *out);

/* The whole message as one blob, as link and client send it. `form` matters to PutRecord only. */
an_status an_request_encode_blob(const struct an_request *request, enum an_record_form form,
                                 struct an_blob **ret_message);

/* A PutRecord as head and tail around a record value that is sent from where it lies. Message =
 * head, `content_size` bytes, tail. The record value is `value_head` (which goes into the head; for
 * a chunk an_chunk_head) followed by the content. AN_RECORD_FORM_BYTES only. */
an_status an_request_encode_put(const struct an_address *holder, const struct an_address *address,
                                struct an_span value_head, size_t content_size,
                                struct an_blob **ret_head, struct an_blob **ret_tail);

/* ---- Responses. */
enum an_response_type {
	AN_RESPONSE_REPLICATE,
	AN_RESPONSE_FRESH_REPLICATE,
	AN_RESPONSE_PEER_CONSIDERED_AS_BAD,
	AN_RESPONSE_GET_STORE_QUOTE,
	AN_RESPONSE_CHECK_NODE_IN_PROBLEM,
	AN_RESPONSE_GET_REPLICATED_RECORD,
	AN_RESPONSE_GET_CHUNK_EXISTENCE_PROOF,
	AN_RESPONSE_GET_CLOSEST_PEERS,
	AN_RESPONSE_GET_VERSION,
	AN_RESPONSE_PUT_RECORD,
	AN_RESPONSE_GET_MERKLE_CANDIDATE_QUOTE,
	AN_RESPONSE_DEV_GET_CLOSEST_PEERS_FROM_NETWORK,
	AN_RESPONSE_TYPES,
};

struct an_response {
	enum an_response_type type;
	union {
		/* Replicate, FreshReplicate, PeerConsideredAsBad */
		struct an_message_result command;
		struct {
			struct an_message_result result;
			struct an_quote quote; /* where not failed */
			struct an_address peer_address;
			struct an_message_list storage_proofs; /* an_message_next_proof */
		} get_store_quote;
		struct {
			struct an_address reporter_address, target_address;
			bool is_in_trouble;
		} check_node_in_problem;
		struct {
			struct an_message_result result;
			struct an_merkle_candidate candidate; /* where not failed */
		} get_merkle_candidate_quote;
		struct {
			struct an_address target, queried_node;
			struct an_message_list peers; /* an_message_next_peer */
		} dev_get_closest_peers;
		struct {
			struct an_message_result result;
			struct an_address holder; /* where not failed, likewise the value */
			struct an_span value;     /* the record value */
		} get_replicated_record;
		struct {
			struct an_message_list proofs; /* an_message_next_proof */
		} get_chunk_existence_proof;
		struct {
			struct an_address target;
			struct an_message_list peers; /* an_message_next_peer */
			bool has_signature;
			struct an_message_list signature; /* integers: an_message_gather */
		} get_closest_peers;
		struct {
			struct an_address peer;
			struct an_span version; /* UTF-8 */
		} get_version;
		struct {
			struct an_message_result result;
			struct an_address peer_address, record_address; /* echoes of the request */
		} put_record;
	};
};

/* The name of what it answers: `Query.GetVersion`. Static. */
const char *an_response_name(enum an_response_type type);

/* What the signature of a GetClosestPeers answer covers: target and peers in MessagePack, appended
 * (semantics 5.4). */
void an_response_write_signed(struct an_buffer *out, const struct an_response *response);

/* As an_request_decode. */
an_status an_response_decode(struct an_span message, struct an_buffer *scratch,
                             struct an_response *ret_response);
an_status an_response_encode(const struct an_response *response, struct an_buffer *out);
an_status an_response_encode_blob(const struct an_response *response, struct an_blob **ret_message);

/* What stands before a record value of `value_size` bytes in a good answer to GetReplicatedRecord;
 * the message ends with the value. */
an_status an_response_encode_record_head(const struct an_address *holder, size_t value_size,
                                         struct an_blob **ret_head);

/* ---- Items of lists. Each `next` takes the first item out of `list`; false at its end. */
struct an_message_proof {
	struct an_address address;
	bool failed;
	uint8_t proof[AN_CHUNK_PROOF_SIZE]; /* where not failed */
	struct an_protocol_error
		error; /* where failed; its texts only where they lie in one piece */
};

bool an_message_next_proof(struct an_message_list *list, struct an_message_proof *ret_proof);
/* Appends an item to `items`, the bytes of a list that is being made. */
void an_message_add_proof(struct an_buffer *items, struct an_message_list *list,
                          const struct an_message_proof *proof);

/* How a replica is checked: a chunk by its name, others by the SHA3-256 of the record value. */
struct an_validation {
	bool is_chunk;
	uint8_t hash[AN_RECORD_NAME_SIZE]; /* where no chunk */
};

void an_validation_read_cbor(struct an_reader *reader, struct an_validation *ret_validation);
void an_validation_write_cbor(struct an_buffer *out, const struct an_validation *validation);

/* A key of a Replicate request (`fresh` false) or of a FreshReplicate request (true). */
struct an_message_key {
	struct an_address address;
	struct an_validation validation;
	enum an_record_type data_type; /* the rest: of a fresh one */
	bool has_proof;
	struct an_message_list proof; /* an_message_next_payee */
};

bool an_message_next_key(struct an_message_list *list, bool fresh, struct an_message_key *ret_key);
void an_message_add_key(struct an_buffer *items, struct an_message_list *list, bool fresh,
                        const struct an_message_key *key);

/* One of those that a ProofOfPayment paid: the peer, as it was claimed, and its quote. */
struct an_message_payee {
	struct an_quote_bytes peer_id;
	struct an_quote quote;
};

bool an_message_next_payee(struct an_message_list *list, struct an_message_payee *ret_payee);
void an_message_add_payee(struct an_buffer *items, struct an_message_list *list,
                          const struct an_message_payee *payee);

/* A peer of a GetClosestPeers answer. Addresses that are not ours to dial are left out of the
 * contact; a peer whose id is none has `contact.id.size` 0. */
struct an_message_peer {
	struct an_address address;
	struct an_contact contact;
	struct an_message_list
		multiaddrs; /* all of them, as they came: an_message_next_multiaddr */
};

bool an_message_next_multiaddr(struct an_message_list *list, struct an_span *ret_multiaddr);

bool an_message_next_peer(struct an_message_list *list, struct an_message_peer *ret_peer);
void an_message_add_peer(struct an_buffer *items, struct an_message_list *list,
                         const struct an_contact *contact);

/* Writes the bytes of a list of small integers; returns how many, at most `capacity`. */
size_t an_message_gather(struct an_message_list list, uint8_t *bytes, size_t capacity);
/* Appends bytes as small integers to a list that is being made. */
void an_message_add_bytes(struct an_buffer *items, struct an_message_list *list,
                          struct an_span bytes);

#endif
