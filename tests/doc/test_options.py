#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options in docs/contract.md are those that autonomi-node lists, with their defaults and bounds.

    test_options.py SOURCE_FOLDER BUILD_FOLDER [--update]

--update writes the table anew.
"""

import re
import subprocess
import sys

from documents import BUILD, ROOT, Tap, read, section, table

DOCUMENT = "docs/contract.md"
HEAD = "| option | default | values | what it does |\n|---|---|---|---|\n"
LARGEST = 2**64 - 1


def listed():
    """[name, default, values, description] of each option, as the program prints them."""
    text = subprocess.run([BUILD / "tools" / "autonomi-node", "--options"], capture_output=True,
                          text=True, check=True).stdout
    found = re.findall(r"^(\S+) = ([^\n(]*?) ?(?:\(([^\n]*)\))?\n    ([^\n]*)\n", text, flags=re.M)
    return [[name, default.strip(), values, description] for name, default, values, description
            in found]


def number(text, unit):
    value = int(text)
    if value == LARGEST:
        return "the largest"
    for size, name in ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if unit == "bytes" and value >= size and value % size == 0:
            return f"{value // size} {name}"
    return f"{value} {unit}" if unit in ("ms", "us") else text


def row(name, default, values, description):
    bounds = re.fullmatch(r"(\d+) to (\d+)(?: (\w+))?", values)
    if bounds:
        unit = bounds[3] or ""
        default = number(default, unit)
        values = f"{number(bounds[1], unit)} to {number(bounds[2], unit)}"
    return [f"`{name}`", default, values.replace("|", ", "), description]


def update(rows):
    lines = "".join("| " + " | ".join(cells) + " |\n" for cells in rows)
    text = read(DOCUMENT)
    start = text.index(HEAD) + len(HEAD)
    end = start + re.match(r"(?:\|[^\n]*\n)*", text[start:]).end()
    (ROOT / DOCUMENT).write_text(text[:start] + lines + text[end:])


def main():
    rows = [row(*option) for option in listed()]
    if "--update" in sys.argv:
        update(rows)
        return
    tap = Tap()
    tap.check(len(rows) > 30, "autonomi-node lists its options", rows)
    written = table(section(read(DOCUMENT), "Options"), "option", "default")
    tap.check(written == rows, "the document lists the same options, defaults and bounds",
              "\n".join(map(str, [r for r in rows if r not in written] +
                            [r for r in written if r not in rows] +
                            [f"accept with: {' '.join(sys.argv[:3])} --update"])))
    tap.done()


main()
