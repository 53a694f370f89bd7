/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a submitted operation to its completion. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "autonomi/command.h"
#include "autonomi/progress.h"
#include "common/json.h"

static autonomi_node *volatile signalled_node;
static volatile sig_atomic_t signals;

static void on_signal(int number)
{
	(void)number;
	const int saved_errno = errno;
	signals++;
	autonomi_node_wake(signalled_node);
	errno = saved_errno;
}

static void catch_signals(struct program *program)
{
	signalled_node = program->node;
	struct sigaction action = {.sa_handler = on_signal};
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* Takes events until the completion of `op`, or until none waits. */
static autonomi_event *take_events(struct program *program, autonomi_op op,
                                   struct progress *progress)
{
	autonomi_event *event = NULL;
	while (autonomi_node_next_event(program->node, &event) == 1) {
		autonomi_event_view view;
		autonomi_event_get_view(event, &view, sizeof(view));
		if (view.op == op && view.type == AUTONOMI_EVENT_COMPLETED)
			return event;
		if (view.op == op && view.type == AUTONOMI_EVENT_PROGRESS)
			progress_show(progress, view.done, view.total);
		autonomi_event_free(event);
	}
	return NULL;
}

static uint64_t milliseconds_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* How long to wait; cancels the operation when a signal came or its time is over. */
static int32_t patience(struct program *program, autonomi_op op, uint64_t end)
{
	if (signals > 0 && !program->interrupted) {
		program->interrupted = true;
		autonomi_op_cancel(program->node, op);
	}
	if (end == 0)
		return -1;
	const uint64_t now = milliseconds_now();
	if (now < end)
		return end - now > INT32_MAX ? INT32_MAX : (int32_t)(end - now);
	autonomi_op_cancel(program->node, op);
	return -1;
}

bool follow(struct program *program, autonomi_op op, const char *what, autonomi_event **ret_event)
{
	struct progress progress;
	progress_begin(&progress, what, program->quiet);
	catch_signals(program);
	const uint64_t end = program->timeout_ms > 0 ? milliseconds_now() + program->timeout_ms : 0;
	autonomi_status status = AUTONOMI_OK;
	while ((*ret_event = take_events(program, op, &progress)) == NULL && status >= 0)
		status = autonomi_node_wait(program->node, patience(program, op, end));
	progress_end(&progress);
	signalled_node = NULL;
	if (*ret_event != NULL)
		return true;
	complain("the client stopped: %s", autonomi_status_message(status));
	return false;
}

/* `print_more` may add to the JSON object, or print lines. */
static int report(struct program *program, autonomi_status status, const char *sentence,
                  printer *print_more, const autonomi_event *event, const void *context)
{
	program->reported = true;
	if (program->json) {
		printf("{\"error\":");
		json_text(stdout, autonomi_status_name(status));
		printf(",\"message\":");
		json_text(stdout, sentence);
	}
	if (print_more != NULL)
		print_more(program, event, context);
	if (program->json)
		printf("}\n");
	complain("%s", sentence);
	return exit_code_of(status);
}

int failed(struct program *program, const autonomi_event *event)
{
	autonomi_status status = autonomi_event_status(event);
	if (status == AUTONOMI_E_CANCELLED && !program->interrupted)
		return report(program, AUTONOMI_E_TIMEOUT,
		              "the operation took longer than --timeout allows", NULL, NULL, NULL);
	if (status == AUTONOMI_E_CANCELLED)
		return report(program, status,
		              "the operation was interrupted; to go on, run the same command again",
		              NULL, NULL, NULL);
	return report(program, status, autonomi_event_message(event), NULL, NULL, NULL);
}

int refused(struct program *program, autonomi_status status, const char *what)
{
	char sentence[512];
	snprintf(sentence, sizeof(sentence), "%s: %s", what, autonomi_status_message(status));
	return refused_with(program, status, sentence);
}

int refused_with(struct program *program, autonomi_status status, const char *sentence)
{
	return report(program, status, sentence, NULL, NULL, NULL);
}

/* The status whose name stands for all of an exit code. */
static autonomi_status status_of(int code)
{
	switch (code) {
	case EXIT_USAGE:
		return AUTONOMI_E_INVALID;
	case EXIT_NOT_FOUND:
		return AUTONOMI_E_NOT_FOUND;
	case EXIT_NETWORK:
		return AUTONOMI_E_NO_PEERS;
	case EXIT_LOCAL:
		return AUTONOMI_E_IO;
	case EXIT_INCOMPLETE:
		return AUTONOMI_E_QUORUM;
	case EXIT_DAMAGED:
		return AUTONOMI_E_CORRUPT;
	case EXIT_INTERRUPTED:
		return AUTONOMI_E_CANCELLED;
	default:
		return AUTONOMI_E_INTERNAL;
	}
}

void report_rest(struct program *program, int code)
{
	if (!program->json || program->reported || code == EXIT_DONE)
		return;
	printf("{\"error\":");
	json_text(stdout, autonomi_status_name(status_of(code)));
	printf(",\"message\":");
	json_text(stdout, last_complaint());
	printf("}\n");
}

autonomi_event *completion(struct program *program, autonomi_op op, const char *what, int *ret_code)
{
	autonomi_event *event = NULL;
	*ret_code = EXIT_GENERAL;
	if (!follow(program, op, what, &event))
		return NULL;
	*ret_code = EXIT_DONE;
	if (autonomi_event_status(event) >= 0)
		return event;
	*ret_code = failed(program, event);
	return autonomi_event_free(event);
}

int finish(struct program *program, autonomi_status submitted, autonomi_op op, const char *what,
           printer *print, printer *print_fork, const void *context)
{
	if (submitted != AUTONOMI_OK)
		return refused(program, submitted, "the command cannot be carried out");
	autonomi_event *event = NULL;
	if (!follow(program, op, what, &event))
		return EXIT_GENERAL;
	int code = EXIT_DONE;
	const autonomi_status status = autonomi_event_status(event);
	if (status >= 0)
		print(program, event, context);
	else if (status == AUTONOMI_E_FORK && autonomi_event_data(event, NULL) != NULL)
		code = report(program, status, autonomi_event_message(event), print_fork, event,
		              context);
	else
		code = failed(program, event);
	autonomi_event_free(event);
	return code;
}
