/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scenarios in which every node does its best. */
#include <stdio.h>

#include <autonomi/directory.h>

#include "sim/memory.h"
#include "sim/scenario.h"

enum { LOOKUPS = 20, SMALLEST_MTU = 1280 };

void an_sim_join(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	if (!an_sim_grow(fleet, arguments))
		return;
	an_sim_say(fleet, "peers in all tables: %llu",
	           (unsigned long long)an_sim_fleet_counter(fleet, "table_peers"));
	struct an_sim_node *client = an_sim_fleet_client(fleet);
	if (client == NULL || !an_sim_step(fleet, "a client looks up names"))
		return;
	an_sim_fleet_expect_closest(client, LOOKUPS);
	if (!an_sim_step(fleet, "time passes"))
		return;
	an_sim_pass(fleet, AN_HOURS(arguments->hours > 0 ? arguments->hours : 1));
	an_sim_say(fleet, "peers in all tables: %llu",
	           (unsigned long long)an_sim_fleet_counter(fleet, "table_peers"));
	an_sim_fleet_wait_joined(fleet, 1);
	an_sim_fleet_expect_closest(client, LOOKUPS);
}

static bool put_mixed(struct an_sim_node *client, uint64_t copies)
{
	return an_sim_put(client, 20, 1024, 10, copies) &&
	       an_sim_put(client, 5, 100000, 5, copies) &&
	       an_sim_put(client, 1, 4194304, 1, copies);
}

void an_sim_put_get(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	if (!an_sim_grow(fleet, arguments))
		return;
	struct an_sim_node *writer = an_sim_fleet_client(fleet);
	if (writer != NULL && an_sim_step(fleet, "a client puts 26 chunks") &&
	    put_mixed(writer, an_sim_full_copies(arguments)))
		an_sim_get_all(fleet);
}

void an_sim_ip4(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	fleet->ip4 = true;
	an_sim_put_get(fleet, arguments);
}

void an_sim_lossy(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	an_sim_world_set_link(fleet->world, &an_sim_bad_link);
	an_sim_put_get(fleet, arguments);
}

void an_sim_mtu(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	for (size_t i = 0; i < arguments->nodes && !fleet->failed; i++) {
		struct an_sim_node *node = an_sim_node_add(fleet, false);
		if (an_sim_is_unlucky(i))
			an_sim_host_set_mtu(node->host, SMALLEST_MTU);
		an_sim_node_start(node);
		an_sim_pass(fleet, AN_MS(200));
	}
	if (!an_sim_fleet_wait_joined(fleet, AN_MINUTES(5)))
		return;
	struct an_sim_node *writer = an_sim_fleet_client(fleet);
	if (writer != NULL && an_sim_step(fleet, "a client puts 26 chunks") &&
	    put_mixed(writer, an_sim_full_copies(arguments)))
		an_sim_get_all(fleet);
}

/* A client behind a slow line; its chunks take minutes, and nobody may lose patience meanwhile. */
static void put_and_get_behind(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments,
                               uint64_t bytes_per_second)
{
	const struct an_sim_link line = {
		.latency = 40000,
		.jitter = 5000,
		.bytes_per_second = bytes_per_second,
		.queue_bytes = 128 << 10,
	};
	if (!an_sim_grow(fleet, arguments))
		return;
	struct an_sim_node *client = an_sim_fleet_client(fleet);
	if (client == NULL || !an_sim_step(fleet, "a client behind a slow line puts 4 MiB"))
		return;
	an_sim_host_set_link(client->host, &line);
	if (an_sim_put(client, 1, 4194304, 1, an_sim_full_copies(arguments)) &&
	    an_sim_step(fleet, "and gets them"))
		an_sim_get(client, 0, 1);
}

void an_sim_slow_link(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	put_and_get_behind(fleet, arguments, 250000); /* 2 Mbit/s */
}

void an_sim_slowest_link(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	put_and_get_behind(fleet, arguments, 62500); /* 0.5 Mbit/s */
}

static void write_file(struct an_sim_node *client, const char *path, size_t size)
{
	struct an_sim_file *file = NULL;
	uint8_t *bytes = an_sim_alloc(size);
	an_random_fill(an_sim_world_random(client->fleet->world), bytes, size);
	an_sim_file_open(an_sim_host_disk(client->host), path, AN_FILE_CREATE_NEW, &file);
	an_sim_file_write(file, 0, an_span(bytes, size));
	an_sim_file_close(file);
	free(bytes);
}

