/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What uploads and downloads of files and directories do and print alike. */
#ifndef TOOLS_AUTONOMI_TRANSFER_H
#define TOOLS_AUTONOMI_TRANSFER_H

#include "autonomi/command.h"

/* The last part of a path. */
const char *base_name(const char *path);

typedef autonomi_status uploader(autonomi_node *node, const char *path, uint32_t flags,
                                 uint64_t tag, autonomi_op *ret_op);
typedef autonomi_status downloader(autonomi_node *node, const uint8_t *source, size_t source_size,
                                   const char *path, uint32_t flags, uint64_t tag,
                                   autonomi_op *ret_op);

/* Uploads what is at `path`, whose last part is the context of `print`. The exit code. */
int upload(struct program *program, uploader *function, const char *path, uint32_t flags,
           printer *print);

/* Downloads, to the path of the second argument, what the first one names: by an address, a data map,
 * or the short name of a data map that this machine remembers. The exit code. */
int download(struct program *program, downloader *function, printer *print);

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
