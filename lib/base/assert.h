/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A statement that the code itself must keep true. It guards against mistakes of ours only: what a
 * peer, a file or a host sends is checked and answered with a status, never asserted.
 *
 * Checked builds stop at once; release builds trust it, for the library must not abort its host.
 */
#ifndef AN_BASE_ASSERT_H
#define AN_BASE_ASSERT_H

#ifdef AN_CHECKED
#define an_assert(condition) ((condition) ? (void)0 : __builtin_trap())
#else
#define an_assert(condition) ((void)0)
#endif

#endif
