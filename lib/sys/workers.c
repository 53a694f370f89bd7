/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The threads of a node. One takes the jobs of the disk lane in order; up to `compute_threads`
 * others take those of the compute lane. A thread starts when a job of its lane finds no idle one,
 * with the host's signals blocked, and touches nothing but jobs and this struct.
 *
 * Locking: `lock` guards everything that is not marked otherwise. It is never held while a job runs.
 */
#include "sys/machine.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/memory.h"

enum { THREAD_STACK = 1 << 20, LANES = 2 };

struct lane {
	struct an_workers *workers;
	struct an_list queue;
	pthread_cond_t added;
	size_t threads_max;
	size_t threads; /* pump only */
	size_t queued;
	size_t idle;
	pthread_t *thread; /* threads_max of them; pump only */
};

struct an_workers {
	pid_t process; /* that the threads are in; never changes */
	struct an_reactor *reactor;
	bool inline_only;
	size_t pending; /* pump only */
	pthread_mutex_t lock;
	bool stopping;
	struct an_list finished;
	struct lane lane[LANES]; /* by enum an_job_lane */
};

/* The wake comes from inside the lock, so that nobody can take the job before it and be woken for
 * nothing; and only for the first job, since all are taken at once. */
static void add_finished(struct an_workers *workers, struct an_job *job)
{
	const bool first = an_list_empty(&workers->finished);
	an_list_append(&workers->finished, &job->link);
	if (first)
		an_sys_reactor_wake(NULL, workers->reactor);
}

/* The next job of the lane, or NULL when the workers stop. */
static struct an_job *wait_for_job(struct lane *lane)
{
	struct an_workers *workers = lane->workers;
	while (!workers->stopping && an_list_empty(&lane->queue)) {
		lane->idle++;
		pthread_cond_wait(&lane->added, &workers->lock);
		lane->idle--;
	}
	if (workers->stopping)
		return NULL;
	lane->queued--;
	return an_container_of(an_list_take(&lane->queue), struct an_job, link);
}

static void *work(void *argument)
{
	struct lane *lane = argument;
	struct an_workers *workers = lane->workers;
	pthread_mutex_lock(&workers->lock);
	for (struct an_job *job; (job = wait_for_job(lane)) != NULL;) {
		pthread_mutex_unlock(&workers->lock);
		job->run(job);
		pthread_mutex_lock(&workers->lock);
		add_finished(workers, job);
	}
	pthread_mutex_unlock(&workers->lock);
	return NULL;
}

/* A thread gets no signal that the host waits for; faults stay, for the host's crash handler. */
static int create_thread(pthread_t *thread, const pthread_attr_t *attributes, struct lane *lane)
{
	static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT};
	sigset_t blocked;
	sigset_t before;
	sigfillset(&blocked);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		sigdelset(&blocked, faults[i]);
	pthread_sigmask(SIG_SETMASK, &blocked, &before);
	const int error = pthread_create(thread, attributes, work, lane);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error;
}

static void start_thread(struct lane *lane)
{
	pthread_attr_t attributes;
	if (pthread_attr_init(&attributes) != 0)
		return;
	pthread_attr_setstacksize(&attributes, THREAD_STACK);
	if (create_thread(&lane->thread[lane->threads], &attributes, lane) == 0)
		lane->threads++;
	pthread_attr_destroy(&attributes);
}

static an_status init_lane(struct lane *lane, struct an_workers *workers, size_t threads_max)
{
	lane->workers = workers;
	lane->threads_max = threads_max;
	an_list_init(&lane->queue);
	lane->thread = an_calloc(threads_max, sizeof(lane->thread[0]));
	if (lane->thread == NULL)
		return AUTONOMI_E_NO_MEMORY;
	pthread_cond_init(&lane->added, NULL); /* cannot fail on Linux */
	return AUTONOMI_OK;
}

