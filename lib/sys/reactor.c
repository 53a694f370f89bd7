/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One epoll descriptor over the UDP sockets, a timer, a wake and a flag. A closed socket leaves the
 * set by itself; reactor_free only closes, so that a forked child which frees its copy takes nothing
 * out of the parent's set.
 */
#include "sys/machine.h"

#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"

enum { LOOK_MAX = 16 }; /* events taken in one look: our three and the sockets */

enum source { SOURCE_WAKE, SOURCE_TIMER, SOURCE_READY, SOURCE_UDP };

struct an_reactor {
	int epoll_fd;
	int wake_fd;  /* eventfd */
	int timer_fd; /* timerfd */
	int ready_fd; /* eventfd: 1 while the ready flag is set */
	bool ready;
	an_time_us deadline; /* that the timer is set to */
};

static an_status add(struct an_reactor *reactor, int fd, enum source source)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u32 = source};
	if (epoll_ctl(reactor->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
		return an_sys_status_of(errno);
	return AUTONOMI_OK;
}

static an_status open_all(struct an_reactor *reactor)
{
	reactor->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	reactor->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	reactor->ready_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	reactor->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (reactor->epoll_fd < 0 || reactor->wake_fd < 0 || reactor->ready_fd < 0 ||
	    reactor->timer_fd < 0)
		return an_sys_status_of(errno);
	an_status status = add(reactor, reactor->wake_fd, SOURCE_WAKE);
	if (status == AUTONOMI_OK)
		status = add(reactor, reactor->timer_fd, SOURCE_TIMER);
	if (status == AUTONOMI_OK)
		status = add(reactor, reactor->ready_fd, SOURCE_READY);
	return status;
}

an_status an_sys_reactor_new(void *context, struct an_reactor **ret_reactor)
{
	struct an_reactor *reactor = an_malloc(sizeof(*reactor));
	if (reactor == NULL)
		return AUTONOMI_E_NO_MEMORY;
	*reactor = (struct an_reactor){.deadline = AN_TIME_NEVER};
	const an_status status = open_all(reactor);
	if (status != AUTONOMI_OK) {
		an_sys_reactor_free(context, reactor);
		return status;
	}
	*ret_reactor = reactor;
	return AUTONOMI_OK;
}

static void close_opened(int fd)
{
	if (fd >= 0)
		close(fd);
}

void an_sys_reactor_free(void *context, struct an_reactor *reactor)
{
	(void)context;
	if (reactor == NULL)
		return;
	close_opened(reactor->epoll_fd);
	close_opened(reactor->wake_fd);
	close_opened(reactor->ready_fd);
	close_opened(reactor->timer_fd);
	an_free(reactor);
}

int an_sys_reactor_fd(void *context, struct an_reactor *reactor)
{
	(void)context;
	return reactor->epoll_fd;
}

an_status an_sys_reactor_watch(void *context, struct an_reactor *reactor, struct an_udp *udp,
                               bool for_room)
{
	(void)context;
	const int fd = an_sys_udp_descriptor(udp);
	struct epoll_event event = {
		.events = for_room ? EPOLLIN | EPOLLOUT : EPOLLIN,
		.data.u32 = SOURCE_UDP,
	};
	if (epoll_ctl(reactor->epoll_fd, EPOLL_CTL_MOD, fd, &event) == 0)
		return AUTONOMI_OK;
	if (errno == ENOENT && epoll_ctl(reactor->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0)
		return AUTONOMI_OK;
	return an_sys_status_of(errno);
}

void an_sys_reactor_unwatch(void *context, struct an_reactor *reactor, struct an_udp *udp)
{
	(void)context;
	struct epoll_event unused = {0};
	epoll_ctl(reactor->epoll_fd, EPOLL_CTL_DEL, an_sys_udp_descriptor(udp), &unused);
}

void an_sys_reactor_set_timer(void *context, struct an_reactor *reactor, an_time_us deadline)
{
	(void)context;
	if (deadline == reactor->deadline)
		return;
	struct itimerspec at = {0};
	if (deadline != AN_TIME_NEVER) {
		at.it_value.tv_sec = (time_t)(deadline / 1000000);
		at.it_value.tv_nsec = (long)(deadline % 1000000) * 1000;
		if (deadline == 0)
			at.it_value.tv_nsec = 1; /* zero would stop the timer */
	}
	if (timerfd_settime(reactor->timer_fd, TFD_TIMER_ABSTIME, &at, NULL) == 0)
		reactor->deadline = deadline;
}

void an_sys_reactor_set_ready(void *context, struct an_reactor *reactor, bool ready)
{
	(void)context;
	if (ready == reactor->ready)
		return;
	reactor->ready = ready;
	if (ready)
		eventfd_write(reactor->ready_fd, 1);
	else
		eventfd_read(reactor->ready_fd, &(eventfd_t){0});
}

/* Nothing but one write(2), which a signal handler may do. Wakes add up in the counter, and a full
 * counter is readable already. */
void an_sys_reactor_wake(void *context, struct an_reactor *reactor)
{
	(void)context;
	const uint64_t one = 1;
	while (write(reactor->wake_fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

static void take_timer(struct an_reactor *reactor, struct an_reactor_ready *ready)
{
	uint64_t times;
	if (read(reactor->timer_fd, &times, sizeof(times)) != (ssize_t)sizeof(times))
		return; /* was set anew and is not due any more */
	reactor->deadline = AN_TIME_NEVER;
	ready->timer = true;
}

static void take(struct an_reactor *reactor, const struct epoll_event *event,
                 struct an_reactor_ready *ready)
{
	switch (event->data.u32) {
	case SOURCE_WAKE:
		eventfd_read(reactor->wake_fd, &(eventfd_t){0});
		ready->wake = true;
		break;
	case SOURCE_TIMER:
		take_timer(reactor, ready);
		break;
	case SOURCE_UDP:
		ready->udp = true;
		break;
	default:
		break;
	}
}

void an_sys_reactor_look(void *context, struct an_reactor *reactor,
                         struct an_reactor_ready *ret_ready)
{
	(void)context;
	struct epoll_event events[LOOK_MAX];
	int count;
	do
		count = epoll_wait(reactor->epoll_fd, events, LOOK_MAX, 0);
	while (count < 0 && errno == EINTR);

	*ret_ready = (struct an_reactor_ready){0};
	for (int i = 0; i < count; i++)
		take(reactor, &events[i], ret_ready);
}

an_status an_sys_reactor_wait(void *context, struct an_reactor *reactor, int timeout_ms)
{
	(void)context;
	struct pollfd watched = {.fd = reactor->epoll_fd, .events = POLLIN};
	if (poll(&watched, 1, timeout_ms) < 0 && errno != EINTR)
		return an_sys_status_of(errno);
	return AUTONOMI_OK;
}
