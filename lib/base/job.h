/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A job: work that blocks or takes long, as a value.
 *
 * A module on floors 2 to 6 returns jobs in a list as it returns datagrams; lib/node hands them to
 * the workers of lib/sys, or runs them inline, and calls `done` on the pump. `run` touches only the
 * job itself and the handle that it names. Whoever made the job embeds it, and frees it in `done`.
 *
 * A node that is freed skips the jobs that wait: their `done` is called with `skipped` set although
 * they never ran. They then release what they hold, take the result as AUTONOMI_E_CANCELLED, and
 * start no other job.
 */
#ifndef AN_BASE_JOB_H
#define AN_BASE_JOB_H

#include "base/list.h"

enum an_job_lane {
	AN_JOB_DISK,    /* in order, on the one storage worker */
	AN_JOB_COMPUTE, /* in any order, on any compute worker */
};

struct an_job {
	struct an_list link;
	enum an_job_lane lane;
	void (*run)(struct an_job *job);  /* on a worker */
	void (*done)(struct an_job *job); /* on the pump, after run, exactly once */
	bool skipped;                     /* run was not called and will not be */
};

#endif
