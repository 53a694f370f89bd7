#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every row of docs/field-failures.md names a test that exists, or says who owes it.

    test_failures.py SOURCE_FOLDER BUILD_FOLDER
"""

import re

from documents import ROOT, Tap, read, section, table

DOCUMENT = read("docs/field-failures.md")
TABLES = {"Endpoint, connections and storage": 16, "Lessons of Autonomi's second network": 22}


def tests_of(path):
    """The names of the tests in a file."""
    text = read(path)
    if path.endswith(".py"):
        return set(re.findall(r'"([^"\n]+)"', text))
    return set(re.findall(r"START_TEST\((\w+)\)", text))


def named(cell):
    """(path, test) for each test that a cell names; test is "" for the file as a whole."""
    path = ""
    for word in re.findall(r"`([^`]+)`", re.sub(r"[Ss]cenario `[^`]+`", "", cell)):
        if word.startswith("tests/"):
            path = word
            yield path, ""
        else:
            yield path, word


def check_row(tap, name, cell):
    wrong = []
    for path, test in named(cell):
        if not path or not (ROOT / path).is_file():
            wrong.append(f"there is no file {path}")
        elif test and test not in tests_of(path):
            wrong.append(f"{path} has no test {test}")
    scenarios = re.findall(r'\{"([\w-]+)",', read("tests/sim/scenarios.c"))
    wrong += [f"there is no scenario {s}" for s in re.findall(r"[Ss]cenario `([^`]+)`", cell)
              if s not in scenarios]
    tap.check(not wrong, f"{name}: what it names exists", "\n".join(wrong))
    tap.check("`tests/" in cell or re.search(r"\bowed\b", cell, flags=re.I),
              f"{name}: has a test, or says who owes it", cell)


def main():
    tap = Tap()
    for heading, count in TABLES.items():
        rows = table(section(DOCUMENT, heading), "#", "what happened")
        numbers = {int(re.match(r"\d+", row[0]).group(0)) for row in rows}
        tap.check(numbers == set(range(1, count + 1)), f"{heading}: every row is there", numbers)
        for row in rows:
            check_row(tap, f"{heading}, row {row[0]}", row[2])
    tap.done()


main()
