/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What uploads and downloads of files and directories print alike. */
#ifndef TOOLS_AUTONOMI_TRANSFER_H
#define TOOLS_AUTONOMI_TRANSFER_H

#include "autonomi/command.h"

/* The last part of a path. */
const char *base_name(const char *path);

/* Calls `download` with the address or data map that the first argument gives, or the short name of a
 * data map that this machine remembers; the exit code. */
int with_source(struct program *program,
                int (*download)(struct program *program, const uint8_t *source,
                                size_t source_size));

/* Remembers where an upload is, under a name of this machine (user_files.h). */
void remember_upload(const struct program *program, const autonomi_event *event, bool is_archive,
                     const char *name);

/* Whether a directory is at this path. */
bool is_directory(const char *path);

/* Of an upload: where it is, for people; `noun` is what the data map leads to. */
void print_place(const struct program *program, const autonomi_event *event, const char *noun);
/* How large it is and how many copies of its chunks there are. */
void print_amounts(const autonomi_event *event);

/* The same as members of a JSON object: the first opens it. */
void print_place_json(const struct program *program, const autonomi_event *event);
void print_amounts_json(const autonomi_event *event);
/* What the client sent and received until now, likewise. */
void print_traffic_json(struct program *program);

#endif
