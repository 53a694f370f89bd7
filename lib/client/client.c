/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/internal.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/memory.h"
#include "client/retry.h"

enum { SILENT_ROUND_TRIPS = 4 };

an_time_us an_client_now(const struct an_client *client)
{
	return client->network.now(client->network.context);
}

void an_client_set_timer(struct an_client *client, struct an_client_timer *timer, an_time_us when)
{
	an_heap_set(&client->timers, &timer->node, when);
}

an_time_us an_client_backoff(struct an_client *client, an_time_us base, unsigned doublings,
                             an_time_us most)
{
	an_time_us wait = base;
	for (unsigned i = 0; i < doublings && wait < most; i++)
		wait *= 2;
	if (wait > most)
		wait = most;
	return wait + an_random_below(client->random, wait / 4 + 1);
}

an_time_us an_client_retry_wait(struct an_client *client, unsigned attempt)
{
	const an_time_us wait = an_retry_wait(attempt);
	return an_client_backoff(client, wait, 0, wait);
}

an_time_us an_client_request_timeout(const struct an_client *client, size_t size)
{
	return an_time_after(client->profile->request_timeout,
	                     AN_SECONDS(size / AN_CLIENT_SLOWEST_RATE));
}

an_time_us an_client_silence(const struct an_client *client, an_time_us rtt)
{
	return an_time_later(an_round_trip_late(&client->round_trip, client->profile),
	                     SILENT_ROUND_TRIPS * rtt);
}

const char *an_client_name_text(const uint8_t name[AN_RECORD_NAME_SIZE],
                                char text[AN_CLIENT_NAME_TEXT_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < AN_RECORD_NAME_SIZE; i++) {
		text[2 * i] = digits[name[i] >> 4];
		text[2 * i + 1] = digits[name[i] & 15];
	}
	text[2 * AN_RECORD_NAME_SIZE] = '\0';
	return text;
}

const char *an_client_kind_text(enum an_record_type type)
{
	static const char *const names[] = {"chunk", "graph entry", "pointer", "scratchpad"};
	return names[type];
}

an_status an_client_new(const struct an_client_config *config,
                        const struct an_client_network *network, struct an_client **ret_client)
{
	struct an_client *client = an_calloc(1, sizeof(*client));
	if (client == NULL)
		return AUTONOMI_E_NO_MEMORY;
	if (config->data_directory != NULL) {
		client->data_directory = an_strdup(config->data_directory);
		if (client->data_directory == NULL) {
			an_free(client);
			return AUTONOMI_E_NO_MEMORY;
		}
	}
	client->sys = config->sys;
	client->network = *network;
	client->profile = network->profile;
	client->parallel_puts = config->parallel_puts > 0 ? config->parallel_puts : 1;
	client->parallel_gets = config->parallel_gets > 0 ? config->parallel_gets : 1;
	client->memory_max = config->memory_max;
	client->random = config->random;
	client->logger = config->logger;
	client->self = config->self;
	client->is_node = config->is_node;
	client->private_addresses = config->private_addresses;
	client->spare_gets = AN_CLIENT_SPARES_FIRST;
	client->spare_puts = AN_CLIENT_SPARES_FIRST;
	an_heap_init(&client->timers);
	an_list_init(&client->operations);
	an_list_init(&client->works);
	*ret_client = client;
	return AUTONOMI_OK;
}

static struct an_client_work *work_at(struct an_list *link)
{
	return an_container_of(link, struct an_client_work, link);
}

static struct an_client_operation *operation_at(struct an_list *link)
{
	return an_container_of(link, struct an_client_operation, link);
}

static void release_operation(struct an_client_operation *operation)
{
	an_list_remove(&operation->link);
	/* Once more: a step that was under way when the operation ended may have begun something. */
	operation->kind->stop(operation);
	an_client_set_timer(operation->client, &operation->timer, AN_TIME_NEVER);
	an_blob_unref(operation->result.content);
	operation->kind->release(operation);
}

struct an_client *an_client_free(struct an_client *client)
{
	if (client == NULL)
		return NULL;
	struct an_list *link;
	for (link = an_list_first(&client->operations); link != NULL;
	     link = an_list_next(&client->operations, link))
		operation_at(link)->kind->stop(operation_at(link));
	while ((link = an_list_take(&client->works)) != NULL) {
		if (work_at(link)->release != NULL)
			work_at(link)->release(work_at(link));
	}
	/* The youngest first: what an operation began may use what it has. */
	while ((link = an_list_last(&client->operations)) != NULL)
		release_operation(operation_at(link));
	an_free(client->data_directory);
	an_free(client);
	return NULL;
}