an_status an_sys_workers_new(void *context, struct an_reactor *reactor, size_t compute_threads,
                             struct an_workers **ret_workers)
{
	(void)context;
	struct an_workers *workers = an_calloc(1, sizeof(*workers));
	if (workers == NULL)
		return AUTONOMI_E_NO_MEMORY;
	workers->process = getpid();
	workers->reactor = reactor;
	workers->inline_only = compute_threads == 0;
	an_list_init(&workers->finished);
	pthread_mutex_init(&workers->lock, NULL); /* cannot fail on Linux */
	an_status status = init_lane(&workers->lane[AN_JOB_DISK], workers, 1);
	if (status == AUTONOMI_OK)
		status = init_lane(&workers->lane[AN_JOB_COMPUTE], workers, compute_threads);
	if (status != AUTONOMI_OK) {
		an_free(workers->lane[AN_JOB_DISK].thread);
		an_free(workers);
		return status;
	}
	*ret_workers = workers;
	return AUTONOMI_OK;
}

static void run_inline(struct an_workers *workers, struct an_job *job)
{
	job->run(job);
	pthread_mutex_lock(&workers->lock);
	add_finished(workers, job);
	pthread_mutex_unlock(&workers->lock);
}

/* Returns whether more jobs wait than idle threads can take. */
static bool enqueue(struct lane *lane, struct an_job *job)
{
	struct an_workers *workers = lane->workers;
	pthread_mutex_lock(&workers->lock);
	an_list_append(&lane->queue, &job->link);
	lane->queued++;
	const bool short_of_threads = lane->queued > lane->idle;
	pthread_cond_signal(&lane->added);
	pthread_mutex_unlock(&workers->lock);
	return short_of_threads;
}

static void take_back(struct lane *lane, struct an_job *job)
{
	pthread_mutex_lock(&lane->workers->lock);
	an_list_remove(&job->link);
	lane->queued--;
	pthread_mutex_unlock(&lane->workers->lock);
}

void an_sys_workers_submit(void *context, struct an_workers *workers, struct an_job *job)
{
	(void)context;
	an_assert((size_t)job->lane < LANES);
	workers->pending++;
	if (workers->inline_only) {
		run_inline(workers, job);
		return;
	}
	struct lane *lane = &workers->lane[job->lane];
	const bool short_of_threads = enqueue(lane, job);
	if (short_of_threads && lane->threads < lane->threads_max)
		start_thread(lane);
	if (lane->threads > 0)
		return;
	take_back(lane, job);
	run_inline(workers, job);
}

void an_sys_workers_finished(void *context, struct an_workers *workers,
                             struct an_list *ret_finished)
{
	(void)context;
	struct an_list taken;
	an_list_init(&taken);
	pthread_mutex_lock(&workers->lock);
	an_list_move_all(&taken, &workers->finished);
	pthread_mutex_unlock(&workers->lock);

	for (struct an_list *i = an_list_first(&taken); i != NULL; i = an_list_next(&taken, i))
		workers->pending--;
	an_list_move_all(ret_finished, &taken);
}

size_t an_sys_workers_pending(void *context, struct an_workers *workers)
{
	(void)context;
	return workers->pending;
}

static void stop(struct an_workers *workers)
{
	pthread_mutex_lock(&workers->lock);
	workers->stopping = true;
	for (size_t i = 0; i < LANES; i++)
		pthread_cond_broadcast(&workers->lane[i].added);
	pthread_mutex_unlock(&workers->lock);
	for (size_t i = 0; i < LANES; i++)
		for (size_t n = 0; n < workers->lane[i].threads; n++)
			pthread_join(workers->lane[i].thread[n], NULL);
}

void an_sys_workers_free(void *context, struct an_workers *workers, struct an_list *ret_finished,
                         struct an_list *ret_unrun)
{
	(void)context;
	/* In a forked child the threads do not exist and the lock may be held for ever: what they
	 * share is left to the end of the process. */
	if (workers == NULL || workers->process != getpid())
		return;
	stop(workers);
	an_list_move_all(ret_finished, &workers->finished);
	for (size_t i = 0; i < LANES; i++) {
		an_list_move_all(ret_unrun, &workers->lane[i].queue);
		pthread_cond_destroy(&workers->lane[i].added);
		an_free(workers->lane[i].thread);
	}
	pthread_mutex_destroy(&workers->lock);
	an_free(workers);
}
