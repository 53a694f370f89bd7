/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations on single chunks. */
#include <string.h>

#include "base/memory.h"
#include "client/record_get.h"
#include "client/record_put.h"
#include "data/chunk.h"

/* ---- Put. */
struct chunk_put {
	struct an_client_operation operation;
	struct an_client_work naming;
	bool began;
	struct an_blob *content;
	struct an_record_put put;
};

static struct chunk_put *put_of(struct an_client_operation *operation)
{
	return an_container_of(operation, struct chunk_put, operation);
}

static void name_content(struct an_job *job)
{
	struct chunk_put *self = an_container_of(job, struct chunk_put, naming.job);
	an_chunk_name(an_blob_span(self->content), self->put.name);
}

static void stored(struct an_record_put *put)
{
	struct chunk_put *self = an_container_of(put, struct chunk_put, put);
	struct an_client_result *result = &self->operation.result;
	result->chunks = 1;
	result->copies[put->copies] = 1;
	memcpy(result->address, put->name, sizeof(result->address));
	char text[AN_CLIENT_MESSAGE_MAX] = "";
	if (put->status < 0)
		an_record_put_explain(put, text);
	an_client_end(&self->operation, put->status, "%s", text);
}

static void content_named(struct an_client_work *work)
{
	struct chunk_put *self = an_container_of(work, struct chunk_put, naming);
	self->put.client = self->operation.client;
	self->put.content = self->content;
	self->put.done = stored;
	an_record_put_start(&self->put);
}

static void advance_put(struct an_client_operation *operation)
{
	struct chunk_put *self = put_of(operation);
	if (self->began)
		return;
	self->began = true;
	an_client_operation_submit(operation, &self->naming, AN_JOB_COMPUTE, name_content,
	                           content_named);
}

static void stop_put(struct an_client_operation *operation)
{
	an_record_put_stop(&put_of(operation)->put);
}

static void release_put(struct an_client_operation *operation)
{
	an_blob_unref(put_of(operation)->content);
	an_free(put_of(operation));
}

an_status an_client_chunk_put(struct an_client *client, struct an_blob *content,
                              an_client_done *done, void *context, uint64_t *ret_id)
{
	static const struct an_client_operation_kind kind = {advance_put, stop_put, release_put};
	if (content->size > client->profile->chunk_max)
		return AUTONOMI_E_TOO_LARGE;
	struct chunk_put *self = an_calloc(1, sizeof(*self));
	if (self == NULL)
		return AUTONOMI_E_NO_MEMORY;
	self->content = an_blob_ref(content);
	an_client_begin(client, &self->operation, &kind, done, context, ret_id);
	return AUTONOMI_OK;
}

/* ---- Get. */
struct chunk_get {
	struct an_client_operation operation;
	bool began;
	struct an_record_get get;
};

static struct chunk_get *get_of(struct an_client_operation *operation)
{
	return an_container_of(operation, struct chunk_get, operation);
}

static void fetched(struct an_record_get *get)
{
	struct chunk_get *self = an_container_of(get, struct chunk_get, get);
	struct an_client_result *result = &self->operation.result;
	char text[AN_CLIENT_MESSAGE_MAX] = "";
	if (get->status < 0) {
		an_record_get_explain(get, text);
	} else {
		result->content = get->blob;
		result->bytes = get->content;
		result->chunks = 1;
		result->size = get->content.size;
	}
	an_client_end(&self->operation, get->status, "%s", text);
}

static void advance_get(struct an_client_operation *operation)
{
	struct chunk_get *self = get_of(operation);
	if (self->began)
		return;
	self->began = true;
	self->get.client = operation->client;
	self->get.done = fetched;
	an_record_get_start(&self->get);
}

static void stop_get(struct an_client_operation *operation)
{
	an_record_get_stop(&get_of(operation)->get);
}

static void release_get(struct an_client_operation *operation)
{
	an_free(get_of(operation));
}

an_status an_client_chunk_get(struct an_client *client,
                              const uint8_t address[AN_CLIENT_ADDRESS_SIZE], an_client_done *done,
                              void *context, uint64_t *ret_id)
{
	static const struct an_client_operation_kind kind = {advance_get, stop_get, release_get};
	struct chunk_get *self = an_calloc(1, sizeof(*self));
	if (self == NULL)
		return AUTONOMI_E_NO_MEMORY;
	memcpy(self->get.name, address, sizeof(self->get.name));
	an_client_begin(client, &self->operation, &kind, done, context, ret_id);
	return AUTONOMI_OK;
}