static uint8_t *read_file(struct an_sim_node *client, const char *path, size_t *ret_size)
{
	struct an_sim_file *file = NULL;
	uint64_t size = 0;
	if (an_sim_file_open(an_sim_host_disk(client->host), path, AN_FILE_READ, &file) !=
	    AUTONOMI_OK)
		return NULL;
	an_sim_file_size(file, &size);
	uint8_t *bytes = an_sim_alloc(size);
	an_sim_file_read(file, 0, bytes, size, ret_size);
	an_sim_file_close(file);
	return bytes;
}

static bool succeeded(struct an_sim_operation *operation, autonomi_status submitted,
                      const char *what)
{
	const autonomi_event *event = an_sim_operation_end(operation, submitted, what,
	                                                   AN_MINUTES(30));
	return event != NULL &&
	       an_sim_expect(operation->node->fleet, autonomi_event_status(event) == AUTONOMI_OK,
	                     "%s failed: %s (%s)", what,
	                     autonomi_status_name(autonomi_event_status(event)),
	                     autonomi_event_message(event));
}

static struct an_sim_operation *upload(struct an_sim_node *writer, uint32_t flags)
{
	struct an_sim_operation *operation = an_sim_operation_new(writer);
	const autonomi_status status = autonomi_file_upload(writer->node, "/file", flags,
	                                                    operation->tag, NULL);
	return succeeded(operation, status, "an upload") ? operation : NULL;
}

static bool download(struct an_sim_node *reader, const struct an_sim_operation *source)
{
	size_t size = 0;
	const uint8_t *data = autonomi_event_data(source->event, &size);
	struct an_sim_operation *operation = an_sim_operation_new(reader);
	const autonomi_status status = autonomi_file_download(reader->node, data, size, "/copy",
	                                                      AUTONOMI_DOWNLOAD_REPLACE,
	                                                      operation->tag, NULL);
	return succeeded(operation, status, "a download");
}

static bool is_same_file(struct an_sim_node *writer, const char *path, struct an_sim_node *reader,
                         const char *copy)
{
	size_t sent_size = 0, got_size = 0;
	uint8_t *sent = read_file(writer, path, &sent_size);
	uint8_t *got = read_file(reader, copy, &got_size);
	const bool is_same = got != NULL && sent_size == got_size &&
	                     memcmp(sent, got, got_size) == 0;
	free(sent);
	free(got);
	return is_same;
}

static void send_file(struct an_sim_node *writer, struct an_sim_node *reader, size_t size,
                      uint32_t flags)
{
	struct an_sim_fleet *fleet = writer->fleet;
	an_sim_say(fleet, "a file of %zu bytes goes up and comes down", size);
	write_file(writer, "/file", size);
	const struct an_sim_operation *uploaded = upload(writer, flags);
	if (uploaded == NULL || !download(reader, uploaded))
		return;
	an_sim_expect(fleet, is_same_file(writer, "/file", reader, "/copy"),
	              "a file came back changed");
	an_sim_path_remove(an_sim_host_disk(writer->host), "/file");
}

enum { TREE_FILES = 12 };

static void name_tree_file(char *path, size_t size, const char *root, size_t number)
{
	snprintf(path, size, "%s/tree/%s%zu", root, number % 2 == 0 ? "" : "below/", number);
}

static struct an_sim_operation *upload_tree(struct an_sim_node *writer)
{
	char path[64];
	struct an_sim_disk *disk = an_sim_host_disk(writer->host);
	an_sim_path_make_directory(disk, "/tree");
	an_sim_path_make_directory(disk, "/tree/below");
	for (size_t i = 0; i < TREE_FILES; i++) {
		name_tree_file(path, sizeof(path), "", i);
		write_file(writer, path, 3 + i * i * 20000);
	}
	struct an_sim_operation *operation = an_sim_operation_new(writer);
	const autonomi_status status = autonomi_directory_upload(writer->node, "/tree", 0,
	                                                         operation->tag, NULL);
	return succeeded(operation, status, "the upload of a directory") ? operation : NULL;
}

