/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How long peers took to answer small requests lately, and from when on one that is silent counts as
 * late: the smoothed time and four times its variation (RFC 6298, section 2), within the profile's
 * bounds. A peer that is late is not given up; another is asked besides.
 *
 * A plain value. Pure.
 */
#ifndef AN_BASE_ROUND_TRIP_H
#define AN_BASE_ROUND_TRIP_H

#include "base/profile.h"

struct an_round_trip {
	an_time_us smoothed; /* 0: none was measured */
	an_time_us variation;
};

void an_round_trip_add(struct an_round_trip *round_trip, an_time_us took);
an_time_us an_round_trip_late(const struct an_round_trip *round_trip,
                              const struct an_profile *profile);

#endif
