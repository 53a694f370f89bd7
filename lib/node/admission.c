/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node/admission.h"

#include "base/memory.h"
#include "data/address_text.h"
#include "data/chunk.h"

/* What a turn costs beyond one signature (node/turns.h). */
enum {
	COST_BYTES = 256 * 1024, /* hashed and copied in the time of a signature */
	GRAPH_ENTRY_BYTES = 176, /* of the smallest entry, which has a signature of its own */
	CANONICAL_EXTRA = 64,    /* bytes that our own form may be longer by, beyond twice */
};

struct an_admissions {
	struct an_admissions_config config;
	struct an_list all;
};

struct admission {
	struct an_list link;
	struct an_admissions *owner;
	struct an_turn turn;
	bool has_turn;
	struct an_job job;
	enum an_admission_source source;
	struct an_record_header header;
	uint8_t key[AN_RECORD_KEY_SIZE];
	struct an_blob *value;
	struct an_span bytes;
	struct an_blob *unpaid; /* the record without its payment, in our own form */
	bool wants_key;         /* whether the inspection looks at the key */
	bool is_own;            /* what it holds gives its key */
	bool existed;           /* a record of any kind lay under its key */
	an_status status;       /* of the inspection */
	an_admission_done *done;
	void *context;
};

an_status an_admissions_new(const struct an_admissions_config *config,
                            struct an_admissions **ret_admissions)
{
	struct an_admissions *admissions = an_calloc(1, sizeof(*admissions));
	if (admissions == NULL)
		return AUTONOMI_E_NO_MEMORY;
	admissions->config = *config;
	an_list_init(&admissions->all);
	*ret_admissions = admissions;
	return AUTONOMI_OK;
}

static void admission_free(struct admission *admission)
{
	an_list_remove(&admission->link);
	an_blob_unref(admission->value);
	an_blob_unref(admission->unpaid);
	an_free(admission);
}

struct an_admissions *an_admissions_free(struct an_admissions *admissions)
{
	if (admissions == NULL)
		return NULL;
	for (struct an_list *at; (at = an_list_first(&admissions->all)) != NULL;)
		admission_free(an_container_of(at, struct admission, link));
	return an_free(admissions);
}

/* ---- The end of an admission. */

static void end(struct admission *admission, const struct an_admission_verdict *verdict)
{
	struct an_admission_verdict told = *verdict;
	told.bytes = admission->bytes;
	if (admission->has_turn)
		an_turns_end(admission->owner->config.turns, &admission->turn);
	admission->done(admission->context, &told);
	admission_free(admission);
}

static void end_with(struct admission *admission, an_status status)
{
	end(admission, &(struct an_admission_verdict){.status = status});
}

static void refuse(struct admission *admission, enum an_put_error_type type)
{
	end(admission,
	    &(struct an_admission_verdict){.status = AUTONOMI_E_CORRUPT, .error = {.type = type}});
}

/* Semantics 6.3.7; of a scratchpad that was paid for also when it came too late. */
static bool is_brought(const struct admission *admission, an_status status)
{
	if (admission->source != AN_ADMISSION_CLIENT)
		return false;
	return status == AUTONOMI_OK ||
	       (status == AUTONOMI_E_OUTDATED && admission->header.type == AN_RECORD_SCRATCHPAD);
}

static void end_well(struct admission *admission, const struct an_admission_verdict *verdict)
{
	const struct an_admissions_config *config = &admission->owner->config;
	if (config->brought != NULL && is_brought(admission, verdict->status))
		config->brought(config->brought_context, admission->key);
	end(admission, verdict);
}

static void stored(void *context, const struct an_store_result *result)
{
	struct admission *admission = context;
	struct an_admission_verdict verdict = {
		.status = result->status,
		.unchanged = result->unchanged,
		.error = result->error,
	};
	const an_status status = result->status;
	if (status == AUTONOMI_E_FULL || status == AUTONOMI_E_DISK_FULL || status == AUTONOMI_E_IO)
		verdict.error.type = AN_PUT_ERROR_LOCAL_SWARM;
	end_well(admission, &verdict);
}

