/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The version of the header that a program was compiled against, and of the library that it runs
 * with. The two differ only where a newer library of the same soname was installed.
 */
#ifndef AUTONOMI_VERSION_H
#define AUTONOMI_VERSION_H

#include <stddef.h>
#include <stdint.h>

#include <autonomi/export.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Until 1.0 every change of the minor number changes the soname. */
#define AUTONOMI_VERSION_MAJOR 0
#define AUTONOMI_VERSION_MINOR 1
#define AUTONOMI_VERSION_PATCH 0
#define AUTONOMI_VERSION_TEXT  "0.1.0"

/* The library's version as major * 1,000,000 + minor * 1,000 + patch. Any thread. */
AUTONOMI_API uint32_t autonomi_version_number(void);

/* The library's version as text, for example "0.1.0". Static, never freed. Any thread. */
AUTONOMI_API const char *autonomi_version_text(void);

/* What the library was built with, one part a call: "wolfSSL 5.9.4", "ngtcp2 1.11.0", the key
 * exchange, the database, the compressor; NULL behind the last. Static. Any thread. */
AUTONOMI_API const char *autonomi_version_part(size_t index);

#ifdef __cplusplus
}
#endif

#endif
