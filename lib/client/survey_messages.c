/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/survey_messages.h"

#include <string.h>

#include "base/memory.h"
#include "data/message.h"

static struct an_request request_of(const struct an_record_survey *survey,
                                    const struct an_contact *contact)
{
	struct an_request request = {.type = AN_REQUEST_GET_REPLICATED_RECORD};
	if (survey->existence) {
		request.type = AN_REQUEST_GET_CHUNK_EXISTENCE_PROOF;
		request.get_chunk_existence_proof.key = an_address_of_record_key(survey->name);
		request.get_chunk_existence_proof.nonce = survey->nonce;
		request.get_chunk_existence_proof.difficulty = 1;
		return request;
	}
	request.get_replicated_record.requester = an_address_of_peer(&contact->id);
	request.get_replicated_record.key = an_address_of_record_key(survey->name);
	return request;
}

an_status an_survey_send(struct an_survey_target *target, const struct an_contact *contact,
                         an_client_reply_handler *handler)
{
	const struct an_record_survey *survey = target->survey;
	const struct an_client_network *network = &survey->client->network;
	const struct an_request request = request_of(survey, contact);
	struct an_blob *message = NULL;
	an_status status = an_request_encode_blob(&request, survey->client->profile->record_form,
	                                          &message);
	if (status == AUTONOMI_OK)
		status = network->ask(network->context, contact, &message, 1,
		                      survey->client->profile->request_timeout, handler, target,
		                      &target->request);
	an_blob_unref(message);
	return status;
}

/* ---- Answers. */
static void release_answer(struct an_client_work *work)
{
	struct an_survey_answer *answer = an_container_of(work, struct an_survey_answer, work);
	an_versions_done(&answer->versions);
	an_blob_unref(answer->blob);
	an_free(answer);
}

void an_survey_answer_abandon(struct an_survey_answer *answer)
{
	if (answer == NULL)
		return;
	answer->target = NULL;
	if (!answer->busy)
		release_answer(&answer->work);
}

/* The value is copied where it lies in the decoder's scratch buffer. */
static an_status keep_value(struct an_survey_target *target, struct an_blob *message,
                            const struct an_buffer *scratch, struct an_span value)
{
	const struct an_record_survey *survey = target->survey;
	struct an_record_header header;
	if (value.size > survey->client->profile->record_value_max ||
	    an_record_read_header(value, &header) != AUTONOMI_OK ||
	    (header.type != survey->type && !survey->any_type))
		return AUTONOMI_E_CORRUPT;
	struct an_survey_answer *answer = an_calloc(1, sizeof(*answer));
	if (answer == NULL)
		return AUTONOMI_E_NO_MEMORY;
	answer->blob = scratch->size == 0 ? an_blob_ref(message) : an_blob_copy(value);
	if (answer->blob == NULL) {
		an_free(answer);
		return AUTONOMI_E_NO_MEMORY;
	}
	answer->value = scratch->size == 0 ? value : an_blob_span(answer->blob);
	answer->target = target;
	answer->type = header.type;
	memcpy(answer->name, survey->name, sizeof(answer->name));
	target->answer = answer;
	return AUTONOMI_OK;
}

static an_status read_record(struct an_survey_target *target, struct an_blob *message,
                             const struct an_buffer *scratch, const struct an_response *response)
{
	if (response->type != AN_RESPONSE_GET_REPLICATED_RECORD)
		return AUTONOMI_E_PROTOCOL;
	const struct an_message_result *result = &response->get_replicated_record.result;
	if (!result->failed)
		return keep_value(target, message, scratch, response->get_replicated_record.value);
	return result->error.type == AN_ERROR_REPLICATED_RECORD_NOT_FOUND ? AUTONOMI_E_NOT_FOUND
	                                                                  : AUTONOMI_E_REFUSED;
}

static an_status read_existence(const struct an_response *response)
{
	if (response->type != AN_RESPONSE_GET_CHUNK_EXISTENCE_PROOF)
		return AUTONOMI_E_PROTOCOL;
	struct an_message_list proofs = response->get_chunk_existence_proof.proofs;
	struct an_message_proof proof;
	return an_message_next_proof(&proofs, &proof) && !proof.failed ? AUTONOMI_OK
	                                                               : AUTONOMI_E_NOT_FOUND;
}

an_status an_survey_read(struct an_survey_target *target, struct an_blob *message,
                         struct an_span body)
{
	struct an_response response;
	struct an_buffer scratch;
	an_buffer_init(&scratch, body.size);
	an_status status = an_response_decode(body, &scratch, &response);
	if (status == AUTONOMI_E_UNSUPPORTED)
		status = AUTONOMI_E_PROTOCOL;
	if (status == AUTONOMI_OK)
		status = target->survey->existence
		                 ? read_existence(&response)
		                 : read_record(target, message, &scratch, &response);
	an_buffer_done(&scratch);
	return status;
}

/* ---- The check. */
static void verify(struct an_job *job)
{
	struct an_survey_answer *answer = an_container_of(job, struct an_survey_answer, work.job);
	answer->status = an_versions_read(answer->name, answer->value, &answer->versions);
}

static void verified(struct an_client_work *work)
{
	struct an_survey_answer *answer = an_container_of(work, struct an_survey_answer, work);
	answer->busy = false;
	if (answer->target != NULL)
		an_record_survey_checked(answer->target);
	else
		release_answer(work);
}

void an_survey_check(struct an_survey_target *target)
{
	struct an_survey_answer *answer = target->answer;
	answer->busy = true;
	answer->work.finished = verified;
	answer->work.release = release_answer;
	an_client_submit(target->survey->client, &answer->work, AN_JOB_COMPUTE, verify);
}