/* What a Merkle payment is for is judged by the rules of its kind alone (semantics 6.3.1). */
static enum an_record_source rules_of(const struct admission *admission)
{
	const bool client = admission->source == AN_ADMISSION_CLIENT &&
	                    admission->header.payment != AN_RECORD_PAID_MERKLE;
	return client ? AN_RECORD_FROM_CLIENT : AN_RECORD_FROM_PEER;
}

static an_status store(struct admission *admission)
{
	struct an_blob *value = admission->unpaid != NULL ? admission->unpaid : admission->value;
	const struct an_span bytes = admission->unpaid != NULL ? an_blob_span(admission->unpaid)
	                                                       : admission->bytes;
	return an_store_merge(admission->owner->config.store, admission->key, value, bytes,
	                      rules_of(admission), stored, admission);
}

static void store_or_end(struct admission *admission)
{
	const an_status status = store(admission);
	if (status != AUTONOMI_OK)
		end_with(admission, status);
}

/* ---- Payment. */

static void paid(void *context, const struct an_protocol_error *error)
{
	struct admission *admission = context;
	/* A payment for what is here already is taken; whether it suffices does not matter, but for a
	 * scratchpad and for Merkle payments. */
	const bool is_final = admission->header.payment == AN_RECORD_PAID_MERKLE ||
	                      admission->header.type == AN_RECORD_SCRATCHPAD || !admission->existed;
	if (error != NULL && is_final)
		end(admission,
		    &(struct an_admission_verdict){.status = AUTONOMI_E_CORRUPT, .payment = error});
	else if (admission->header.type == AN_RECORD_CHUNK && admission->existed)
		end_well(admission, &(struct an_admission_verdict){.unchanged = true});
	else
		store_or_end(admission);
}

static void verify_payment(struct admission *admission)
{
	const struct an_pay_step *pay = admission->owner->config.pay;
	struct an_pay_question question = {
		.type = admission->header.type,
		.merkle = admission->header.payment == AN_RECORD_PAID_MERKLE,
		.value = admission->value,
		.bytes = admission->bytes,
	};
	memcpy(question.key, admission->key, sizeof(question.key));
	const an_status status = pay->verify(pay->context, &question, paid, admission);
	if (status != AUTONOMI_OK)
		end_with(admission, status);
}

/* What is there already may be changed without payment by its owner, but not a chunk or an entry of
 * the graph (semantics 6.3.1). */
