/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kad/cache_file.h"

#include "ident/multiaddr.h"
#include "kad/cache_json.h"

enum { NANOSECONDS = 1000000000 };

struct file {
	struct an_kad_json json;
	enum an_kad_file_form form;
	const char *network_version;
	const struct an_kad_file_sink *sink;
	struct an_kad_file_head *head;
};

static bool text_is(const struct an_kad_json_text *text, const char *wanted)
{
	return an_span_equal(an_span(text->bytes, text->size), an_span_text(wanted));
}

static an_status status_of(const struct file *file, bool read)
{
	return read && !file->json.failed ? AUTONOMI_OK : AUTONOMI_E_CORRUPT;
}

/* ---- Peers. */

static an_status tell_address(struct file *file, const struct an_kad_json_text *text)
{
	struct an_buffer bytes;
	an_buffer_init(&bytes, AN_MULTIADDR_MAX);
	an_status status = an_multiaddr_from_text(&bytes, an_span(text->bytes, text->size), NULL);
	if (status == AUTONOMI_OK)
		status = file->sink->address(file->sink->context, an_buffer_span(&bytes));
	else if (status != AUTONOMI_E_NO_MEMORY)
		status = AUTONOMI_E_CORRUPT;
	an_buffer_done(&bytes);
	return status;
}

static an_status tell_peer(struct file *file, const struct an_kad_json_text *text)
{
	struct an_peer_id id;
	if (an_peer_id_from_text(&id, an_span(text->bytes, text->size)) != AUTONOMI_OK)
		return AUTONOMI_E_CORRUPT;
	return file->sink->peer(file->sink->context, &id);
}

static an_status read_addresses(struct file *file)
{
	if (!an_kad_json_open(&file->json, '['))
		return AUTONOMI_E_CORRUPT;
	while (an_kad_json_more(&file->json, ']')) {
		struct an_kad_json_text text;
		if (!an_kad_json_string(&file->json, &text))
			return AUTONOMI_E_CORRUPT;
		const an_status status = tell_address(file, &text);
		if (status != AUTONOMI_OK)
			return status;
	}
	return status_of(file, true);
}

/* Version 1: ["ID", ["ADDRESS", ...]] */
static an_status read_peer(struct file *file)
{
	struct an_kad_json *json = &file->json;
	struct an_kad_json_text id;
	if (!an_kad_json_open(json, '[') || !an_kad_json_more(json, ']') ||
	    !an_kad_json_string(json, &id))
		return AUTONOMI_E_CORRUPT;
	an_status status = tell_peer(file, &id);
	if (status == AUTONOMI_OK && !an_kad_json_more(json, ']'))
		status = AUTONOMI_E_CORRUPT;
	if (status == AUTONOMI_OK)
		status = read_addresses(file);
	if (status != AUTONOMI_OK)
		return status;
	return status_of(file, !an_kad_json_more(json, ']'));
}

/* {"secs_since_epoch": 1, "nanos_since_epoch": 2} and nothing else; whole seconds among the
 * nanoseconds are carried over, as Rust's SystemTime does. */
static bool read_time(struct an_kad_json *json, struct an_kad_file_head *ret_time)
{
	static const char *const names[] = {"secs_since_epoch", "nanos_since_epoch"};
	uint64_t parts[2] = {0, 0};
	unsigned seen = 0;
	if (!an_kad_json_open(json, '{'))
		return false;
	while (an_kad_json_more(json, '}')) {
		struct an_kad_json_text name;
		if (!an_kad_json_name(json, &name))
			return false;
		const size_t i = text_is(&name, names[1]) ? 1 : 0;
		if (!text_is(&name, names[i]) || (seen & 1u << i) != 0 ||
		    !an_kad_json_number(json, &parts[i]))
			return false;
		seen |= 1u << i;
	}
	if (seen != 3 || json->failed || parts[1] > UINT32_MAX ||
	    parts[0] > (uint64_t)INT64_MAX - parts[1] / NANOSECONDS)
		return false;
	ret_time->seconds = parts[0] + parts[1] / NANOSECONDS;
	ret_time->nanoseconds = (uint32_t)(parts[1] % NANOSECONDS);
	return true;
}

enum { OLD_ADDRESS, OLD_SUCCESSES, OLD_FAILURES, OLD_SEEN, OLD_FIELDS };

static size_t old_field_of(const struct an_kad_json_text *name)
{
	static const char *const names[] = {"addr", "success_count", "failure_count", "last_seen"};
	size_t i = 0;
	while (i < OLD_FIELDS && !text_is(name, names[i]))
		i++;
	return i;
}

