#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Functions, types and files that documents name exist.

    test_source.py SOURCE_FOLDER BUILD_FOLDER
"""

import re

from documents import ROOT, Tap, documents, read, section, sources, tree, without_code

IDENTIFIER = re.compile(r"`((?:an|autonomi|AN|AUTONOMI)_\w+)(?:\(\))?`")
PATH = re.compile(r"`((?:lib|include|tests|tools|scripts|docs|examples|pkgconfig|LICENSES)/[\w./-]+)`")


def words_of_the_source():
    words = set()
    for path in sources():
        words |= set(re.findall(r"\w+", read(path)))
    return words


def defined_in(path):
    """The functions that a .c file defines: in our style their head begins in column 0."""
    return set(re.findall(r"^[a-z][\w *]*?\b(\w+)\((?:[^;{}]*?)\)\n\{", read(path), flags=re.M))


def check_identifiers(tap, words):
    for document in documents():
        found = set(IDENTIFIER.findall(without_code(read(document))))
        missing = sorted(name for name in found if name not in words
                         and not any(w.startswith(name) for w in words if name.endswith("_")))
        tap.check(not missing, f"{document}: every name of the code exists", "\n".join(missing))


def check_paths(tap):
    files = {str(f) for f in tree()}
    folders = {str(parent) for f in files for parent in (ROOT / f).relative_to(ROOT).parents}
    for document in documents():
        found = {p.rstrip("/.") for p in PATH.findall(without_code(read(document)))}
        missing = sorted(p for p in found if p not in files and p not in folders)
        tap.check(not missing, f"{document}: every file that it names exists", "\n".join(missing))


def check_steps(tap, text):
    found = re.findall(r"^\| `(lib/[\w/.]+)` \| `(\w+)` \|", text, flags=re.M)
    tap.check(len(found) > 30, "docs/architecture.md has its paths", len(found))
    for path, function in found:
        exists = (ROOT / path).is_file()
        tap.check(exists and function in defined_in(path), f"{path} has {function}")


def check_turn(tap, text):
    """The table of the pump is what the function `turn` calls, in its order."""
    named = re.findall(r"^\| \d+ \| `(\w+)` \|", section(text, "The pump"), flags=re.M)
    body = re.search(r"^static void turn\(.*?\n\{\n(.*?)^\}", read("lib/node/pump.c"),
                     flags=re.M | re.S).group(1)
    called = re.findall(r"^\t(\w+)\(node\);", body, flags=re.M)
    tap.check(named == called, "the steps of the pump are those of `turn`", f"{named}\n{called}")


def main():
    tap = Tap()
    check_identifiers(tap, words_of_the_source())
    check_paths(tap)
    architecture = read("docs/architecture.md")
    check_steps(tap, architecture)
    check_turn(tap, architecture)
    tap.done()


main()
