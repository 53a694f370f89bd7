/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "autonomi/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BAR_CELLS = 30, TEXT_MAX = 32 };

static const double redraw_seconds = 0.1;

static double seconds_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

void format_bytes(uint64_t bytes, char *text, unsigned long text_size)
{
	static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
	if (bytes < 1000) {
		snprintf(text, text_size, "%llu bytes", (unsigned long long)bytes);
		return;
	}
	double amount = (double)bytes / 1000;
	size_t unit = 0;
	while (amount >= 999.95 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		amount /= 1000;
		unit++;
	}
	snprintf(text, text_size, "%.1f %s", amount, units[unit]);
}

static void format_remaining(double seconds, char *text, size_t text_size)
{
	const unsigned long whole = seconds > 0 && seconds < 1e8 ? (unsigned long)(seconds + 0.5)
	                                                         : 0;
	if (whole >= 3600)
		snprintf(text, text_size, "%lu:%02lu:%02lu left", whole / 3600, whole / 60 % 60,
		         whole % 60);
	else
		snprintf(text, text_size, "%lu:%02lu left", whole / 60, whole % 60);
}

/* A bar needs a terminal that can go back to the beginning of a line and clear it. */
static bool can_draw(void)
{
	const char *terminal = getenv("TERM");
	return isatty(STDERR_FILENO) == 1 && terminal != NULL && strcmp(terminal, "dumb") != 0;
}

void progress_begin(struct progress *progress, const char *what, bool hidden)
{
	*progress = (struct progress){
		.what = what,
		.hidden = hidden,
		.terminal = can_draw(),
		.started = seconds_now(),
	};
}

static void draw_bar(const struct progress *progress, double share, double rate, double remaining)
{
	char bar[BAR_CELLS + 1];
	char rate_text[TEXT_MAX];
	char remaining_text[TEXT_MAX];
	const size_t filled = (size_t)(share * BAR_CELLS);
	memset(bar, '-', BAR_CELLS);
	memset(bar, '#', filled < BAR_CELLS ? filled : BAR_CELLS);
	bar[BAR_CELLS] = '\0';
	format_bytes((uint64_t)rate, rate_text, sizeof(rate_text));
	format_remaining(remaining, remaining_text, sizeof(remaining_text));
	fprintf(stderr, "\r\033[K%s [%s] %3.0f %%  %s/s  %s", progress->what, bar, share * 100,
	        rate_text, remaining_text);
	fflush(stderr);
}

void progress_show(struct progress *progress, uint64_t done, uint64_t total)
{
	const double now = seconds_now();
	if (progress->hidden || total == 0)
		return;
	if (done < total && now - progress->shown < redraw_seconds)
		return;
	const double share = (double)done / (double)total;
	const double elapsed = now - progress->started;
	const double rate = elapsed > 0 ? (double)done / elapsed : 0;
	progress->shown = now;
	if (progress->terminal) {
		draw_bar(progress, share, rate, rate > 0 ? (double)(total - done) / rate : 0);
		progress->drawn = true;
	} else if ((int)(share * 10) > progress->shown_tenth) {
		progress->shown_tenth = (int)(share * 10);
		fprintf(stderr, "%s: %d %%\n", progress->what, progress->shown_tenth * 10);
	}
}

void progress_end(struct progress *progress)
{
	if (progress->drawn)
		fputc('\n', stderr);
	progress->drawn = false;
}
