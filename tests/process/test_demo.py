#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""scripts/demo, short: its verdict, its table, and that it leaves nothing behind but what is kept.

    test_demo.py BUILD_FOLDER
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
sys.path.insert(0, str(ROOT / "scripts/lib"))
from network import is_node, random_file  # noqa: E402
from tap import Tap  # noqa: E402

NODES = 8
SECONDS_MAX = 120

tap = Tap()


def start(folder, *words):
    environment = {**os.environ, "AUTONOMI_BUILD": sys.argv[1], "TMPDIR": str(folder)}
    return subprocess.Popen([str(ROOT / "scripts/demo"), "--nodes", str(NODES), *map(str, words)],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env=environment)


def nodes_in(folder):
    return [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit() and is_node(p.name, folder)]


def leaves_nothing(name, folder):
    end = time.monotonic() + 5
    while nodes_in(folder) and time.monotonic() < end:
        time.sleep(0.1)
    tap.check(not nodes_in(folder) and not list(folder.glob("autonomi-demo-*")), name,
              f"processes {nodes_in(folder)}, files {list(folder.iterdir())}")


def passes(folder, file):
    process = start(folder, "--file", file, "--result", folder / "result")
    out, err = process.communicate(timeout=SECONDS_MAX)
    tap.check(process.returncode == 0, "the demo ends with 0", out + err)
    tap.check("equal: " in out, "it says that the bytes are equal", out)
    for row in ("store: wall time", "store: core-seconds", "read: peak memory", "PSS of a node at rest",
                "bytes sent per byte stored", "bytes received per byte read", "copies per chunk",
                "synced 4 MiB write"):
        tap.check(re.search(re.escape(row) + r".*\d", out), f"its table has: {row}", out)
    result = json.loads((folder / "result").read_text())
    tap.check(sum(result["copies"]) == result["copies"][5] > 0, "every chunk has 5 copies",
              result["copies"])
    tap.check(5 < result["up_ratio"] <= 5.6, "5 copies cost little more than 5 times the bytes",
              result["up_ratio"])
    tap.check(1 < result["down_ratio"] <= 1.2, "a read takes one copy", result["down_ratio"])
    leaves_nothing("it leaves neither processes nor files", folder)


def keeps(folder, file):
    process = start(folder, "--file", file, "--keep")
    out, err = process.communicate(timeout=SECONDS_MAX)
    tap.check(process.returncode == 0 and len(nodes_in(folder)) == NODES,
              "with --keep the network runs on", out + err)
    commands = [line.split() for line in out.splitlines() if line.strip().endswith("node info")]
    asked = subprocess.run(commands[0], capture_output=True, text=True, check=False) if commands else None
    tap.check(asked is not None and asked.returncode == 0 and "peer: " in asked.stdout,
              "the printed command talks to it", asked or out)
    kept = [line.split()[-1] for line in out.splitlines() if "--stop" in line]
    stop = subprocess.run([str(ROOT / "scripts/demo"), "--stop", kept[0]], capture_output=True,
                          text=True, check=False) if kept else None
    tap.check(stop is not None and stop.returncode == 0, "the printed command stops it", stop or out)
    leaves_nothing("then neither processes nor files are left", folder)


def ends_on_signal(folder, file, number):
    process = start(folder, "--file", file)
    end = time.monotonic() + 30
    while len(nodes_in(folder)) < NODES and time.monotonic() < end:
        time.sleep(0.02)
    process.send_signal(number)
    process.communicate(timeout=SECONDS_MAX)
    tap.check(process.returncode != 0, f"after {number.name} it does not end with 0")
    leaves_nothing(f"after {number.name} neither processes nor files are left", folder)


def refuses(folder):
    huge = folder / "huge"
    with open(huge, "wb") as file:
        file.truncate(1 << 43)
    process = start(folder, "--file", huge)
    out, err = process.communicate(timeout=SECONDS_MAX)
    tap.check(process.returncode == 1 and "free" in err and not out,
              "a disk that is too small is noticed first", out + err)
    process = start(folder, "--file", folder / "missing")
    out, err = process.communicate(timeout=SECONDS_MAX)
    tap.check(process.returncode == 1 and "missing" in err, "a missing file is named", out + err)


def main():
    folder = Path(tempfile.mkdtemp(prefix="autonomi-test-demo-")).resolve()
    try:
        file = random_file(folder / "file", 8 << 20)
        passes(folder, file)
        keeps(folder, file)
        for number in (signal.SIGINT, signal.SIGTERM):
            ends_on_signal(folder, file, number)
        refuses(folder)
    finally:
        for pid in nodes_in(folder):
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)
    tap.done()


main()
