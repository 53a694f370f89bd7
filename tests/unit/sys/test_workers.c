/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sys/sys.h"

#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

static const struct an_sys *sys;
static struct an_reactor *reactor;
static struct an_workers *workers;
static struct an_list finished, unrun;

struct note {
	struct an_job job;
	int order; /* in which its run came, from 1 */
	pthread_t runner;
	bool signals_blocked;
	sem_t *started;  /* posted by run, where set */
	sem_t *released; /* waited for by run, where set */
};

static _Atomic int runs;

static bool is_blocked(int signal_number)
{
	sigset_t mask;
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	return sigismember(&mask, signal_number) == 1;
}

static void run_note(struct an_job *job)
{
	struct note *note = an_container_of(job, struct note, job);
	if (note->started != NULL)
		sem_post(note->started);
	if (note->released != NULL)
		sem_wait(note->released);
	note->runner = pthread_self();
	note->signals_blocked = is_blocked(SIGINT) && is_blocked(SIGUSR1) && is_blocked(SIGALRM);
	note->order = atomic_fetch_add(&runs, 1) + 1;
}

static struct note note_on(enum an_job_lane lane)
{
	return (struct note){.job = {.lane = lane, .run = run_note}};
}

static void start(size_t threads)
{
	sys = an_sys_machine();
	an_list_init(&finished);
	an_list_init(&unrun);
	ck_assert_int_eq(sys->reactor_new(sys->context, &reactor), AUTONOMI_OK);
	ck_assert_int_eq(sys->workers_new(sys->context, reactor, threads, &workers), AUTONOMI_OK);
}

static void setup_threads(void)
{
	start(2);
}

static void setup_inline(void)
{
	start(0);
}

static void teardown(void)
{
	sys->workers_free(sys->context, workers, &finished, &unrun);
	sys->reactor_free(sys->context, reactor);
}

static void submit(struct note *note)
{
	sys->workers_submit(sys->context, workers, &note->job);
}

static size_t count_of(const struct an_list *list)
{
	size_t count = 0;
	for (struct an_list *i = an_list_first(list); i != NULL; i = an_list_next(list, i))
		count++;
	return count;
}

static size_t threads_of_process(void)
{
	size_t count = 0;
	char name[64];
	FILE *status = fopen("/proc/self/status", "r");
	ck_assert_ptr_nonnull(status);
	while (fgets(name, sizeof(name), status) != NULL)
		sscanf(name, "Threads: %zu", &count);
	fclose(status);
	return count;
}

/* Waits as a pump does: on the descriptor, then takes what is there. */
static void finish(size_t expected)
{
	while (count_of(&finished) < expected) {
		struct pollfd watched = {
			.fd = sys->reactor_fd(sys->context, reactor),
			.events = POLLIN,
		};
		ck_assert_int_eq(poll(&watched, 1, 10000), 1);
		struct an_reactor_ready ready;
		sys->reactor_look(sys->context, reactor, &ready);
		ck_assert(ready.wake);
		sys->workers_finished(sys->context, workers, &finished);
	}
}

START_TEST(no_thread_exists_before_the_first_job)
{
	const size_t before = threads_of_process();
	ck_assert_uint_eq(before, 1);
	struct note note = note_on(AN_JOB_DISK);
	submit(&note);
	finish(1);
	ck_assert_uint_eq(threads_of_process(), 2);
}
END_TEST

START_TEST(disk_jobs_run_in_order_on_one_other_thread)
{
	enum { COUNT = 200 };
	struct note notes[COUNT];
	for (int i = 0; i < COUNT; i++) {
		notes[i] = note_on(AN_JOB_DISK);
		submit(&notes[i]);
	}
	finish(COUNT);
	for (int i = 0; i < COUNT; i++) {
		ck_assert_int_eq(notes[i].order, i + 1);
		ck_assert(pthread_equal(notes[i].runner, notes[0].runner));
		ck_assert(!pthread_equal(notes[i].runner, pthread_self()));
	}
	ck_assert_uint_eq(sys->workers_pending(sys->context, workers), 0);
}
END_TEST

START_TEST(compute_jobs_run_beside_each_other_and_beside_the_disk)
{
	sem_t started, released;
	sem_init(&started, 0, 0);
	sem_init(&released, 0, 0);
	struct note notes[3] = {note_on(AN_JOB_DISK), note_on(AN_JOB_COMPUTE),
	                        note_on(AN_JOB_COMPUTE)};
	for (int i = 0; i < 3; i++) {
		notes[i].started = &started;
		notes[i].released = &released;
		submit(&notes[i]);
	}
	for (int i = 0; i < 3; i++)
		sem_wait(&started); /* would wait for ever if two shared a thread */
	ck_assert_uint_eq(sys->workers_pending(sys->context, workers), 3);
	for (int i = 0; i < 3; i++)
		sem_post(&released);
	finish(3);
}
END_TEST

START_TEST(no_more_threads_than_asked_for_and_all_signals_blocked)
{
	enum { COUNT = 300 };
	struct note notes[COUNT];
	for (int i = 0; i < COUNT; i++) {
		notes[i] = note_on(AN_JOB_COMPUTE);
		submit(&notes[i]);
	}
	finish(COUNT);
	ck_assert_uint_le(threads_of_process(), 3);
	for (int i = 0; i < COUNT; i++)
		ck_assert(notes[i].signals_blocked);
	ck_assert(!is_blocked(SIGINT));
}
END_TEST

