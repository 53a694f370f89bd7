/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The compressor of self-encryption: brotli at quality 6 and window 22, fed in blocks of 4,096 bytes
 * and then finished, which is how Autonomi's client drives its own (reference: brotli.md; the bytes
 * depend on it). The only file that knows the brotli library.
 *
 * Its memory comes from base/memory.h. Threading: any thread.
 */
#ifndef AN_DATA_COMPRESS_H
#define AN_DATA_COMPRESS_H

#include "base/blob.h"
#include "base/span.h"
#include "base/status.h"

/* The compressed bytes, with room for `spare` more behind them. E_NO_MEMORY. */
an_status an_compress(struct an_span plain, size_t spare, struct an_blob **ret_blob);

/* The reverse. `size_hint` is allocated at first; E_TOO_LARGE beyond `size_max`; E_CORRUPT where the
 * bytes are no whole stream or something follows it. */
an_status an_decompress(struct an_span bytes, size_t size_hint, size_t size_max,
                        struct an_blob **ret_plain);

/* Brotli's quality, which is part of what decides the bytes. */
int an_compressor_quality(void);

/* What compresses, which decides the addresses of the chunks of a file (Meson: `encoder`). Static. */
const char *an_compressor_library(void);

#endif
