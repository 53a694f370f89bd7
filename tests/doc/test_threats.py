#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/threats.md against the code: every threat has a defence and tests that exist; every limit that it
names exists and has the value that it says.

    test_threats.py SOURCE_FOLDER BUILD_FOLDER
"""

import re

from documents import Tap, missing_tests, options, read, sources, table, with_unit

DOCUMENT = read("docs/threats.md")
THREATS = ["Replay", "Amplification", "Eclipse", "Sybil", "Floods: memory", "Floods: disk",
           "Floods: connections", "Floods: streams and requests", "Floods: processor",
           "Slow peers on purpose", "Hostile records", "Lying peers", "Stale counters",
           "Equivocation", "Lists and lookups", "Archives and data maps of strangers"]
SECONDS = {"AN_MS": 1, "AN_SECONDS": 1000, "AN_HOURS": 3600000}


def parts():
    """{heading: text} of the sections of the page."""
    found = re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", DOCUMENT, flags=re.M | re.S)
    return dict(found)


def number(expression):
    """The value of `64 * 1024`, `1 << 16` or `5242880 - 1`; None where it is anything else."""
    text = re.sub(r"(?<=\d)[uUlL]+", "", expression).strip()
    return eval(text) if re.fullmatch(r"[\d\s*+<()-]+", text) else None  # digits and operators alone


def constants():
    """{name: value} of the constants of the library."""
    found = {}
    for path in sources():
        if path.parts[0] == "lib":
            for name, value in re.findall(r"\b(AN_\w+)\s*=\s*([^,;}\n/]+)", read(path)):
                found.setdefault(name, number(value))
    return found


def profile():
    """{name: value as the page writes it} of the network profile."""
    found = {}
    for name, value in re.findall(r"^\t\.(\w+) =\s+([^,]+),", read("lib/base/profile.c"), flags=re.M):
        time = re.fullmatch(r"(AN_\w+)\(\s*(\d+)\)", value.strip())
        if time and time[1] in SECONDS:
            found[name] = f"{int(time[2]) * SECONDS[time[1]] // 1000} s"
        elif number(value) is not None:
            found[name] = str(number(value))
    return found


def same(written, value):
    """Whether the page's number is that of the code: `32 MiB` or `33554432`."""
    return value is not None and written in (str(value), with_unit(str(value), "bytes"))


def option_defaults():
    found = {}
    for name, default, values, _ in options():
        unit = re.fullmatch(r"\d+ to \d+(?: (\w+))?", values)
        found[name] = with_unit(default, unit[1] or "") if unit else default
    return found


def check_limit(row, known):
    name, written = row[0].strip("`"), row[1]
    if "." in name:
        return known["options"].get(name) == written
    if name.startswith("AN_"):
        return same(written, known["constants"].get(name))
    return known["profile"].get(name) == written


def shown_by(text):
    found = re.search(r"^\*\*Shown by\*\*(.*)$", text, flags=re.M)
    return found[1] if found else ""


def main():
    tap = Tap()
    sections = parts()
    tap.check(list(sections) == THREATS, "the page has every threat", list(sections))
    known = {"options": option_defaults(), "constants": constants(), "profile": profile()}
    limits = 0
    for heading, text in sections.items():
        tap.check("**Defence.**" in text, f"{heading}: has a defence")
        wrong = missing_tests(shown_by(text))
        tap.check("`tests/" in shown_by(text) and not wrong, f"{heading}: its tests exist",
                  "\n".join(wrong))
        rows = table(text, "limit", "is", "what it bounds")
        limits += len(rows)
        wrong = [row for row in rows if len(row) != 3 or not row[2] or not check_limit(row, known)]
        tap.check(not wrong, f"{heading}: its limits are those of the code", "\n".join(map(str, wrong)))
    tap.check(limits > 40, "the page has its limits", limits)
    named = set(re.findall(r"^\| `(link\.\w+)`", DOCUMENT, flags=re.M))
    of_peers = {name for name in known["options"] if name.startswith("link.")}
    tap.check(named == of_peers, "every option that limits peers is on the page", sorted(of_peers ^ named))
    tap.done()


main()
