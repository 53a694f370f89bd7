# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults from new seeds, run after run, until so many were injected at each fidelity.

Each run is a line of a table, which goes on where it ended, and which several may write at once:
    seed,nodes,fidelity,faults,stored,lost,seconds,result
"""

import csv
import os
import re
import subprocess
import time

from network import Failure

FIELDS = ["seed", "nodes", "fidelity", "faults", "stored", "lost", "seconds", "result"]
# What one run injects, and in how many nodes: many small runs see more than a few large ones.
RUNS = {"messages": (5000, 25), "datagrams": (1000, 15)}
# Injected without an option.
USUAL = {"messages": 100000, "datagrams": 10000}
RUN_SECONDS_MAX = 3600


def outcome(command):
    """The exit code of a run and what it printed; a run that does not end is a failed one."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=RUN_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        return None, f"it did not end within {RUN_SECONDS_MAX} s"
    return done.returncode, done.stdout


class Campaign:
    def __init__(self, sim, wanted, table):
        self.sim = sim
        self.wanted = wanted
        self.table = table
        self.rows = []

    def look(self):
        """Takes in what others have added to the table meanwhile."""
        if self.table is not None and self.table.exists():
            with self.table.open(newline="") as file:
                self.rows = list(csv.DictReader(file))

    def sum_of(self, field, fidelity=None):
        return sum(int(row[field]) for row in self.rows
                   if row["result"] == "held" and fidelity in (None, row["fidelity"]))

    def next_fidelity(self):
        """That of which the larger part is missing; None where none is."""
        self.look()
        missing = {fidelity: 1 - self.sum_of("faults", fidelity) / wanted
                   for fidelity, wanted in self.wanted.items() if wanted > 0}
        if not missing or max(missing.values()) <= 0:
            return None
        return max(missing, key=missing.get)

    def note(self, row):
        self.rows.append({name: str(value) for name, value in row.items()})
        if self.table is None:
            return
        is_new = not self.table.exists()
        with self.table.open("a", newline="") as file:
            writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
            if is_new:
                writer.writeheader()
            writer.writerow(row)

    def run_one(self, fidelity):
        faults, nodes = RUNS[fidelity]
        faults = min(faults, self.wanted[fidelity] - self.sum_of("faults", fidelity))
        seed = int.from_bytes(os.urandom(4), "big")
        command = [str(self.sim), "--scenario", "all", "--nodes", str(nodes), "--faults", str(faults),
                   "--seed", str(seed), "--fidelity", fidelity]
        started = time.monotonic()
        code, text = outcome(command)
        said = re.search(r" (\d+) stored, (\d+) lost,", text)
        stored, lost = said.groups() if said else (0, 0)
        held = code == 0 and lost == "0"
        self.note({"seed": seed, "nodes": nodes, "fidelity": fidelity, "faults": faults,
                   "stored": stored, "lost": lost, "seconds": round(time.monotonic() - started),
                   "result": "held" if held else "failed"})
        if not held:
            raise Failure(f"{' '.join(command[1:])} ended with {code}\n{text[-2000:]}")

    def perform(self):
        while (fidelity := self.next_fidelity()) is not None:
            self.run_one(fidelity)
        held = {row["seed"] for row in self.rows if row["result"] == "held"}
        failed = {row["seed"] for row in self.rows if row["result"] == "failed"}
        return f"{len(held)} seeds held with {self.sum_of('faults', 'messages')} faults over messages and " \
               f"{self.sum_of('faults', 'datagrams')} over QUIC, {self.sum_of('stored')} records " \
               f"stored and none lost; {len(failed)} seeds of the table failed"
