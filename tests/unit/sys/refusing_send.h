/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel's refusals on demand: the linker sends every sendmmsg and recvmmsg of a test program
 * here (-Wl,--wrap), and from here it goes to the kernel unless a refusal is due.
 */
#ifndef AN_TESTS_REFUSING_SEND_H
#define AN_TESTS_REFUSING_SEND_H

#include <stdbool.h>

/* The next `times` calls that send fail with `error`. */
void refuse_sends(int times, int error);

/* From now on every message with a control message of UDP_SEGMENT fails with `error`; 0: none. */
void refuse_segmentation(int error);

/* The next `times` calls that receive fail with `error`. */
void refuse_receives(int times, int error);

/* How many calls sent something that asked the kernel to cut it. */
int segmented_sends(void);

#endif
