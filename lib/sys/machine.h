/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The functions behind an_sys_machine(), one group to a file: what each promises stands in
 * sys/sys.h, at the field of the same name. `context` is not used.
 */
#ifndef AN_SYS_MACHINE_H
#define AN_SYS_MACHINE_H

#include "sys/sys.h"

/* The status that an errno value means to a caller. */
an_status an_sys_status_of(int error);

/* clock.c */
an_time_us an_sys_now(void *context);
uint64_t an_sys_unix_time_us(void *context);
an_status an_sys_entropy(void *context, uint8_t *out, size_t size);

/* udp.c */
an_status an_sys_udp_open(void *context, struct an_endpoint *bind,
                          const struct an_udp_options *options, struct an_udp **ret_udp);
void an_sys_udp_close(void *context, struct an_udp *udp);
void an_sys_udp_send(void *context, struct an_udp *udp, const struct an_datagram *runs,
                     size_t count, size_t *ret_sent);
void an_sys_udp_receive(void *context, struct an_udp *udp, struct an_datagram *runs,
                        size_t capacity, size_t *ret_count);
uint64_t an_sys_udp_lost(void *context, const struct an_udp *udp);
int an_sys_udp_descriptor(const struct an_udp *udp);

/* reactor.c */
an_status an_sys_reactor_new(void *context, struct an_reactor **ret_reactor);
void an_sys_reactor_free(void *context, struct an_reactor *reactor);
int an_sys_reactor_fd(void *context, struct an_reactor *reactor);
an_status an_sys_reactor_watch(void *context, struct an_reactor *reactor, struct an_udp *udp,
                               bool for_room);
void an_sys_reactor_unwatch(void *context, struct an_reactor *reactor, struct an_udp *udp);
void an_sys_reactor_set_timer(void *context, struct an_reactor *reactor, an_time_us deadline);
void an_sys_reactor_set_ready(void *context, struct an_reactor *reactor, bool ready);
void an_sys_reactor_wake(void *context, struct an_reactor *reactor);
void an_sys_reactor_look(void *context, struct an_reactor *reactor,
                         struct an_reactor_ready *ret_ready);
an_status an_sys_reactor_wait(void *context, struct an_reactor *reactor, int timeout_ms);

/* file.c */
an_status an_sys_file_open(void *context, const char *path, enum an_file_mode mode,
                           struct an_file **ret_file);
void an_sys_file_close(void *context, struct an_file *file);
an_status an_sys_file_read(void *context, struct an_file *file, uint64_t offset, uint8_t *out,
                           size_t size, size_t *ret_size);
an_status an_sys_file_write(void *context, struct an_file *file, uint64_t offset,
                            struct an_span bytes);
an_status an_sys_file_truncate(void *context, struct an_file *file, uint64_t size);
an_status an_sys_file_sync(void *context, struct an_file *file);
an_status an_sys_file_lock(void *context, struct an_file *file, enum an_file_lock lock);
an_status an_sys_path_info(void *context, const char *path, struct an_file_info *ret_info);
an_status an_sys_path_link_info(void *context, const char *path, struct an_file_info *ret_info);
an_status an_sys_path_rename(void *context, const char *from, const char *to);
an_status an_sys_path_remove(void *context, const char *path);
an_status an_sys_path_make_directory(void *context, const char *path);
an_status an_sys_path_sync(void *context, const char *directory);
an_status an_sys_path_list(void *context, const char *directory,
                           bool (*visit)(void *visitor, const char *name), void *visitor);
an_status an_sys_path_free_space(void *context, const char *path, uint64_t *ret_bytes);

/* workers.c */
an_status an_sys_workers_new(void *context, struct an_reactor *reactor, size_t compute_threads,
                             struct an_workers **ret_workers);
void an_sys_workers_free(void *context, struct an_workers *workers, struct an_list *ret_finished,
                         struct an_list *ret_unrun);
void an_sys_workers_submit(void *context, struct an_workers *workers, struct an_job *job);
void an_sys_workers_finished(void *context, struct an_workers *workers,
                             struct an_list *ret_finished);
size_t an_sys_workers_pending(void *context, struct an_workers *workers);

#endif