START_TEST(free_waits_for_the_running_job_and_returns_the_queued_ones)
{
	sem_t started, released;
	sem_init(&started, 0, 0);
	sem_init(&released, 0, 0);
	struct note done = note_on(AN_JOB_DISK), running = note_on(AN_JOB_DISK);
	struct note queued[3] = {note_on(AN_JOB_DISK), note_on(AN_JOB_DISK), note_on(AN_JOB_DISK)};
	running.started = &started;
	running.released = &released;
	submit(&done);
	submit(&running);
	for (int i = 0; i < 3; i++)
		submit(&queued[i]);
	sem_wait(&started);
	sem_post(&released);
	sys->workers_free(sys->context, workers, &finished, &unrun);
	workers = NULL;
	/* The worker may have gone on for a moment before it saw that it shall stop. */
	ck_assert_uint_ge(count_of(&finished), 2);
	ck_assert_uint_eq(count_of(&finished) + count_of(&unrun), 5);
	for (struct an_list *i = an_list_first(&unrun); i != NULL; i = an_list_next(&unrun, i))
		ck_assert_int_eq(an_container_of(i, struct note, job.link)->order, 0);
}
END_TEST

static void *post_soon(void *argument)
{
	usleep(30000);
	sem_post(argument);
	return NULL;
}

START_TEST(free_does_not_run_what_is_queued)
{
	sem_t started, released;
	sem_init(&started, 0, 0);
	sem_init(&released, 0, 0);
	struct note running = note_on(AN_JOB_DISK), queued = note_on(AN_JOB_DISK);
	running.started = &started;
	running.released = &released;
	submit(&running);
	submit(&queued);
	sem_wait(&started);
	pthread_t helper;
	pthread_create(&helper, NULL, post_soon, &released);
	sys->workers_free(sys->context, workers, &finished, &unrun);
	workers = NULL;
	pthread_join(helper, NULL);
	ck_assert_ptr_eq(an_list_first(&finished), &running.job.link);
	ck_assert_ptr_eq(an_list_first(&unrun), &queued.job.link);
	ck_assert_int_eq(queued.order, 0);
}
END_TEST

START_TEST(one_wake_announces_all_that_finished)
{
	enum { COUNT = 50 };
	struct note notes[COUNT];
	for (int i = 0; i < COUNT; i++) {
		notes[i] = note_on(AN_JOB_DISK);
		submit(&notes[i]);
	}
	finish(COUNT);
	struct pollfd watched = {
		.fd = sys->reactor_fd(sys->context, reactor),
		.events = POLLIN,
	};
	ck_assert_int_eq(poll(&watched, 1, 20), 0);
}
END_TEST

START_TEST(a_forked_child_can_free_while_the_lock_is_in_use)
{
	sem_t released;
	sem_init(&released, 0, 0);
	struct note running = note_on(AN_JOB_DISK), queued = note_on(AN_JOB_DISK);
	running.released = &released;
	submit(&running);
	submit(&queued);
	const pid_t child = fork();
	if (child == 0) {
		alarm(5); /* ends the child where free waits for a thread that does not exist */
		sys->workers_free(sys->context, workers, &finished, &unrun);
		sys->reactor_free(sys->context, reactor);
		_exit(an_list_empty(&finished) && an_list_empty(&unrun) ? 0 : 1);
	}
	int result = -1;
	ck_assert_int_eq(waitpid(child, &result, 0), child);
	ck_assert_int_eq(result, 0);
	sem_post(&released);
	finish(2);
}
END_TEST

START_TEST(without_threads_a_job_runs_inside_submit_and_wakes_the_reactor)
{
	struct note disk = note_on(AN_JOB_DISK), compute = note_on(AN_JOB_COMPUTE);
	submit(&disk);
	submit(&compute);
	ck_assert(pthread_equal(disk.runner, pthread_self()));
	ck_assert_int_eq(disk.order, 1);
	ck_assert_int_eq(compute.order, 2);
	ck_assert_uint_eq(threads_of_process(), 1);
	ck_assert_uint_eq(sys->workers_pending(sys->context, workers), 2);
	finish(2);
	ck_assert_uint_eq(sys->workers_pending(sys->context, workers), 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("sys/workers");
	TCase *threads = tcase_create("threads");
	tcase_add_checked_fixture(threads, setup_threads, teardown);
	tcase_add_test(threads, no_thread_exists_before_the_first_job);
	tcase_add_test(threads, disk_jobs_run_in_order_on_one_other_thread);
	tcase_add_test(threads, compute_jobs_run_beside_each_other_and_beside_the_disk);
	tcase_add_test(threads, no_more_threads_than_asked_for_and_all_signals_blocked);
	tcase_add_test(threads, free_waits_for_the_running_job_and_returns_the_queued_ones);
	tcase_add_test(threads, free_does_not_run_what_is_queued);
	tcase_add_test(threads, one_wake_announces_all_that_finished);
	tcase_add_test(threads, a_forked_child_can_free_while_the_lock_is_in_use);
	suite_add_tcase(s, threads);

	TCase *without = tcase_create("no threads");
	tcase_add_checked_fixture(without, setup_inline, teardown);
	tcase_add_test(without, without_threads_a_job_runs_inside_submit_and_wakes_the_reactor);
	suite_add_tcase(s, without);
	return s;
}
