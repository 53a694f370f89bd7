/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stdin, stdout and stderr of a program whose caller may have closed them, or whose disk is full. */
#ifndef TOOLS_COMMON_STREAMS_H
#define TOOLS_COMMON_STREAMS_H

#include <stdbool.h>

/* To be called first: descriptors 0 to 2 are taken from now on, so that no file or socket that is
 * opened later gets the number of a stream that was closed, and what is printed into it. Reading and
 * writing such a stream fails as before. False, with a complaint, where that cannot be done. */
bool hold_streams(void);

/* Writes what stdout still holds. The exit code: `code`, but EXIT_LOCAL, with a complaint, in place of
 * EXIT_DONE where not everything that was printed could be written. */
int end_output(int code);

#endif
