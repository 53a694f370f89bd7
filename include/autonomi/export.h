/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Marks what the shared library exports. Nothing else is visible outside of it. */
#ifndef AUTONOMI_EXPORT_H
#define AUTONOMI_EXPORT_H

#if defined(AUTONOMI_FFI)
#define AUTONOMI_API
#elif defined(__GNUC__)
#define AUTONOMI_API __attribute__((visibility("default")))
#else
#define AUTONOMI_API
#endif

#endif