/* ---- Jobs. */
static void work_done(struct an_job *job)
{
	struct an_client_work *work = an_container_of(job, struct an_client_work, job);
	struct an_client_operation *operation = work->operation;
	/* It has no result, and the client is freed next: that releases it. */
	if (job->skipped)
		return;
	an_list_remove(&work->link);
	if (operation != NULL) {
		operation->works--;
		an_client_soon(operation);
	}
	if (operation == NULL || !operation->over)
		work->finished(work);
}

void an_client_submit(struct an_client *client, struct an_client_work *work, enum an_job_lane lane,
                      void (*run)(struct an_job *job))
{
	work->job = (struct an_job){.lane = lane, .run = run, .done = work_done};
	work->client = client;
	an_list_append(&client->works, &work->link);
	client->network.submit(client->network.context, &work->job);
}

void an_client_operation_submit(struct an_client_operation *operation, struct an_client_work *work,
                                enum an_job_lane lane, void (*run)(struct an_job *job),
                                void (*finished)(struct an_client_work *work))
{
	work->operation = operation;
	work->finished = finished;
	operation->works++;
	an_client_submit(operation->client, work, lane, run);
}

/* ---- Operations. */
static void finish(struct an_client_operation *operation)
{
	/* Out of the list first: `done` may cancel whatever it likes. */
	an_list_remove(&operation->link);
	if (operation->done != NULL)
		operation->done(operation->context, &operation->result);
	release_operation(operation);
}

static void advance(struct an_client_timer *timer)
{
	struct an_client_operation *operation = an_container_of(timer, struct an_client_operation,
	                                                        timer);
	if (!operation->over)
		operation->kind->advance(operation);
	if (operation->over && operation->works == 0)
		finish(operation);
}

void an_client_soon(struct an_client_operation *operation)
{
	an_client_set_timer(operation->client, &operation->timer, 0);
}

void an_client_begin(struct an_client *client, struct an_client_operation *operation,
                     const struct an_client_operation_kind *kind, an_client_done *done,
                     void *context, uint64_t *ret_id)
{
	operation->client = client;
	operation->kind = kind;
	operation->id = ++client->last_id;
	operation->done = done;
	operation->context = context;
	operation->timer.fire = advance;
	an_list_append(&client->operations, &operation->link);
	an_client_soon(operation);
	if (ret_id != NULL)
		*ret_id = operation->id;
}

void an_client_end(struct an_client_operation *operation, an_status status, const char *format, ...)
{
	if (operation->over)
		return;
	operation->over = true;
	operation->result.status = status;
	if (status < 0) {
		va_list arguments;
		va_start(arguments, format);
		vsnprintf(operation->result.message, sizeof(operation->result.message), format,
		          arguments);
		va_end(arguments);
	}
	operation->kind->stop(operation);
	an_client_soon(operation);
}

void an_client_end_no_memory(struct an_client_operation *operation)
{
	an_client_end(operation, AUTONOMI_E_NO_MEMORY,
	              "there is not enough memory for this operation; free some and try again");
}

void an_client_cancel(struct an_client *client, uint64_t id)
{
	for (struct an_list *link = an_list_first(&client->operations); link != NULL;
	     link = an_list_next(&client->operations, link)) {
		if (operation_at(link)->id != id)
			continue;
		an_client_end(operation_at(link), AUTONOMI_E_CANCELLED,
		              "the operation was cancelled");
		return;
	}
}

void an_client_memory_freed(struct an_client *client, size_t size)
{
	client->memory_used -= size;
	for (struct an_list *link = an_list_first(&client->operations); link != NULL;
	     link = an_list_next(&client->operations, link))
		an_client_soon(operation_at(link));
}

an_time_us an_client_deadline(const struct an_client *client)
{
	return an_heap_deadline(&client->timers);
}

void an_client_expire(struct an_client *client, an_time_us now)
{
	struct an_heap_node *node;
	while ((node = an_heap_take_due(&client->timers, now)) != NULL) {
		struct an_client_timer *timer = an_container_of(node, struct an_client_timer, node);
		timer->fire(timer);
	}
}