static bool download_tree(struct an_sim_node *reader, const struct an_sim_operation *source)
{
	size_t size = 0;
	const uint8_t *data = autonomi_event_data(source->event, &size);
	struct an_sim_operation *operation = an_sim_operation_new(reader);
	const autonomi_status status = autonomi_directory_download(reader->node, data, size, "/got",
	                                                           0, operation->tag, NULL);
	return succeeded(operation, status, "the download of a directory");
}

static void send_directory(struct an_sim_node *writer, struct an_sim_node *reader)
{
	an_sim_say(writer->fleet, "a directory of %d files goes up and comes down", TREE_FILES);
	const struct an_sim_operation *uploaded = upload_tree(writer);
	if (uploaded == NULL || !download_tree(reader, uploaded))
		return;
	for (size_t i = 0; i < TREE_FILES; i++) {
		char path[64], copy[64];
		name_tree_file(path, sizeof(path), "", i);
		name_tree_file(copy, sizeof(copy), "/got", i);
		an_sim_expect(writer->fleet, is_same_file(writer, path, reader, copy),
		              "a file of the directory came back changed");
	}
}

void an_sim_files(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	static const size_t sizes[] = {3, 1 << 20, (4 << 20) + 1, 20000000};
	if (!an_sim_grow(fleet, arguments))
		return;
	struct an_sim_node *writer = an_sim_fleet_client(fleet);
	struct an_sim_node *reader = writer != NULL ? an_sim_fleet_client(fleet) : NULL;
	for (size_t i = 0; reader != NULL && i < sizeof(sizes) / sizeof(sizes[0]); i++)
		if (!fleet->failed)
			send_file(writer, reader, sizes[i],
			          i % 2 == 0 ? AUTONOMI_UPLOAD_PUBLIC : 0);
	if (reader != NULL && !fleet->failed)
		send_directory(writer, reader);
}

static void begin_puts(struct an_sim_node *client, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		uint8_t content[3000];
		an_random_fill(an_sim_world_random(client->fleet->world), content, sizeof(content));
		struct an_sim_operation *put = an_sim_operation_new(client);
		const autonomi_status status = autonomi_chunk_put(client->node, content,
		                                                  sizeof(content), put->tag, NULL);
		an_sim_expect(client->fleet, status == AUTONOMI_OK, "a put was refused: %s",
		              autonomi_status_name(status));
	}
}

/* All operations of a process that closed must have completed before its last event. */
static void expect_completed(struct an_sim_node *node)
{
	const struct an_sim_operation *operation = node->fleet->operations;
	for (; operation != NULL; operation = operation->next)
		an_sim_expect(node->fleet, operation->node != node || operation->completions == 1,
		              "node %zu closed before an operation completed", node->index);
}

void an_sim_close(struct an_sim_fleet *fleet, const struct an_sim_arguments *arguments)
{
	static const an_time_us graces[] = {0, 30000, 100000, 1000000, 30000000};
	if (!an_sim_grow(fleet, arguments))
		return;
	for (size_t i = 0; i < sizeof(graces) / sizeof(graces[0]) && !fleet->failed; i++) {
		struct an_sim_node *client = an_sim_fleet_client(fleet);
		if (client == NULL)
			return;
		an_sim_say(fleet, "a client closes within %llu ms",
		           (unsigned long long)graces[i] / 1000);
		begin_puts(client, 20);
		an_sim_pass(fleet, AN_MS(20));
		an_sim_node_close(client, graces[i]);
		expect_completed(client);
	}
	struct an_sim_node *writer = an_sim_fleet_client(fleet);
	if (writer == NULL || !an_sim_put(writer, 20, 1024, 10, an_sim_full_copies(arguments)))
		return;
	an_sim_step(fleet, "two nodes close and come back");
	for (size_t i = 1; i <= 2 && i < arguments->nodes && !fleet->failed; i++) {
		struct an_sim_node *node = fleet->nodes[i];
		an_sim_node_close(node, AN_SECONDS(5));
		an_sim_pass(fleet, AN_SECONDS(30));
		if (an_sim_node_start(node))
			an_sim_node_expect_records(node);
	}
	an_sim_fleet_wait_joined(fleet, AN_MINUTES(5));
	an_sim_get_all(fleet);
}
