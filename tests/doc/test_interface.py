#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of the public interface in docs/compatibility.md: what it names as ours exists in the public
headers and in the library, and every name of Autonomi's interface (autonomi_interface.txt) stands in it,
once.

    test_interface.py SOURCE_FOLDER BUILD_FOLDER
"""

import ctypes
import re
from collections import Counter

from documents import BUILD, Tap, read, section, table, tree

STATES = ("works", "planned", "not applicable")
ROWS = table(section(read("docs/compatibility.md"), "The public interface"), "§", "type", "names")


def words(cell):
    return re.findall(r"`([^`]+)`", cell)


def interface_of_autonomi():
    """(section, type, name) of every name in the list."""
    for line in read("tests/doc/autonomi_interface.txt").splitlines():
        match = re.match(r"(10\.\d) ([^:]+): (.+)", line)
        if match:
            yield from ((match.group(1), match.group(2), name) for name in match.group(3).split())


def named_in_table():
    return [(row[0], row[1], name) for row in ROWS for name in words(row[2])]


def declared():
    """Every function, type and constant of the public headers."""
    found = set()
    for path in tree(".h"):
        if path.parts[0] == "include":
            text = re.sub(r"/\*.*?\*/", "", read(path), flags=re.S)
            found |= set(re.findall(r"\b(?:autonomi|AUTONOMI)_\w+", text))
    return found


def options():
    return set(re.findall(r'"([a-z]+\.[a-z_]+)"', read("lib/node/config.h")))


def library():
    """The shared library, where there is one that can be loaded here."""
    for path in sorted(BUILD.glob("lib/libautonomi-net.so.*.*")):
        try:
            return ctypes.CDLL(str(path))
        except OSError:
            pass
    return None


def check_ours(tap):
    headers, known_options, loaded = declared(), options(), library()
    functions = set(re.findall(r"\b(autonomi_\w+);", read("lib/autonomi-net.sym")))
    wrong = []
    for row in ROWS:
        for word in words(row[3]) + [w for w in words(row[5]) if "utonomi_" in w.lower()]:
            if word.startswith(("autonomi_", "AUTONOMI_")):
                ok = word in headers
                if ok and word in functions and loaded is not None:
                    ok = hasattr(loaded, word)
            else:
                ok = word in known_options
            if not ok:
                wrong.append(f"{row[0]} {row[1]}: {word}")
    tap.check(not wrong, "what the table names as ours exists", "\n".join(wrong))


def check_states(tap):
    wrong = [row[:3] for row in ROWS if len(row) != 6 or row[4] not in STATES]
    tap.check(not wrong, "every row has a state", wrong)
    silent = [row[:3] for row in ROWS if row[4] == "works" and not words(row[3])]
    tap.check(not silent, "what works says what does it", silent)
    unexplained = [row[:3] for row in ROWS if row[4] != "works" and not row[5]]
    tap.check(not unexplained, "what does not work says why", unexplained)


def main():
    tap = Tap()
    wanted, named = Counter(interface_of_autonomi()), Counter(named_in_table())
    tap.check(len(wanted) > 500, "the list has Autonomi's interface", len(wanted))
    missing = sorted(wanted - named)
    tap.check(not missing, "every name of Autonomi's interface is in the table", "\n".join(map(str, missing)))
    strange = sorted(named - wanted)
    tap.check(not strange, "the table has each name once, and no other", "\n".join(map(str, strange)))
    check_ours(tap)
    check_states(tap)
    tap.done()


main()
