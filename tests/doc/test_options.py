#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options in docs/contract.md are those that autonomi-node lists, with their defaults and bounds.

    test_options.py SOURCE_FOLDER BUILD_FOLDER [--update]

--update writes the table anew.
"""

import re
import sys

from documents import ROOT, Tap, options, read, section, table, with_unit

DOCUMENT = "docs/contract.md"
HEAD = "| option | default | values | what it does |\n|---|---|---|---|\n"


def row(name, default, values, description):
    bounds = re.fullmatch(r"(\d+) to (\d+)(?: (\w+))?", values)
    if bounds:
        unit = bounds[3] or ""
        default = with_unit(default, unit)
        values = f"{with_unit(bounds[1], unit)} to {with_unit(bounds[2], unit)}"
    return [f"`{name}`", default, values.replace("|", ", "), description]


def update(rows):
    lines = "".join("| " + " | ".join(cells) + " |\n" for cells in rows)
    text = read(DOCUMENT)
    start = text.index(HEAD) + len(HEAD)
    end = start + re.match(r"(?:\|[^\n]*\n)*", text[start:]).end()
    (ROOT / DOCUMENT).write_text(text[:start] + lines + text[end:])


def main():
    rows = [row(*option) for option in options()]
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
