#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every row of docs/field-failures.md names a test that exists, or says who owes it.

    test_failures.py SOURCE_FOLDER BUILD_FOLDER
"""

import re

from documents import Tap, missing_tests, read, section, table

DOCUMENT = read("docs/field-failures.md")
TABLES = {"Endpoint, connections and storage": 16, "Lessons of Autonomi's second network": 22}


def check_row(tap, name, cell):
    wrong = missing_tests(cell)
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