static bool read_old_field(struct file *file, size_t field, struct an_kad_json_text *address)
{
	struct an_kad_file_head time;
	uint64_t count;
	switch (field) {
	case OLD_ADDRESS:
		return an_kad_json_string(&file->json, address);
	case OLD_SEEN:
		return read_time(&file->json, &time);
	case OLD_FIELDS:
		return an_kad_json_skip(&file->json);
	default:
		return an_kad_json_number(&file->json, &count) && count <= UINT32_MAX;
	}
}

/* {"addr": "ADDRESS", "success_count": 1, "failure_count": 2, "last_seen": TIME} */
static an_status read_old_address(struct file *file)
{
	struct an_kad_json_text name, address;
	unsigned seen = 0;
	if (!an_kad_json_open(&file->json, '{'))
		return AUTONOMI_E_CORRUPT;
	while (an_kad_json_more(&file->json, '}')) {
		if (!an_kad_json_name(&file->json, &name))
			return AUTONOMI_E_CORRUPT;
		const size_t field = old_field_of(&name);
		const unsigned bit = field < OLD_FIELDS ? 1u << field : 0;
		if ((seen & bit) != 0 || !read_old_field(file, field, &address))
			return AUTONOMI_E_CORRUPT;
		seen |= bit;
	}
	if (file->json.failed || seen != (1u << OLD_FIELDS) - 1)
		return AUTONOMI_E_CORRUPT;
	return tell_address(file, &address);
}

/* Version 0: "ID": [ADDRESS, ...] */
static an_status read_old_peer(struct file *file)
{
	struct an_kad_json_text id;
	if (!an_kad_json_name(&file->json, &id))
		return AUTONOMI_E_CORRUPT;
	an_status status = tell_peer(file, &id);
	if (status == AUTONOMI_OK && !an_kad_json_open(&file->json, '['))
		status = AUTONOMI_E_CORRUPT;
	while (status == AUTONOMI_OK && an_kad_json_more(&file->json, ']'))
		status = read_old_address(file);
	return status != AUTONOMI_OK ? status : status_of(file, true);
}

static an_status read_peers(struct file *file)
{
	const bool old = file->form == AN_KAD_FILE_V0;
	if (!an_kad_json_open(&file->json, old ? '{' : '['))
		return AUTONOMI_E_CORRUPT;
	while (an_kad_json_more(&file->json, old ? '}' : ']')) {
		const an_status status = old ? read_old_peer(file) : read_peer(file);
		if (status != AUTONOMI_OK)
			return status;
	}
	return status_of(file, true);
}

/* ---- The file. */

enum field {
	FIELD_PEERS = 1,
	FIELD_UPDATED = 2,
	FIELD_NETWORK = 4,
	FIELD_VERSION = 8,
};

static unsigned field_of(const struct an_kad_json_text *name)
{
	if (text_is(name, "peers"))
		return FIELD_PEERS;
	if (text_is(name, "last_updated"))
		return FIELD_UPDATED;
	if (text_is(name, "network_version"))
		return FIELD_NETWORK;
	return text_is(name, "cache_version") ? FIELD_VERSION : 0;
}

/* What version 0 does not have is unknown to it. */
static unsigned known_fields(const struct file *file)
{
	const unsigned old = FIELD_PEERS | FIELD_UPDATED | FIELD_NETWORK;
	return file->form == AN_KAD_FILE_V0 ? old : old | FIELD_VERSION;
}

static an_status read_field(struct file *file, unsigned field)
{
	struct an_kad_json *json = &file->json;
	struct an_kad_json_text text;
	switch (field) {
	case FIELD_PEERS:
		return read_peers(file);
	case FIELD_UPDATED:
		return status_of(file, read_time(json, file->head));
	case FIELD_NETWORK:
		if (!an_kad_json_string(json, &text))
			return AUTONOMI_E_CORRUPT;
		file->head->other_network = !text_is(&text, file->network_version);
		return AUTONOMI_OK;
	case FIELD_VERSION:
		return status_of(file, an_kad_json_string(json, &text));
	default:
		return status_of(file, an_kad_json_skip(json));
	}
}

/* Every field must be there, and once; unknown ones do not matter. */
static an_status read_fields(struct file *file)
{
	unsigned seen = 0;
	if (!an_kad_json_open(&file->json, '{'))
		return AUTONOMI_E_CORRUPT;
	while (an_kad_json_more(&file->json, '}')) {
		struct an_kad_json_text name;
		if (!an_kad_json_name(&file->json, &name))
			return AUTONOMI_E_CORRUPT;
		const unsigned field = field_of(&name) & known_fields(file);
		if ((seen & field) != 0)
			return AUTONOMI_E_CORRUPT;
		seen |= field;
		const an_status status = read_field(file, field);
		if (status != AUTONOMI_OK)
			return status;
	}
	return status_of(file, an_kad_json_end(&file->json) && seen == known_fields(file));
}

