/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/round_trip.h"

enum { SMOOTHING = 8, VARIATION_SMOOTHING = 4, VARIATIONS = 4 }; /* RFC 6298, section 2 */

void an_round_trip_add(struct an_round_trip *round_trip, an_time_us took)
{
	if (took == 0)
		took = 1;
	if (round_trip->smoothed == 0) {
		*round_trip = (struct an_round_trip){.smoothed = took, .variation = took / 2};
		return;
	}
	const an_time_us smoothed = round_trip->smoothed;
	const an_time_us off = took > smoothed ? took - smoothed : smoothed - took;
	round_trip->variation += off / VARIATION_SMOOTHING;
	round_trip->variation -= round_trip->variation / VARIATION_SMOOTHING;
	round_trip->smoothed = smoothed - smoothed / SMOOTHING + took / SMOOTHING;
	if (round_trip->smoothed == 0)
		round_trip->smoothed = 1;
}

an_time_us an_round_trip_late(const struct an_round_trip *round_trip,
                              const struct an_profile *profile)
{
	if (round_trip->smoothed == 0)
		return profile->late_first;
	const an_time_us late = round_trip->smoothed + VARIATIONS * round_trip->variation;
	if (late < profile->late_least)
		return profile->late_least;
	return late < profile->late_most ? late : profile->late_most;
}
