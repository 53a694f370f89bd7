/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Configuration: options by name, checked when they are set.
 *
 * Every option has a name ("network.port"), a type, a default, bounds and a sentence that says what
 * it does; autonomi_option_at lists them all. Unknown names are errors. A config may be changed and
 * freed at any time: a node copies what it needs when it is opened.
 *
 * Threading: a config belongs to one thread at a time; the option table may be read by any thread.
 */
#ifndef AUTONOMI_CONFIG_H
#define AUTONOMI_CONFIG_H

#include <stddef.h>
#include <stdint.h>

#include <autonomi/export.h>
#include <autonomi/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct autonomi_config autonomi_config;

/* Types of options. */
enum {
	AUTONOMI_OPTION_TEXT = 1,
	AUTONOMI_OPTION_NUMBER = 2, /* unsigned, with bounds */
	AUTONOMI_OPTION_FLAG = 3,   /* as text: on, off, true, false, yes, no, 1, 0 */
	AUTONOMI_OPTION_CHOICE = 4  /* one of a few words */
};

/* An option as the table documents it. Pointers are static. New members are only added at the end. */
typedef struct autonomi_option_view {
	const char *name;
	const char *description;  /* one sentence */
	const char *default_text; /* of a text, flag or choice, as autonomi_config_set takes it */
	const char *choices;      /* of a choice: the words, separated by "|"; else "" */
	const char *unit;         /* "bytes", "ms", "us" or "" */
	uint64_t default_number;  /* of a number */
	uint64_t minimum;
	uint64_t maximum;
	uint32_t type; /* AUTONOMI_OPTION_... */
} autonomi_option_view;

/* Levels of log lines; a level includes those before it. */
enum {
	AUTONOMI_LOG_NONE = 0,
	AUTONOMI_LOG_ERROR = 1,
	AUTONOMI_LOG_WARNING = 2,
	AUTONOMI_LOG_INFO = 3,
	AUTONOMI_LOG_DEBUG = 4,
	AUTONOMI_LOG_TRACE = 5
};

/* A log hook: `module` and `text` are borrowed during the call. It is called from within
 * autonomi_node_pump (and open, wait and free) only, on their thread, and must not call the library:
 * such a call returns AUTONOMI_E_REENTRANT. */
typedef void autonomi_log_hook(void *context, int32_t level, const char *module, const char *text);

/* A config with every option at its default; NULL without memory. */
AUTONOMI_API autonomi_config *autonomi_config_new(void);

/* NULL is allowed. Returns NULL. */
AUTONOMI_API autonomi_config *autonomi_config_free(autonomi_config *config);

/* Sets the option `name` from text, as a config file or a command line gives it; both are copied.
 * Returns AUTONOMI_OK; AUTONOMI_E_UNKNOWN_OPTION; AUTONOMI_E_INVALID where the value is not of the
 * option's type or out of its bounds; AUTONOMI_E_NO_MEMORY. The option is unchanged on error, and
 * autonomi_config_error says what was wrong. */
AUTONOMI_API autonomi_status autonomi_config_set(autonomi_config *config, const char *name,
                                                 const char *value);

/* As autonomi_config_set, for a number. AUTONOMI_E_INVALID also where the option takes none. */
AUTONOMI_API autonomi_status autonomi_config_set_number(autonomi_config *config, const char *name,
                                                        uint64_t value);

/* As autonomi_config_set, for a flag: zero is off. AUTONOMI_E_INVALID also where it is none. */
AUTONOMI_API autonomi_status autonomi_config_set_flag(autonomi_config *config, const char *name,
                                                      int32_t value);

/* Where log lines go: a hook with its context, or NULL for nowhere (the default). */
AUTONOMI_API autonomi_status autonomi_config_set_log(autonomi_config *config,
                                                     autonomi_log_hook *hook, void *context);

/* Writes the value of an option as text with a final zero into `text`, at most `text_size` bytes.
 * Returns AUTONOMI_OK; AUTONOMI_E_UNKNOWN_OPTION; AUTONOMI_E_TOO_SMALL where it does not fit. */
AUTONOMI_API autonomi_status autonomi_config_get(const autonomi_config *config, const char *name,
                                                 char *text, size_t text_size);

/* One sentence about the last error of a call with this config; "" after a success. Borrowed until
 * the next call with it. */
AUTONOMI_API const char *autonomi_config_error(const autonomi_config *config);

/* How many options there are. Any thread. */
AUTONOMI_API size_t autonomi_option_count(void);

/* Fills `view` with the option at `index`, in the order of their names. `view_size` is
 * sizeof(autonomi_option_view) of the caller's header. Returns AUTONOMI_OK; AUTONOMI_E_INVALID where
 * there is no such option. Any thread. */
AUTONOMI_API autonomi_status autonomi_option_at(size_t index, autonomi_option_view *view,
                                                size_t view_size);

#ifdef __cplusplus
}
#endif

#endif
