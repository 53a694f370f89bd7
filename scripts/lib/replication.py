# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeping records costs, from the simulator: replication.py SIM, as a table and a line of JSON.

Virtual time, so the figures are the same on every machine. See docs/replication.md.
"""

import json
import re
import subprocess
import sys

NODES = 25
SEED = 1
LEFT = re.compile(r"(?P<missing>\d+) copies were missing and are back after (?P<seconds>\d+) s.*?"
                  r"record bytes moved: (?P<moved>\d+) of (?P<needed>\d+) ", re.S)
QUIET = re.compile(r"(?P<stored>\d+) bytes stored; on the wire (?P<wire>\d+) .*?, on disk (?P<disk>\d+) "
                   r".*?each node sends (?P<bytes>\d+) bytes and (?P<datagrams>[\d.]+) datagrams")


def run(sim, scenario, pattern):
    done = subprocess.run([sim, "--scenario", scenario, "--nodes", str(NODES), "--seed", str(SEED)],
                          capture_output=True, text=True)
    found = pattern.search(done.stdout)
    if done.returncode != 0 or found is None:
        sys.exit(f"the scenario {scenario} ended with {done.returncode}:\n{done.stdout[-1000:]}")
    return {name: float(value) for name, value in found.groupdict().items()}


def main():
    sim = sys.argv[1]
    leave = run(sim, "leave", LEFT)
    quiet = run(sim, "settled", QUIET)
    name = "one of 25 nodes leaves, 10,000 records"
    rows = [
        (f"{name}: copies missing", f"{leave['missing']:.0f}"),
        (f"{name}: until all are back", f"{leave['seconds']:.0f} s"),
        (f"{name}: bytes moved against bytes that had to move", f"{leave['moved'] / leave['needed']:.2f}"),
        ("25 settled nodes: each sends", f"{quiet['bytes']:.0f} bytes, {quiet['datagrams']:.2f} datagrams a second"),
        ("100 MiB left alone for 10 minutes: on disk", f"{quiet['disk'] / quiet['stored']:.2f} x"),
        ("100 MiB left alone for 10 minutes: on the wire beyond the upload",
         f"{quiet['wire'] / quiet['stored']:.2f} x")]
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        print(f"{name:<{width}}  {value}")
    print(json.dumps({"leave": leave, "settled": quiet}))


main()
