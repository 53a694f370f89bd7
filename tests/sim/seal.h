/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The proof that a run reads neither real time nor the system's entropy. The functions of libc that
 * do are replaced for the whole program, shared libraries included: once sealed, a call of one is
 * noted by name. And the kernel is told to end the process at any system call of that kind, or one
 * that opens a file, a socket, a timer or a thread, so that what goes around libc is found too.
 */
#ifndef AN_SIM_SEAL_H
#define AN_SIM_SEAL_H

/* A sanitizer asks the kernel for what a sealed process may not: such a build leaves the kernel out. */
#if defined(__SANITIZE_ADDRESS__)
#define AN_SIM_SEAL_KERNEL 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define AN_SIM_SEAL_KERNEL 0
#endif
#endif
#ifndef AN_SIM_SEAL_KERNEL
#define AN_SIM_SEAL_KERNEL 1
#endif

/* There is no way back. */
void an_sim_seal(void);

/* The name of the first forbidden function that was called since, or NULL. */
const char *an_sim_seal_broken(void);

#endif
