/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A command of the program: its words, and the function that carries it out on an open client. Every
 * command submits operations, follows them to their completion, and prints for people or, with
 * --json, one JSON object.
 */
#ifndef TOOLS_AUTONOMI_COMMAND_H
#define TOOLS_AUTONOMI_COMMAND_H

#include <stdbool.h>

#include <autonomi/net.h>

#include "common/log_file.h"
#include "common/settings.h"

enum {
	ARGUMENTS_MAX = 4,
	DATA_MAP_TEXT_MAX = 1 << 20,
	FORKS_MAX = 256, /* graph entries of one owner that are shown */
	PEER_TEXT_MAX = 512,
};

struct program {
	autonomi_config *config;
	autonomi_node *node;
	struct log_file log;
	const char *log_destination;
	const char *peer;          /* what the first --peer names */
	char asked[PEER_TEXT_MAX]; /* the first address of it, or of all peers: whom `node` asks */
	uint64_t timeout_ms;       /* 0: none */
	bool json;
	bool quiet;
	bool is_public;
	bool replace;
	bool skips;              /* of a directory: what cannot be stored */
	bool no_archive;         /* of a directory: the list is printed and not stored */
	bool overwrite;          /* of generate-key */
	bool is_secret_key;      /* a name is a secret key */
	bool force;              /* of vault sync */
	bool is_name;            /* also where it looks like an address */
	bool hex;                /* values are hexadecimal */
	bool recursive;          /* of analyze: what is found is followed */
	const char *target_type; /* of a pointer */
	const char *arguments[ARGUMENTS_MAX];
	int argument_count;
	bool interrupted;
	bool reported; /* the error is in the output already, as JSON */
};

enum command_needs {
	NEEDS_NETWORK,
	NEEDS_PEER,    /* one peer's address, whom it asks */
	NEEDS_NOTHING, /* runs without a client */
};

struct command {
	const char *group;     /* "file" */
	const char *name;      /* "upload"; "" where the group is the whole command */
	const char *arguments; /* "FILE" */
	int arguments_min, arguments_max;
	enum command_needs needs;
	const char *description;
	int (*run)(struct program *program); /* returns the exit code */
};

/* Follows the node until the operation `op` has completed, showing its progress; the completion goes
 * to `ret_event`, owned by the caller. False, with a complaint, where the node died. */
bool follow(struct program *program, autonomi_op op, const char *what, autonomi_event **ret_event);

/* Complains about a completion that failed, and returns its exit code. */
int failed(struct program *program, const autonomi_event *event);

/* Follows the node until `op` has succeeded: its completion, owned by the caller. NULL with a complaint
 * and the exit code otherwise. */
autonomi_event *completion(struct program *program, autonomi_op op, const char *what,
                           int *ret_code);

/* Prints what a completion gives; `context` is the command's own. */
typedef void printer(struct program *program, const autonomi_event *event, const void *context);

/* Follows what was submitted and prints its completion. `print_fork` prints what a completion with
 * AUTONOMI_E_FORK gives all the same, in JSON as further members that begin with a comma; NULL: it
 * gives nothing. The exit code. */
int finish(struct program *program, autonomi_status submitted, autonomi_op op, const char *what,
           printer *print, printer *print_fork, const void *context);

/* What was written under a name, to be remembered on this machine (user_files.h). */
struct written {
	uint32_t list;
	const char *name;
};

/* Prints what every write of a record gives: address, counter, copies. `context` is a struct written,
 * or NULL. */
void print_written(struct program *program, const autonomi_event *event, const void *context);

/* The same for a submit that was refused. */
int refused(struct program *program, autonomi_status status, const char *what);

/* The same, of which `sentence` says all. */
int refused_with(struct program *program, autonomi_status status, const char *sentence);

/* With --json: tells the last complaint as the error, where no function above has told one. */
void report_rest(struct program *program, int code);

/* The 32 bytes of content that a word on the command line gives: as it is, or, with --hex, in
 * hexadecimal; zeros follow. False with a complaint. */
bool read_value(const struct program *program, const char *text, const char *what,
                uint8_t content[AUTONOMI_GRAPH_CONTENT_SIZE]);

/* Reads hexadecimal text; the number of bytes, or 0 where it is none or too long. */
size_t read_hexadecimal(const char *text, uint8_t *bytes, size_t capacity);

void print_hexadecimal(const uint8_t *bytes, size_t size);

/* AUTONOMI_ADDRESS_... of what a pointer points to, by the word after --target-data-type; false where
 * it is none. */
bool target_type_of(const char *name, uint32_t *ret_type);
const char *target_type_name(uint32_t type);

int run_file_upload(struct program *program);
int run_file_download(struct program *program);
int run_file_list(struct program *program);
int run_directory_upload(struct program *program);
int run_directory_download(struct program *program);
int run_chunk_put(struct program *program);
int run_chunk_get(struct program *program);
int run_key_generate(struct program *program);
int run_pointer_generate_key(struct program *program);
int run_pointer_create(struct program *program);
int run_pointer_get(struct program *program);
int run_pointer_edit(struct program *program);
int run_pointer_share(struct program *program);
int run_pointer_list(struct program *program);
int run_graph_generate_key(struct program *program);
int run_graph_create(struct program *program);
int run_graph_get(struct program *program);
int run_scratchpad_generate_key(struct program *program);
int run_scratchpad_create(struct program *program);
int run_scratchpad_get(struct program *program);
int run_scratchpad_edit(struct program *program);
int run_scratchpad_share(struct program *program);
int run_scratchpad_list(struct program *program);
int run_analyze(struct program *program);
int run_register_generate_key(struct program *program);
int run_register_create(struct program *program);
int run_register_edit(struct program *program);
int run_register_get(struct program *program);
int run_register_history(struct program *program);
int run_register_list(struct program *program);
int run_register_share(struct program *program);
int run_vault_create(struct program *program);
int run_vault_load(struct program *program);
int run_vault_sync(struct program *program);
int run_node_buckets(struct program *program);
int run_node_info(struct program *program);
int run_node_peers(struct program *program);

#endif
