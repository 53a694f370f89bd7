/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What both programs do with their command line: options of the library set by flags, by a file of
 * "name = value" lines, and by --set, with one clear sentence where something is wrong.
 */
#ifndef TOOLS_COMMON_SETTINGS_H
#define TOOLS_COMMON_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include <autonomi/net.h>

/* Exit codes, the same for both programs (docs/operations.md). */
enum exit_code {
	EXIT_DONE = 0,
	EXIT_GENERAL = 1,    /* anything that has no code of its own */
	EXIT_USAGE = 2,      /* wrong command line or configuration */
	EXIT_NOT_FOUND = 3,  /* no peer has the data */
	EXIT_NETWORK = 4,    /* no peer could be reached, or none answered in time */
	EXIT_LOCAL = 5,      /* a file, directory, disk or port of this machine */
	EXIT_INCOMPLETE = 6, /* too few peers stored the data */
	EXIT_DAMAGED = 7,    /* data fails its check */
	EXIT_INTERRUPTED = 130,
};

/* The exit code of a status. */
int exit_code_of(autonomi_status status);

/* Prints "PROGRAM: sentence" to stderr. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The sentence of the last complaint, "" before the first. */
const char *last_complaint(void);

/* Complains about what getopt_long, told to be quiet, returned as ':' or '?'. */
void complain_of_flag(int result, char **argv);

/* The name in complaints. */
void set_program_name(const char *name);

/* Sets an option; false with a complaint where it is refused. */
bool set_option(autonomi_config *config, const char *name, const char *value);

/* "name=value", as after --set. */
bool set_assignment(autonomi_config *config, const char *assignment);

/* A file of lines "name = value"; empty lines and those that begin with # are passed over. */
bool set_from_file(autonomi_config *config, const char *path);

/* Adds addresses to network.peers, separated by commas. */
bool add_peers(autonomi_config *config, const char *addresses);

/* The folder of the user's data, with `name` behind it: $XDG_DATA_HOME or ~/.local/share, then
 * "autonomi". Every folder on the way is made. False, with a complaint, where there is none. */
bool data_directory(const char *name, char *path, size_t path_size);

/* Makes a folder and those above it. */
bool make_directories(const char *path);

/* The --version text: the program, the library and what it is built with. */
void print_version(const char *program);

/* Prints every option of the library with its default and meaning. */
void print_options(void);

#endif
