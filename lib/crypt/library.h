/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wolfCrypt's process-wide settings: where it takes entropy and the time from. Our build of wolfSSL
 * has neither by itself, so that the simulator can give both; the two functions come from lib/sys.
 *
 * Order: wolfSSL_Init puts the system's entropy in place, so whoever calls it calls
 * an_crypt_library_set afterwards, before the first handshake. It may be called again at any time:
 * the last one counts, for the whole process. Where the host's wolfSSL was built without the hooks,
 * it keeps using the system's entropy and clock.
 *
 * Threading: an_crypt_library_set while no other thread uses TLS or Ed25519; wolfCrypt calls the
 * functions on whichever thread uses it.
 */
#ifndef AN_CRYPT_LIBRARY_H
#define AN_CRYPT_LIBRARY_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* As in lib/sys. */
typedef an_status an_crypt_entropy(void *context, uint8_t *out, size_t size);
typedef uint64_t an_crypt_unix_time_us(void *context);

/* Starts wolfCrypt where nobody has, and takes entropy and time from these functions, which must
 * stay callable with `context` until others are set. NULL functions: no entropy, and time stands
 * still at 0. E_INTERNAL where wolfCrypt does not start. */
an_status an_crypt_library_set(an_crypt_entropy *entropy, an_crypt_unix_time_us *unix_time_us,
                               void *context);

#endif
