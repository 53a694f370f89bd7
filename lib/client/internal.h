/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The client's own struct, its timers, its jobs and its operations. Nobody outside lib/client includes
 * it.
 *
 * An operation is advanced from an_client_expire only: whatever happens meanwhile (a job is done, a
 * chunk arrived) is noted and calls an_client_soon. So no step of an operation runs inside another,
 * and none inside the call that began it.
 *
 * An operation may begin others, of a directory one for each file. Each counts among its works until its
 * `done` was called; `stop` cancels them. They are younger, so they are released first.
 */
#ifndef AN_CLIENT_INTERNAL_H
#define AN_CLIENT_INTERNAL_H

#include "base/heap.h"
#include "base/list.h"
#include "base/round_trip.h"
#include "client/client.h"
#include "client/suspects.h"
#include "data/record.h"

enum {
	AN_CLIENT_SLOWEST_RATE = 8192, /* bytes per second of one request among many */
	AN_CLIENT_SPARE = 10,          /* tenths: one second request */
	AN_CLIENT_SPARES_FIRST = 40,   /* tenths, when a client begins */
	AN_CLIENT_SPARES_MAX = 80,
};

struct an_client_timer {
	struct an_heap_node node;
	void (*fire)(struct an_client_timer *timer);
};

struct an_client {
	const struct an_sys *sys;
	struct an_client_network network;
	const struct an_profile *profile;
	char *data_directory; /* NULL: uploads do not resume */
	size_t parallel_puts, parallel_gets, memory_max;
	size_t memory_used; /* of chunks that file operations hold */
	struct an_random *random;
	struct an_logger *logger;
	struct an_peer_id self;
	bool is_node, private_addresses;
	struct an_heap timers;
	struct an_list operations;
	struct an_list works; /* jobs that are out */
	uint64_t last_id;
	bool knows_peers;                /* a lookup found some */
	an_time_us first_lookup;         /* 0: none yet */
	struct an_round_trip round_trip; /* of small requests */
	an_time_us get_duration; /* how long a chunk took to come, smoothed; 0: none came yet */
	/* Second requests for chunks that are late, and in place of peers that are silent while they
	 * are sent a record, in tenths: what is left of their budgets. Each chunk that comes and each
	 * copy that is stored adds one tenth, so that they never make up more than a tenth of all. */
	unsigned spare_gets, spare_puts;
	struct an_client_suspects suspects;
};

an_time_us an_client_now(const struct an_client *client);
/* Calls timer->fire at `when`; AN_TIME_NEVER: not at all. */
void an_client_set_timer(struct an_client *client, struct an_client_timer *timer, an_time_us when);
/* `base` doubled `doublings` times, at most `most`, and up to a quarter more by chance, so that those
 * who were refused together do not come back together. */
an_time_us an_client_backoff(struct an_client *client, an_time_us base, unsigned doublings,
                             an_time_us most);

/* The wait after attempt number `attempt` of a whole put or get (semantics 7.2), likewise spread. */
an_time_us an_client_retry_wait(struct an_client *client, unsigned attempt);

/* How long a request with `size` bytes of content, in it or in its answer, may take: nobody's timeout
 * is shorter than the work that it waits for (autonomi-2 10.2 row 5), on a slow line as well. */
an_time_us an_client_request_timeout(const struct an_client *client, size_t size);

/* How long a peer that was asked may be silent before another is asked besides: what round trips took
 * lately, or, where those of this connection take longer, four of them. */
an_time_us an_client_silence(const struct an_client *client, an_time_us rtt);

/* ---- Jobs. A work is embedded in what it works on. Of an operation's works none is out when the
 * operation is released; other works look in `finished` whether they are still wanted. */
struct an_client_operation;

struct an_client_work {
	struct an_job job;
	struct an_list link;
	struct an_client *client;
	struct an_client_operation *operation; /* or NULL */
	void (*finished)(struct an_client_work *work);
	/* In place of `finished`, when the client is freed; of an operation's work NULL. */
	void (*release)(struct an_client_work *work);
};

/* A work of no operation, with `finished` and `release` set. */
void an_client_submit(struct an_client *client, struct an_client_work *work, enum an_job_lane lane,
                      void (*run)(struct an_job *job));

/* A work that is freed with its operation. Where that is over by then, `finished` does not follow. */
void an_client_operation_submit(struct an_client_operation *operation, struct an_client_work *work,
                                enum an_job_lane lane, void (*run)(struct an_job *job),
                                void (*finished)(struct an_client_work *work));

/* ---- Operations. */
struct an_client_operation_kind {
	void (*advance)(struct an_client_operation *operation); /* does all that can be done now */
	void (*stop)(struct an_client_operation *operation);    /* ends its requests and lookups */
	void (*release)(struct an_client_operation *operation); /* frees it; no job is out */
};

struct an_client_operation {
	struct an_list link;
	struct an_client *client;
	const struct an_client_operation_kind *kind;
	uint64_t id;
	an_client_done *done;
	an_client_progress *progress; /* may be NULL */
	void *context;
	struct an_client_timer timer;
	size_t works; /* jobs, and operations that it began, which are out */
	bool over;    /* the result stands; ends when no job is out any more */
	struct an_client_result result;
};

/* Enters an operation, which must be the first member of what `kind` releases, and advances it soon. */
void an_client_begin(struct an_client *client, struct an_client_operation *operation,
                     const struct an_client_operation_kind *kind, an_client_done *done,
                     void *context, uint64_t *ret_id);

/* Lets the operation advance in the next an_client_expire. */
void an_client_soon(struct an_client_operation *operation);

/* The operation has ended. Only the first call counts. The message says what failed, where, and what
 * to do; it is left out on success. */
void an_client_end(struct an_client_operation *operation, an_status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same where memory ran out. */
void an_client_end_no_memory(struct an_client_operation *operation);

/* All file operations advance soon: memory became free. */
void an_client_memory_freed(struct an_client *client, size_t size);

enum { AN_CLIENT_NAME_TEXT_SIZE = 2 * AN_RECORD_NAME_SIZE + 1 };

/* Writes a name in hexadecimal. Returns `text`. */
const char *an_client_name_text(const uint8_t name[AN_RECORD_NAME_SIZE],
                                char text[AN_CLIENT_NAME_TEXT_SIZE]);

/* "chunk", "graph entry", "pointer", "scratchpad". */
const char *an_client_kind_text(enum an_record_type type);

#endif
