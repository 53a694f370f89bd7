/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "machine.h"

#include <stdbool.h>
#include <time.h>

struct machine_traits machine_traits;

static _Atomic bool first_reading = true;
static unsigned sends;

void machine_first_reading(void)
{
	first_reading = true;
}

static an_time_us now(void *context)
{
	const an_time_us real = an_sys_machine()->now(context);
	return real + (atomic_exchange(&first_reading, false) ? machine_traits.first_us
	                                                      : machine_traits.later_us);
}

static an_status file_write(void *context, struct an_file *file, uint64_t offset,
                            struct an_span bytes)
{
	const unsigned slow = machine_traits.write_us;
	const struct timespec time = {slow / 1000000, (long)(slow % 1000000) * 1000};
	machine_traits.writes++;
	machine_traits.writing++;
	nanosleep(&time, NULL);
	machine_traits.writing--;
	return an_sys_machine()->file_write(context, file, offset, bytes);
}

static void udp_send(void *context, struct an_udp *udp, const struct an_datagram *runs,
                     size_t count, size_t *ret_sent)
{
	const unsigned every = machine_traits.full_every;
	if (every > 0 && ++sends % every == 0) {
		machine_traits.refused_sends++;
		*ret_sent = 0;
		return;
	}
	an_sys_machine()->udp_send(context, udp, runs, count, ret_sent);
}

const struct an_sys *machine(void)
{
	static struct an_sys sys;
	sys = *an_sys_machine();
	sys.now = now;
	sys.file_write = file_write;
	sys.udp_send = udp_send;
	return &sys;
}
