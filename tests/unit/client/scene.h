/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tests of files share: a folder of their own on the real disk, a client, and its operations. */
#ifndef AN_TESTS_CLIENT_SCENE_H
#define AN_TESTS_CLIENT_SCENE_H

#include "data/data_map.h"
#include "virtual_network.h"

enum { SCENE_PATH_MAX = 128 };

struct scene {
	struct virtual_network network;
	struct an_client *client;
	struct outcome outcome;
	char folder[SCENE_PATH_MAX];
	char file[SCENE_PATH_MAX];   /* what is uploaded */
	char target[SCENE_PATH_MAX]; /* what is downloaded */
	char part[SCENE_PATH_MAX];
	char journals[SCENE_PATH_MAX];
	uint8_t source[AN_DATA_MAP_ROOT_SIZE_MAX]; /* see scene_note_source */
	size_t source_size;
	size_t memory_max;
	struct an_sys sys; /* the machine's, of which a test may change functions */
};

/* 25 honest peers and a client. */
void scene_open(struct scene *scene, uint8_t seed);
/* The same, with pieces of 1000 bytes: levels of maps and many chunks at little cost. */
void scene_open_small_pieces(struct scene *scene, uint8_t seed, size_t memory_max);
void scene_close(struct scene *scene);
void scene_restart_client(struct scene *scene);

/* The file that is uploaded, with `size` bytes from `seed`. */
void scene_write_file(struct scene *scene, size_t size, uint8_t seed);

/* Run to the end. What they leave is in scene->outcome, which is emptied first. */
an_status scene_upload(struct scene *scene, bool is_public);
an_status scene_download(struct scene *scene, struct an_span source);
/* Keeps what the last upload left, the address or the data map, as what downloads begin with. */
void scene_note_source(struct scene *scene);
struct an_span scene_source(const struct scene *scene); /* borrowed */
/* Runs what was begun with scene->outcome to its end. */
an_status scene_run(struct scene *scene);
/* They only begin. */
void scene_begin_upload(struct scene *scene);
void scene_begin_download(struct scene *scene, struct an_span source);

bool scene_exists(const char *path);
void scene_assert_target_is_file(const struct scene *scene);
size_t scene_count_journals(const struct scene *scene);

#ifdef AN_FAULT_INJECTION
/* The n-th allocation of the client from now on fails, and all after it; never those of the network. */
void scene_fail_after(struct scene *scene, uint64_t allocations);
/* Whether one has failed. */
bool scene_ran_out(const struct scene *scene);
void scene_succeed_again(struct scene *scene);
#endif

#endif
