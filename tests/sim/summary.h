/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run prints in the end. The programs are linked with --wrap=an_kad_lookup_result. */
#ifndef AN_SIM_SUMMARY_H
#define AN_SIM_SUMMARY_H

#include "sim/fleet.h"

/* A function of the run's arguments. */
void an_sim_summary_print(struct an_sim_fleet *fleet);
/* What it cost: CPU time and memory. */
void an_sim_summary_print_timing(double virtual_seconds, size_t nodes);

#endif
