#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples make a network, and store and fetch a chunk in it.

    test_examples.py FOLDER_OF_THE_PROGRAMS
"""

import queue
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tap import Tap  # noqa: E402

PROGRAMS = Path(sys.argv[1])
LIMIT = 60
tap = Tap()
running = []


class Program:
    """A program whose lines are read as they come."""

    def __init__(self, name, *arguments):
        self.process = subprocess.Popen([PROGRAMS / name, *arguments], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        self.lines, self.errors = queue.Queue(), []
        threading.Thread(target=self.read, daemon=True).start()
        threading.Thread(target=lambda: self.errors.extend(self.process.stderr),
                         daemon=True).start()
        running.append(self)

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line.strip())
        self.lines.put("")

    def line(self, beginning):
        """The next line that begins so; "" where the program ends or is silent too long."""
        try:
            while True:
                line = self.lines.get(timeout=LIMIT)
                if line.startswith(beginning) or line == "":
                    return line
        except queue.Empty:
            return ""


def check_pointer():
    """The SHA3-256 of "hello" is where it must point."""
    made = subprocess.run([PROGRAMS / "pointer", "hello"], capture_output=True, text=True,
                          timeout=LIMIT, check=False)
    target = "3338be694f50c5f338814986cdf0686453a888b84f424d792af4b9202398f392"
    tap.check(made.returncode == 0 and f"counter 0 points at {target}\n" in made.stdout,
              "pointer makes and checks a signed pointer without a node", made.stdout + made.stderr)
    tap.check("of somebody else: the peer is not who it should be" in made.stdout,
              "pointer refuses another owner", made.stdout)


def main(folder):
    check_pointer()
    first = Program("poll_node", str(folder / "first"))
    address = first.line("/ip")
    if not tap.check(address.startswith("/ip"), "poll_node tells its address", first.errors):
        return
    (folder / "others").mkdir()
    others = Program("epoll_node", str(folder / "others"), address)
    tap.check(all(others.line("12D3KooW") for _ in range(3)), "three nodes of epoll_node join",
              others.errors)
    stored = subprocess.run([PROGRAMS / "embed", address, "Hello, network"], capture_output=True,
                            text=True, timeout=LIMIT * 2, check=False)
    tap.check(stored.returncode == 0, "embed stores and fetches", stored.stdout + stored.stderr)
    tap.check("fetched: Hello, network\n" in stored.stdout, "embed fetches what it stored",
              stored.stdout)
    refused = subprocess.run([PROGRAMS / "embed", "nowhere", "x"], capture_output=True, text=True,
                             timeout=LIMIT, check=False)
    tap.check(refused.returncode == 1 and "nowhere" in refused.stderr,
              "embed says what is wrong with an address", refused.stderr)
    first.process.terminate()
    tap.check(first.process.wait(timeout=LIMIT) == 0, "poll_node ends in order with SIGTERM",
              first.errors)
    tap.check(others.process.poll() is None, "the others go on", others.errors)


with tempfile.TemporaryDirectory() as temporary:
    try:
        main(Path(temporary))
    finally:
        for program in running:
            program.process.kill()
            program.process.wait()
tap.done()
