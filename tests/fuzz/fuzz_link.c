/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two real links, connected, of which each sometimes says something else than it means: what goes out
 * on a stream is replaced by bytes of the input, kind byte included (the linker wraps the function
 * that sends). The input is a list of actions; an answer to a request is an action too. However it
 * goes, every request ends exactly once.
 */
#include <stdlib.h>
#include <string.h>

#include "crypt/library.h"
#include "link/link.h"
#include "quic/quic.h"
#include "script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	ENDS = 2,
	ASKS_MAX = 64,
	HELD_MAX = 16,
	LARGE_UNIT = 512, /* bytes of a large message, times a byte of the input */
	TURNS_MAX = 20000,
};

struct ask {
	uint64_t id;
	unsigned replies;
	bool cancelled;
};

struct end {
	struct an_link *link;
	struct an_endpoint address;
	struct an_random random;
	uint64_t held[HELD_MAX]; /* requests not answered yet */
	size_t held_count;
};

static struct {
	struct script script;
	bool lies; /* the next message is replaced */
	an_time_us now;
	struct end ends[ENDS];
	struct ask asks[ASKS_MAX];
	size_t ask_count;
} scene;

static struct an_random entropy;
static struct an_key_pair key_pairs[ENDS];

an_status __real_an_quic_stream_send(struct an_quic_stream *stream, struct an_blob *const *parts,
                                     size_t count);
an_status __wrap_an_quic_stream_send(struct an_quic_stream *stream, struct an_blob *const *parts,
                                     size_t count);

static struct an_blob *bytes_of_input(void)
{
	struct an_blob *blob = an_blob_copy(script_bytes(&scene.script, UINT8_MAX));
	if (blob == NULL)
		abort();
	return blob;
}

an_status __wrap_an_quic_stream_send(struct an_quic_stream *stream, struct an_blob *const *parts,
                                     size_t count)
{
	if (!scene.lies)
		return __real_an_quic_stream_send(stream, parts, count);
	scene.lies = false;
	struct an_blob *first = bytes_of_input();
	struct an_blob *filler = an_blob_new((size_t)script_byte(&scene.script) * LARGE_UNIT);
	if (filler == NULL)
		abort();
	memset(filler->data, 0, filler->size);
	struct an_blob *const said[2] = {first, filler};
	const an_status status = __real_an_quic_stream_send(stream, said, 2);
	an_blob_unref(first);
	an_blob_unref(filler);
	return status;
}

static an_status give_entropy(void *context, uint8_t *out, size_t size)
{
	(void)context;
	an_random_fill(&entropy, out, size);
	return AUTONOMI_OK;
}

static uint64_t give_time(void *context)
{
	(void)context;
	return AN_SECONDS(UINT64_C(1800000000));
}

/* ---- The application ---- */

static void answer(struct end *end, uint64_t inbound, enum an_link_kind kind)
{
	struct an_blob *body = NULL;
	switch (script_byte(&scene.script) % 6) {
	case 0:
	case 1:
		scene.lies = true;
		an_link_reply(end->link, inbound, kind, NULL, 0);
		scene.lies = false;
		break;
	case 2:
		body = bytes_of_input();
		an_link_reply(end->link, inbound, kind, &body, 1);
		an_blob_unref(body);
		break;
	case 3:
		an_link_refuse(end->link, inbound,
		               (enum an_link_code)(script_byte(&scene.script) % 12));
		break;
	case 4:
		an_link_reply(end->link, inbound, AN_LINK_KIND_ADDRESS, NULL, 0);
		break;
	default:
		if (end->held_count < HELD_MAX)
			end->held[end->held_count++] = inbound;
		break;
	}
}

static void on_request(void *context, uint64_t inbound, const struct an_link_peer *peer,
                       const struct an_link_request *request)
{
	(void)peer;
	const size_t limit = request->kind == AN_LINK_KIND_MESSAGE ? 65536 : AN_LINK_KADEMLIA_MAX;
	if (request->body.size > (request->kind == AN_LINK_KIND_ADDRESS ? 0 : limit))
		abort();
	answer(context, inbound, request->kind);
}

