#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The README's example is the file that the tests compile and run, and its commands exist.

    test_readme.py SOURCE_FOLDER BUILD_FOLDER
"""

import os
import re
import subprocess

from documents import BUILD, ROOT, Tap, blocks, read

README = read("README.md")
LINES_MAX = 60  # "about 40"


def check_example(tap):
    path = "examples/embed.c"
    exists = (ROOT / path).is_file()
    tap.check(exists, f"{path} is there")
    shown = blocks(README, "c").get(path, "")
    real = read(path) if exists else ""
    tap.check(real and shown == real, f"the example of the README is {path}",
              "put the file between ```c and ``` in README.md")
    tap.check(len(real.splitlines()) <= LINES_MAX, f"{path} is short", len(real.splitlines()))


def check_commands(tap):
    for document in ["README.md", "CONTRIBUTING.md"]:
        commands = set(re.findall(r"^(?:\w+=\S+ )*(scripts/\w+)", read(document), flags=re.M))
        tap.check(commands, f"{document} names scripts")
        for command in sorted(commands):
            tap.check(os.access(ROOT / command, os.X_OK), f"{document}: {command} can be run")


def check_flags(tap):
    """The flags of the README are flags of the programs, where these were built."""
    for name in ["autonomi-node", "autonomi"]:
        program = BUILD / "tools" / name
        if not program.is_file():
            continue
        text = subprocess.run([program, "--help"], capture_output=True, text=True,
                              check=False).stdout
        lines = re.findall(rf"^{name} ([^\n]*)", README, flags=re.M)
        flags = {flag for line in lines for flag in re.findall(r"(--[\w-]+)", line)}
        tap.check(lines and all(f"{flag}" in text for flag in flags),
                  f"{name} has the flags of the README", sorted(flags))


def main():
    tap = Tap()
    check_example(tap)
    check_commands(tap)
    check_flags(tap)
    tap.done()


main()
