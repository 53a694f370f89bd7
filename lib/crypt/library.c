/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypt/library.h"

#include <stdbool.h>

#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/asn_public.h>
#include <wolfssl/wolfcrypt/error-crypt.h>
#include <wolfssl/wolfcrypt/random.h>
#include <wolfssl/wolfcrypt/wc_port.h>

/* wolfCrypt's hooks carry no context: these settings are its, and are as global as it is. */
static struct {
	an_crypt_entropy *entropy;
	an_crypt_unix_time_us *unix_time_us;
	void *context;
	bool started;
} library;

static uint64_t unix_time_us(void)
{
	return library.unix_time_us != NULL ? library.unix_time_us(library.context) : 0;
}

#ifdef WC_RNG_SEED_CB
static int seed(OS_Seed *system_seed, byte *out, word32 size)
{
	(void)system_seed;
	if (library.entropy == NULL || library.entropy(library.context, out, size) != AUTONOMI_OK)
		return RNG_FAILURE_E;
	return 0;
}
#endif

static time_t unix_time(time_t *ret_time)
{
	const time_t time = (time_t)(unix_time_us() / 1000000);
	if (ret_time != NULL)
		*ret_time = time;
	return time;
}

#ifdef USER_TICKS
/* Called by wolfSSL, which leaves them to us and declares them in a header of its own only. */
word32 LowResTimer(void);
#ifdef WOLFSSL_32BIT_MILLI_TIME
word32 TimeNowInMilliseconds(void);
#else
sword64 TimeNowInMilliseconds(void);
#endif

/* Seconds: the age of sessions. */
word32 LowResTimer(void)
{
	return (word32)(unix_time_us() / 1000000);
}

/* The age of session tickets. */
#ifdef WOLFSSL_32BIT_MILLI_TIME
word32 TimeNowInMilliseconds(void)
{
	return (word32)(unix_time_us() / 1000);
}
#else
sword64 TimeNowInMilliseconds(void)
{
	return (sword64)(unix_time_us() / 1000);
}
#endif
#endif

an_status an_crypt_library_set(an_crypt_entropy *entropy, an_crypt_unix_time_us *time,
                               void *context)
{
	if (!library.started && wolfCrypt_Init() != 0)
		return AUTONOMI_E_INTERNAL;
	library.started = true;
	library.entropy = entropy;
	library.unix_time_us = time;
	library.context = context;
#ifdef WC_RNG_SEED_CB
	if (wc_SetSeed_Cb(seed) != 0)
		return AUTONOMI_E_INTERNAL;
#endif
	/* A wolfSSL with a clock of its own keeps it where no other is given. */
	return wc_SetTimeCb(time != NULL ? unix_time : NULL) == 0 ? AUTONOMI_OK
	                                                          : AUTONOMI_E_INTERNAL;
}