static void on_reply(void *context, uint64_t request, const struct an_link_reply *reply)
{
	struct ask *ask = context;
	if (ask->id != request || ask->cancelled || ask->replies > 0)
		abort();
	if (reply->status != AUTONOMI_OK && reply->message != NULL)
		abort();
	ask->replies++;
}

static void on_connected(void *context, const struct an_link_peer *peer)
{
	(void)context;
	if (strlen(peer->agent) >= AN_AGENT_MAX)
		abort();
}

static void on_disconnected(void *context, const struct an_link_peer *peer, an_status why)
{
	(void)context, (void)peer, (void)why;
}

static void on_dial_failed(void *context, const struct an_peer_id *id,
                           const struct an_endpoint *endpoint, an_status why)
{
	(void)context, (void)id, (void)endpoint, (void)why;
}

/* ---- The wire ---- */

static bool carry(struct end *from, struct end *to)
{
	struct an_datagram runs[AN_DATAGRAM_BATCH];
	const size_t count = an_link_output(from->link, runs, AN_DATAGRAM_BATCH, scene.now);
	for (size_t i = 0; i < count; i++) {
		if (!an_endpoint_equal(&runs[i].remote, &to->address))
			continue;
		runs[i].remote = from->address;
		runs[i].local = to->address;
		an_link_input(to->link, &runs[i], 1, scene.now);
	}
	return count > 0;
}

static void settle(void)
{
	bool moved = true;
	for (unsigned turns = 0; moved; turns++) {
		if (turns > TURNS_MAX)
			abort();
		moved = false;
		for (size_t i = 0; i < ENDS; i++) {
			struct end *end = &scene.ends[i];
			if (an_link_deadline(end->link) <= scene.now) {
				an_link_expire(end->link, scene.now);
				moved = true;
			}
			moved = carry(end, &scene.ends[1 - i]) || moved;
		}
	}
}

static void run_for(an_time_us duration)
{
	const an_time_us until = scene.now + duration;
	settle();
	for (;;) {
		const an_time_us next = an_time_earlier(an_link_deadline(scene.ends[0].link),
		                                        an_link_deadline(scene.ends[1].link));
		if (next > until)
			break;
		scene.now = next > scene.now ? next : scene.now;
		settle();
	}
	scene.now = until;
}

/* ---- Actions ---- */

static struct an_contact contact_of(size_t end)
{
	struct an_contact contact = {.id = key_pairs[end].identity.id, .endpoint_count = 1};
	contact.endpoints[0] = scene.ends[end].address;
	return contact;
}

static void ask(size_t from, bool lies)
{
	if (scene.ask_count == ASKS_MAX)
		return;
	struct ask *new_ask = &scene.asks[scene.ask_count];
	const struct an_contact to = contact_of(1 - from);
	const enum an_link_kind kind = (enum an_link_kind)(script_byte(&scene.script) % 3);
	const bool empty = lies || kind == AN_LINK_KIND_ADDRESS;
	struct an_blob *body = empty ? an_blob_new(0) : bytes_of_input();
	if (an_link_ask(scene.ends[from].link, &to, kind, &body, 1,
	                AN_MS(100) * (1 + script_byte(&scene.script)), scene.now, on_reply, new_ask,
	                &new_ask->id) == AUTONOMI_OK)
		scene.ask_count++;
	an_blob_unref(body);
	scene.lies = lies;
	settle();
	scene.lies = false;
}

static void cancel(size_t from)
{
	if (scene.ask_count == 0)
		return;
	const size_t which = script_byte(&scene.script) % scene.ask_count;
	/* The other link may have given the same id to a request of its own. */
	struct ask *old = an_link_cancel(scene.ends[from].link, scene.asks[which].id);
	if (old != NULL)
		old->cancelled = true;
}

static void answer_held(size_t at)
{
	struct end *end = &scene.ends[at];
	if (end->held_count > 0)
		answer(end, end->held[--end->held_count],
		       (enum an_link_kind)(script_byte(&scene.script) % 3));
}

