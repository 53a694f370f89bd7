/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations of the host on what this node itself holds: read, write, tell the neighbours. */
#include "base/memory.h"
#include "node/host.h"
#include "node/replicate.h"
#include "node/serve.h"

/* What the disk has begun is not taken back: it ends soon. */
static void cancel_later(struct an_operation *operation)
{
	(void)operation;
}

static an_status begin(struct an_node *node, size_t room, uint64_t tag,
                       struct an_operation **ret_operation)
{
	return an_operation_begin(node, tag, room + AN_HOST_SMALL_COMPLETION, cancel_later,
	                          ret_operation);
}

static void end(struct an_operation *operation, an_status status)
{
	an_operation_complete(operation, operation->cancelled ? AUTONOMI_E_CANCELLED : status);
}

static void was_read(void *context, const struct an_store_result *result)
{
	struct an_operation *operation = context;
	an_status status = result->status;
	if (status == AUTONOMI_OK && !operation->cancelled)
		status = an_event_set_data(operation->completion, result->value, result->bytes);
	end(operation, status);
}

an_status an_node_stored_read(struct an_node *node, const uint8_t key[AN_RECORD_KEY_SIZE],
                              uint64_t tag, autonomi_op *ret_op)
{
	struct an_operation *operation = NULL;
	an_status status = begin(node, node->profile.record_value_max, tag, &operation);
	if (status != AUTONOMI_OK)
		return status;
	status = an_store_get(node->store, key, was_read, operation);
	return an_host_submitted(operation, status, ret_op);
}

/* ---- Write. */

struct stored_write {
	struct an_operation *operation;
	uint8_t key[AN_RECORD_KEY_SIZE];
};

static void release_write(void *context)
{
	an_free(context);
}

/* In the words that a peer would be told. */
static void say_why(struct stored_write *self, const struct an_admission_verdict *verdict)
{
	struct an_protocol_error error;
	struct an_buffer text, words;
	an_buffer_init(&text, AN_MESSAGE_OVERHEAD_MAX);
	an_buffer_init(&words, AN_MESSAGE_OVERHEAD_MAX);
	an_admission_error(verdict, self->key, &text, &error);
	an_error_display(&error, &words);
	if (words.failed == AUTONOMI_OK)
		an_event_say(self->operation->completion, "%.*s", (int)words.size,
		             (const char *)words.data);
	an_buffer_done(&words);
	an_buffer_done(&text);
}

static void was_written(void *context, const struct an_admission_verdict *verdict)
{
	struct stored_write *self = context;
	if (verdict->status < 0 && !an_serve_is_busy(verdict->status))
		say_why(self, verdict);
	end(self->operation, verdict->status);
}

/* Judged as if we had brought it to ourselves. */
static an_status admit(struct an_node *node, struct stored_write *self, struct an_span value)
{
	struct an_blob *blob = an_blob_copy(value);
	if (blob == NULL)
		return AUTONOMI_E_NO_MEMORY;
	struct an_admission admission = {.source = AN_ADMISSION_CLIENT,
	                                 .peer = &node->key_pair.identity.id,
	                                 .value = blob,
	                                 .bytes = an_blob_span(blob)};
	memcpy(admission.key, self->key, sizeof(admission.key));
	const an_status status = an_admit(node->admissions, &admission, was_written, self);
	an_blob_unref(blob);
	return status;
}

an_status an_node_stored_write(struct an_node *node, const uint8_t key[AN_RECORD_KEY_SIZE],
                               struct an_span value, uint64_t tag, autonomi_op *ret_op)
{
	struct stored_write *self = an_calloc(1, sizeof(*self));
	if (self == NULL)
		return AUTONOMI_E_NO_MEMORY;
	an_status status = begin(node, 0, tag, &self->operation);
	if (status != AUTONOMI_OK) {
		an_free(self);
		return status;
	}
	self->operation->context = self;
	self->operation->release = release_write;
	memcpy(self->key, key, sizeof(self->key));
	/* What is refused at once is complete, and freed, when this returns. */
	const autonomi_op id = self->operation->id;
	struct an_operation *operation = self->operation;
	status = admit(node, self, value);
	if (status != AUTONOMI_OK)
		an_operation_abandon(operation);
	else if (ret_op != NULL)
		*ret_op = id;
	an_node_touch(node);
	return status;
}

/* ---- Replicate. */

an_status an_node_trigger_replication(struct an_node *node, uint64_t tag, autonomi_op *ret_op)
{
	struct an_operation *operation = NULL;
	const an_status status = begin(node, 0, tag, &operation);
	if (status != AUTONOMI_OK)
		return status;
	if (ret_op != NULL)
		*ret_op = operation->id;
	const an_status begun = an_repl_trigger(node->replication->repl, an_node_now(node));
	if (begun == AUTONOMI_E_BUSY)
		an_event_say(operation->completion,
		             "a round began a moment ago or is under way; at most one begins in "
		             "%llu s",
		             (unsigned long long)(node->profile.replication_spacing /
		                                  AN_SECONDS(1)));
	an_operation_complete(operation, begun);
	return AUTONOMI_OK;
}
