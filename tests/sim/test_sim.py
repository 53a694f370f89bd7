# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator's program: what it prints is a function of its arguments, and its exit status tells.

A run reads neither the clock nor the system's entropy: the program seals itself before it opens the
first node (seal.h), and would be killed, or would name the function and fail.
"""

import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tap import Tap

SIM = sys.argv[1]
tap = Tap()


def run(*arguments, **environment):
    return subprocess.run([SIM, *arguments], capture_output=True, text=True, timeout=1200,
                          env={**os.environ, **environment})


listed = run("--list")
names = [line.split()[0] for line in listed.stdout.splitlines()]
tap.check(listed.returncode == 0 and "put-get" in names and len(set(names)) == len(names),
          "--list prints one scenario a line, its name first", listed.stdout)

for wrong in [[], ["--scenario", "no-such"], ["--scenario"], ["--nodes", "x"],
              ["--scenario", "join", "--nodes", "0"], ["--scenario", "join", "--what"],
              ["--scenario", "join", "--fidelity", "letters"]]:
    result = run(*wrong)
    tap.check(result.returncode == 2 and "usage" in result.stderr and result.stdout == "",
              "wrong arguments end with 2 and the usage: " + " ".join(wrong), result)

arguments = ["--scenario", "lossy", "--nodes", "8", "--seed", "7"]
first = run(*arguments)
again = run(*arguments, TZ="Asia/Tokyo", HOME="/", LANG="C")
tap.check(first.returncode == 0, "the run's invariants hold", first.stdout + first.stderr)
tap.check(first.stdout == again.stdout and first.stderr == again.stderr,
          "the same arguments print the same in another process and environment",
          first.stdout + again.stdout)
tap.check("seed 7" in first.stdout.splitlines()[-1], "the last line has the seed", first.stdout)
other = run("--scenario", "lossy", "--nodes", "8", "--seed", "8")
tap.check("trace" in other.stdout and
          first.stdout.split("trace")[1] != other.stdout.split("trace")[1],
          "another seed goes another way", other.stdout)
messages = run(*arguments, "--fidelity", "messages")
again = run(*arguments, "--fidelity", "messages", TZ="Asia/Tokyo", HOME="/", LANG="C")
tap.check(messages.returncode == 0 and messages.stdout == again.stdout,
          "at message fidelity the invariants hold, and the same arguments print the same",
          messages.stdout + messages.stderr + again.stdout)
sent = [int(out.stdout.split("datagrams: ")[1].split()[0]) for out in (first, messages)]
tap.check(0 < sent[1] < sent[0] / 2, "message fidelity is another wire, with fewer packets",
          messages.stdout)
lied = run("--scenario", "blackout", "--nodes", "8", "--seed", "7", "--disks-lie")
tap.check(lied.returncode == 1 and "BROKEN: " in lied.stdout and
          lied.stdout.splitlines()[-1] == "FAILED blackout, seed 7",
          "disks that ignore syncs break an invariant, and the run says so with its seed",
          lied.stdout)
both = run("--scenario", "all", "--nodes", "20", "--seed", "7", "--faults", "100")
ends = [line for line in both.stdout.splitlines() if line.startswith("HELD all")]
tap.check(both.returncode == 0 and len(ends) == 2 and
          " 10 faults: " in both.stdout and " 90 faults: " in both.stdout,
          "all faults: a tenth meets QUIC, the others the message wire", both.stdout + both.stderr)
tap.check(all(text in both.stdout for text in
              (" stored, 0 lost, ", " answered (", "lookups by hops: ", " node-hours: ")),
          "a run prints records, answers, lookups and traffic", both.stdout)
lied = run("--scenario", "all", "--nodes", "12", "--seed", "7", "--faults", "200",
           "--fidelity", "messages", "--disks-lie")
tap.check(lied.returncode == 1 and "BROKEN: " in lied.stdout,
          "all faults with disks that ignore syncs break an invariant", lied.stdout)
timed = run(*arguments, "--timing")
tap.check(timed.stdout.startswith(first.stdout) and "timing" in timed.stdout,
          "--timing adds a line and changes nothing", timed.stdout)
logged = run(*arguments, "--log", "info")
tap.check("joined the network" in logged.stdout, "--log prints the nodes' lines", logged.stdout)
tap.check(logged.stdout.split("trace")[1] == first.stdout.split("trace")[1],
          "logging does not change what happens", logged.stdout[-200:])
tap.done()
