/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/machine.h"

#include <errno.h>
#include <pthread.h>

static const struct an_sys machine = {
	.now = an_sys_now,
	.unix_time_us = an_sys_unix_time_us,
	.entropy = an_sys_entropy,

	.udp_open = an_sys_udp_open,
	.udp_close = an_sys_udp_close,
	.udp_send = an_sys_udp_send,
	.udp_receive = an_sys_udp_receive,
	.udp_lost = an_sys_udp_lost,

	.reactor_new = an_sys_reactor_new,
	.reactor_free = an_sys_reactor_free,
	.reactor_fd = an_sys_reactor_fd,
	.reactor_watch = an_sys_reactor_watch,
	.reactor_unwatch = an_sys_reactor_unwatch,
	.reactor_set_timer = an_sys_reactor_set_timer,
	.reactor_set_ready = an_sys_reactor_set_ready,
	.reactor_wake = an_sys_reactor_wake,
	.reactor_look = an_sys_reactor_look,
	.reactor_wait = an_sys_reactor_wait,

	.file_open = an_sys_file_open,
	.file_close = an_sys_file_close,
	.file_read = an_sys_file_read,
	.file_write = an_sys_file_write,
	.file_truncate = an_sys_file_truncate,
	.file_sync = an_sys_file_sync,
	.file_lock = an_sys_file_lock,
	.path_info = an_sys_path_info,
	.path_link_info = an_sys_path_link_info,
	.path_rename = an_sys_path_rename,
	.path_remove = an_sys_path_remove,
	.path_make_directory = an_sys_path_make_directory,
	.path_sync = an_sys_path_sync,
	.path_list = an_sys_path_list,
	.path_free_space = an_sys_path_free_space,

	.workers_new = an_sys_workers_new,
	.workers_free = an_sys_workers_free,
	.workers_submit = an_sys_workers_submit,
	.workers_finished = an_sys_workers_finished,
	.workers_pending = an_sys_workers_pending,
};

const struct an_sys *an_sys_machine(void)
{
	return &machine;
}

an_status an_sys_status_of(int error)
{
	switch (error) {
	case 0:
		return AUTONOMI_OK;
	case ENOENT:
	case ENOTDIR:
		return AUTONOMI_E_NO_FILE;
	case EEXIST:
	case ENOTEMPTY:
		return AUTONOMI_E_EXISTS;
	case EACCES:
	case EPERM:
	case EROFS:
		return AUTONOMI_E_PERMISSION;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return AUTONOMI_E_DISK_FULL;
	case EWOULDBLOCK:
	case EADDRINUSE:
	case EBUSY:
		return AUTONOMI_E_IN_USE;
	case ENOMEM:
	case ENOBUFS:
		return AUTONOMI_E_NO_MEMORY;
	case EADDRNOTAVAIL:
	case EAFNOSUPPORT:
		return AUTONOMI_E_ADDRESS;
	default:
		return AUTONOMI_E_IO;
	}
}

static pthread_mutex_t process_lock = PTHREAD_MUTEX_INITIALIZER;

void an_sys_process_lock(void)
{
	pthread_mutex_lock(&process_lock);
}

void an_sys_process_unlock(void)
{
	pthread_mutex_unlock(&process_lock);
}
