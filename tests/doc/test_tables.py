#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The floors and the counters of docs/architecture.md are those of the code and of the library.

    test_tables.py SOURCE_FOLDER BUILD_FOLDER
"""

import ctypes
import re

from documents import BUILD, ROOT, Tap, read, section, table

ARCHITECTURE = read("docs/architecture.md")


def floors_of_the_code():
    rows = {}
    for line in read("lib/FLOORS").splitlines():
        words = line.split()
        if words and words[0] != "#" and not words[0].startswith("#"):
            rows[words[1]] = (words[0], tuple(words[2:]))
    return rows


def check_floors(tap):
    rows, absent = {}, set()
    for floor, module, owns, alone in table(section(ARCHITECTURE, "Floors"), "floor", "module"):
        name = module.strip("`")
        rows[name] = (floor, tuple(re.findall(r"`(\w+)`", alone)))
        if "*not there yet*" in owns:
            absent.add(name)
    code = floors_of_the_code()
    tap.check(rows == code, "the floors are those of lib/FLOORS",
              "\n".join(f"{n}: {rows.get(n)}, {code.get(n)}" for n in sorted(rows.keys() | code.keys())
                        if rows.get(n) != code.get(n)))
    missing = {name for name in code if not (ROOT / "lib" / name / "meson.build").is_file()}
    tap.check(absent == missing, "what is not there yet is said to be", sorted(absent ^ missing))


def counters_of_the_library():
    """From the library itself where it can be loaded (not with sanitizers), else from its source."""
    libraries = sorted(BUILD.glob("lib/libautonomi-net.so.*.*"))
    try:
        library = ctypes.CDLL(str(libraries[-1]))
    except (IndexError, OSError):
        text = read("lib/node/counters.c")
        return re.findall(r'\b(?:LINK|NODE)\((\w+)\)|(?:STORE|REPLICATION)\("(\w+)"', text)
    library.autonomi_node_counter_name.restype = ctypes.c_char_p
    library.autonomi_node_counter_name.argtypes = [ctypes.c_size_t]
    names = []
    while (name := library.autonomi_node_counter_name(len(names))) is not None:
        names.append((name.decode(), ""))
    return names


def check_counters(tap):
    real = {a or b for a, b in counters_of_the_library()} - {"field"}
    named = {row[0].strip("`") for row in table(section(ARCHITECTURE, "Counters"), "name", "counts")}
    tap.check(len(real) > 0 and named == real, "the counters are those of the library",
              sorted(named ^ real))


def main():
    tap = Tap()
    check_floors(tap)
    check_counters(tap)
    tap.done()


main()