static void act(void)
{
	const uint8_t action = script_byte(&scene.script);
	const size_t end = action >> 7;
	const struct an_contact other = contact_of(1 - end);
	switch (action % 10) {
	case 0:
	case 1:
	case 2:
		ask(end, true);
		break;
	case 3:
		ask(end, false);
		break;
	case 4:
		answer_held(end);
		break;
	case 5:
		cancel(end);
		break;
	case 6:
		run_for(AN_MS(16) * script_byte(&scene.script));
		break;
	case 7:
		an_link_disconnect(scene.ends[end].link, &other.id,
		                   (enum an_link_code)(script_byte(&scene.script) % 12));
		break;
	case 8:
		(void)an_link_dial(scene.ends[end].link, &other, scene.now);
		break;
	default:
		/* Without settling: what comes next happens at the same time. */
		return;
	}
	settle();
}

/* ---- From beginning to end ---- */

static void begin_end(size_t i, const struct an_profile *profile)
{
	struct end *end = &scene.ends[i];
	const uint8_t seed[AN_RANDOM_SEED_SIZE] = {(uint8_t)(i + 1)};
	an_random_init(&end->random, seed);
	end->address = an_endpoint_ip4(10, 0, 0, (uint8_t)(i + 1), 4000);
	const struct an_link_events events = {
		.context = end,
		.connected = on_connected,
		.disconnected = on_disconnected,
		.request = on_request,
		.dial_failed = on_dial_failed,
	};
	const struct an_link_config config = {
		.profile = profile,
		.key_pair = &key_pairs[i],
		.version = "0.1.0",
		.limits = {.connections = 8,
	                   .handshakes = 4,
	                   .connections_per_address = 4,
	                   .requests_per_peer = 16,
	                   .requests = 16,
	                   .inbound_bytes = 262144,
	                   .inbound_bytes_per_peer = 131072,
	                   .outbound_requests = ASKS_MAX},
		.random = &end->random,
	};
	if (an_link_new(&config, &events, &end->link) != AUTONOMI_OK)
		abort();
}

static void begin(void)
{
	static const uint8_t seed[AN_RANDOM_SEED_SIZE] = {9};
	static struct an_profile profile;
	profile = an_profile_autonomi;
	profile.request_max = profile.response_max = 65536;
	an_random_init(&entropy, seed);
	if (an_quic_library_start() != AUTONOMI_OK ||
	    an_crypt_library_set(give_entropy, give_time, NULL) != AUTONOMI_OK)
		abort();
	for (size_t i = 0; i < ENDS; i++) {
		const uint8_t secret[AN_KEY_SECRET_SIZE] = {(uint8_t)(i + 1)};
		if (key_pairs[i].identity.id.size == 0 &&
		    an_key_pair_from_secret(&key_pairs[i], secret) != AUTONOMI_OK)
			abort();
		begin_end(i, &profile);
	}
}

static void end_all(void)
{
	for (size_t i = 0; i < ENDS; i++)
		an_link_close(scene.ends[i].link, scene.now + AN_SECONDS(1));
	run_for(AN_SECONDS(30));
	for (size_t i = 0; i < scene.ask_count; i++) {
		if (scene.asks[i].replies != (scene.asks[i].cancelled ? 0 : 1))
			abort();
	}
	for (size_t i = 0; i < ENDS; i++) {
		struct an_link_counters counters;
		an_link_count(scene.ends[i].link, &counters);
		if (!an_link_closed(scene.ends[i].link) || counters.inbound_requests != 0 ||
		    counters.inbound_bytes != 0 || counters.connections != 0)
			abort();
		an_link_free(scene.ends[i].link);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	memset(&scene, 0, sizeof(scene));
	scene.script.rest = an_span(data, size);
	scene.now = AN_SECONDS(1000);
	begin();
	while (scene.script.rest.size > 0)
		act();
	end_all();
	return 0;
}