an_status an_kad_cache_file_read(struct an_span text, enum an_kad_file_form form,
                                 const char *network_version, const struct an_kad_file_sink *sink,
                                 struct an_kad_file_head *ret_head)
{
	*ret_head = (struct an_kad_file_head){0};
	if (text.size > AN_KAD_CACHE_BYTES_MAX)
		return AUTONOMI_E_TOO_LARGE;
	struct file file = {.form = form,
	                    .network_version = network_version,
	                    .sink = sink,
	                    .head = ret_head};
	an_kad_json_init(&file.json, text);
	return read_fields(&file);
}

/* ---- Contact lists. */

/* The first address of each peer, each with two bytes of length in front. */
struct contacts {
	struct an_buffer found;
	bool awaited; /* the peer's first address has not come yet */
};

enum { LENGTH_SIZE = 2 };

static an_status contact_peer(void *context, const struct an_peer_id *id)
{
	struct contacts *contacts = context;
	(void)id;
	contacts->awaited = true;
	return AUTONOMI_OK;
}

static an_status contact_address(void *context, struct an_span multiaddr)
{
	struct contacts *contacts = context;
	if (!contacts->awaited)
		return AUTONOMI_OK;
	contacts->awaited = false;
	(void)an_buffer_append_byte(&contacts->found, (uint8_t)(multiaddr.size >> 8));
	(void)an_buffer_append_byte(&contacts->found, (uint8_t)multiaddr.size);
	return an_buffer_append(&contacts->found, multiaddr);
}

static an_status tell_found(struct an_span found,
                            an_status (*address)(void *context, struct an_span multiaddr),
                            void *context)
{
	an_status status = AUTONOMI_OK;
	while (found.size > LENGTH_SIZE && status == AUTONOMI_OK) {
		const size_t size = (size_t)found.data[0] << 8 | found.data[1];
		status = address(context, an_span(found.data + LENGTH_SIZE, size));
		found = an_span(found.data + LENGTH_SIZE + size, found.size - LENGTH_SIZE - size);
	}
	return status;
}

/* E_CORRUPT where the body is no file of this form. */
static an_status read_as_file(struct an_span body, enum an_kad_file_form form,
                              const char *network_version,
                              an_status (*address)(void *context, struct an_span multiaddr),
                              void *context)
{
	struct contacts contacts = {0};
	struct an_kad_file_head head;
	const struct an_kad_file_sink sink = {contact_peer, contact_address, &contacts};
	an_buffer_init(&contacts.found, AN_KAD_CACHE_BYTES_MAX);
	an_status status = an_kad_cache_file_read(body, form, network_version, &sink, &head);
	if (status == AUTONOMI_OK && !head.other_network)
		status = tell_found(an_buffer_span(&contacts.found), address, context);
	an_buffer_done(&contacts.found);
	return status;
}

static an_status read_line(struct an_span line,
                           an_status (*address)(void *context, struct an_span multiaddr),
                           void *context)
{
	struct an_buffer bytes;
	an_buffer_init(&bytes, 2 * AN_MULTIADDR_MAX);
	an_status status = an_multiaddr_from_text(&bytes, line, NULL);
	const size_t given = bytes.size;
	if (status == AUTONOMI_OK)
		status = an_multiaddr_repair(&bytes, an_buffer_span(&bytes), true);
	if (status == AUTONOMI_OK)
		status = address(context, an_span(bytes.data + given, bytes.size - given));
	else if (status != AUTONOMI_E_NO_MEMORY)
		status = AUTONOMI_OK;
	an_buffer_done(&bytes);
	return status;
}

static an_status read_lines(struct an_span body,
                            an_status (*address)(void *context, struct an_span multiaddr),
                            void *context)
{
	an_status status = AUTONOMI_OK;
	while (body.size > 0 && status == AUTONOMI_OK) {
		const uint8_t *end = memchr(body.data, '\n', body.size);
		const size_t size = end != NULL ? (size_t)(end - body.data) : body.size;
		if (size > 0 && size <= AN_MULTIADDR_TEXT_MAX)
			status = read_line(an_span(body.data, size), address, context);
		const size_t used = end != NULL ? size + 1 : size;
		body = an_span(body.data + used, body.size - used);
	}
	return status;
}

an_status an_kad_contact_list_read(struct an_span body, const char *network_version,
                                   an_status (*address)(void *context, struct an_span multiaddr),
                                   void *context)
{
	an_status status = read_as_file(body, AN_KAD_FILE_V1, network_version, address, context);
	if (status == AUTONOMI_E_CORRUPT)
		status = read_as_file(body, AN_KAD_FILE_V0, network_version, address, context);
	return status == AUTONOMI_E_CORRUPT ? read_lines(body, address, context) : status;
}
