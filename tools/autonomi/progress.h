/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A progress bar with rate and remaining time on a terminal, plain lines elsewhere; on stderr. */
#ifndef TOOLS_AUTONOMI_PROGRESS_H
#define TOOLS_AUTONOMI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *what; /* "Uploading photo.jpg" */
	bool hidden;
	bool terminal;
	double started;  /* seconds */
	double shown;    /* when it was last drawn */
	int shown_tenth; /* of plain lines: the last tenth that was told */
	bool drawn;
};

void progress_begin(struct progress *progress, const char *what, bool hidden);
void progress_show(struct progress *progress, uint64_t done, uint64_t total);
/* Leaves the line, so that what follows begins on a fresh one. */
void progress_end(struct progress *progress);

/* "12.3 MB", "512 bytes". */
void format_bytes(uint64_t bytes, char *text, unsigned long text_size);

#endif