static void judge_unpaid(struct admission *admission)
{
	const enum an_record_type type = admission->header.type;
	const bool is_mutable = type == AN_RECORD_POINTER || type == AN_RECORD_SCRATCHPAD;
	if (is_mutable && !admission->is_own)
		refuse(admission, AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	else if (!is_mutable || !admission->existed)
		refuse(admission, AN_PUT_ERROR_NO_PAYMENT);
	else
		store_or_end(admission);
}

static void judge_payment(struct admission *admission)
{
	const struct an_record_header header = admission->header;
	const bool merkle = header.payment == AN_RECORD_PAID_MERKLE;
	admission->existed = an_store_find(admission->owner->config.store, admission->key) != NULL;
	if (admission->owner->config.pay == NULL || admission->source != AN_ADMISSION_CLIENT)
		store_or_end(admission);
	else if (header.payment == AN_RECORD_UNPAID)
		judge_unpaid(admission);
	else if (!admission->is_own && (!merkle || header.type == AN_RECORD_CHUNK))
		refuse(admission, AN_PUT_ERROR_RECORD_KEY_MISMATCH);
	else if (merkle && header.type == AN_RECORD_CHUNK && admission->existed)
		end_well(admission, &(struct an_admission_verdict){.unchanged = true});
	else
		verify_payment(admission);
}

/* ---- Inspection: reads what the peer made up, number by number. */

static an_status unwrap(struct admission *admission)
{
	struct an_buffer unpaid;
	an_buffer_init(&unpaid, 2 * admission->bytes.size + CANONICAL_EXTRA);
	an_status status = an_record_canonical(admission->bytes, &unpaid);
	if (status == AUTONOMI_OK) {
		admission->unpaid = an_blob_copy(an_buffer_span(&unpaid));
		status = admission->unpaid != NULL ? AUTONOMI_OK : AUTONOMI_E_NO_MEMORY;
	}
	an_buffer_done(&unpaid);
	return status;
}

static void inspect(struct an_job *job)
{
	struct admission *admission = an_container_of(job, struct admission, job);
	admission->status = unwrap(admission);
	if (admission->status == AUTONOMI_OK && admission->wants_key)
		admission->is_own = an_record_names(an_blob_span(admission->unpaid),
		                                    admission->key);
}

static void inspected(struct an_job *job)
{
	struct admission *admission = an_container_of(job, struct admission, job);
	if (job->skipped)
		return; /* the node is being freed, and this with it */
	if (admission->status == AUTONOMI_OK)
		judge_payment(admission);
	else if (admission->status == AUTONOMI_E_NO_MEMORY)
		end_with(admission, AUTONOMI_E_NO_MEMORY);
	else
		refuse(admission, AN_PUT_ERROR_INVALID_RECORD);
}

static bool needs_inspection(const struct admission *admission)
{
	struct an_span content;
	if (admission->header.payment != AN_RECORD_UNPAID)
		return true;
	if (admission->header.type == AN_RECORD_CHUNK)
		return an_chunk_content(admission->bytes, &content) != AUTONOMI_OK;
	return admission->owner->config.pay != NULL && admission->source == AN_ADMISSION_CLIENT;
}

static void begin(struct an_turn *turn)
{
	struct admission *admission = an_container_of(turn, struct admission, turn);
	admission->has_turn = true;
	if (!needs_inspection(admission)) {
		judge_payment(admission);
		return;
	}
	const struct an_admissions_config *config = &admission->owner->config;
	admission->wants_key = config->pay != NULL;
	admission->job = (struct an_job){.lane = AN_JOB_COMPUTE, .run = inspect, .done = inspected};
	config->submit(config->submit_context, &admission->job);
}

/* ---- The beginning. */

static size_t cost_of(const struct admission *admission)
{
	const size_t size = admission->bytes.size;
	size_t signatures = 1;
	if (admission->header.type == AN_RECORD_GRAPH_ENTRY)
		signatures += size / GRAPH_ENTRY_BYTES;
	return (signatures < AN_TURNS_COST_MAX ? signatures : AN_TURNS_COST_MAX) +
	       size / COST_BYTES;
}

static struct admission *admission_new(struct an_admissions *admissions,
                                       const struct an_admission *from, an_admission_done *done,
                                       void *context)
{
	struct admission *admission = an_calloc(1, sizeof(*admission));
	if (admission == NULL)
		return NULL;
	admission->owner = admissions;
	admission->source = from->source;
	memcpy(admission->key, from->key, sizeof(admission->key));
	admission->value = an_blob_ref(from->value);
	admission->bytes = from->bytes;
	admission->done = done;
	admission->context = context;
	an_list_append(&admissions->all, &admission->link);
	return admission;
}

/* What is known without looking further than the header. */
static struct an_put_error judge_header(const struct an_admissions *admissions,
                                        const struct an_admission *from,
                                        struct an_record_header *ret_header)
{
	const struct an_profile *profile = admissions->config.profile;
	const bool client = from->source == AN_ADMISSION_CLIENT;
	struct an_put_error error = {0};
	if (an_record_read_header(from->bytes, ret_header) != AUTONOMI_OK)
		error.type = AN_PUT_ERROR_INVALID_RECORD_HEADER;
	else if (!client && ret_header->payment != AN_RECORD_UNPAID)
		error.type = AN_PUT_ERROR_UNEXPECTED_PAYMENT;
	else if (client && admissions->config.pay != NULL &&
	         ret_header->payment == AN_RECORD_UNPAID &&
	         (ret_header->type == AN_RECORD_CHUNK || ret_header->type == AN_RECORD_GRAPH_ENTRY))
		error.type = AN_PUT_ERROR_NO_PAYMENT;
	else if (from->bytes.size > profile->record_value_max)
		error = (struct an_put_error){.type = ret_header->type == AN_RECORD_CHUNK
		                                              ? AN_PUT_ERROR_OVERSIZED_CHUNK
		                                              : AN_PUT_ERROR_INVALID_RECORD,
		                              .size = from->bytes.size,
		                              .limit = profile->chunk_max};
	return error;
}

/* A full node says so before it looks any further. */
static struct an_admission_verdict judge_room(const struct an_admissions *admissions,
                                              const struct an_admission *from)
{
	struct an_admission_verdict verdict = {.bytes = from->bytes};
	verdict.status = an_store_expect_room(admissions->config.store, from->key,
	                                      from->bytes.size);
	if (verdict.status != AUTONOMI_OK)
		verdict.error.type = AN_PUT_ERROR_LOCAL_SWARM;
	return verdict;
}

an_status an_admit(struct an_admissions *admissions, const struct an_admission *from,
                   an_admission_done *done, void *context)
{
	struct an_record_header header;
	const struct an_put_error error = judge_header(admissions, from, &header);
	if (error.type != AN_PUT_ERROR_NONE) {
		done(context, &(struct an_admission_verdict){.status = AUTONOMI_E_CORRUPT,
		                                             .error = error,
		                                             .bytes = from->bytes});
		return AUTONOMI_OK;
	}
	const struct an_admission_verdict room = judge_room(admissions, from);
	if (room.status != AUTONOMI_OK) {
		done(context, &room);
		return AUTONOMI_OK;
	}
	struct admission *admission = admission_new(admissions, from, done, context);
	if (admission == NULL)
		return AUTONOMI_E_NO_MEMORY;
	admission->header = header;
	/* A chunk in our own form costs a hash of what was sent: no turn is needed. */
	an_status status;
	if (header.type == AN_RECORD_CHUNK && !needs_inspection(admission))
		status = store(admission);
	else
		status = an_turns_ask(admissions->config.turns, from->peer, cost_of(admission),
		                      begin, &admission->turn);
	if (status != AUTONOMI_OK)
		admission_free(admission);
	return status;
}

void an_admission_error(const struct an_admission_verdict *verdict,
                        const uint8_t key[AN_RECORD_KEY_SIZE], struct an_buffer *text,
                        struct an_protocol_error *ret_error)
{
	if (verdict->payment != NULL) {
		*ret_error = *verdict->payment;
		return;
	}
	const struct an_put_error *error = &verdict->error;
	if (error->type == AN_PUT_ERROR_OUTDATED_COUNTER) {
		*ret_error = (struct an_protocol_error){.type = AN_ERROR_OUTDATED_RECORD_COUNTER,
		                                        .counter = error->counter,
		                                        .expected = error->expected};
		return;
	}
	an_put_error_debug(error, an_span(key, AN_RECORD_KEY_SIZE), text);
	if (verdict->status == AUTONOMI_E_FULL)
		an_text_append(text, "(MaxRecords)");
	else if (verdict->status == AUTONOMI_E_DISK_FULL)
		an_text_append(text, "(DiskFull)");
	*ret_error = (struct an_protocol_error){.type = AN_ERROR_PUT_RECORD_FAILED,
	                                        .text = an_buffer_span(text)};
}
