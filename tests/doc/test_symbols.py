#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every exported function is declared in a public header, with a comment directly before it, and every
public constant stands in one that says what it is for.

    test_symbols.py SOURCE_FOLDER BUILD_FOLDER
"""

import re

from documents import Tap, read, tree

HEADERS = [path for path in tree(".h") if path.parts[0] == "include"]


def exported():
    text = re.sub(r"/\*.*?\*/|#[^\n]*", "", read("lib/autonomi-net.sym"), flags=re.S)
    return set(re.findall(r"\b(autonomi_\w+);", text))


def comment_before(text, position):
    """The comment that ends directly before a declaration; "" where there is none."""
    before = text[:position].rstrip("\n")
    if not before.endswith("*/"):
        return ""
    return before[before.rindex("/*"):]


def documented():
    """{function: comment}"""
    found = {}
    for path in HEADERS:
        text = read(path)
        for match in re.finditer(r"^AUTONOMI_API\b[^;]*?\b(autonomi_\w+)\s*\([^;]*;", text,
                                 flags=re.M):
            found[match.group(1)] = comment_before(text, match.start())
    return found


def main():
    tap = Tap()
    comments = documented()
    tap.check(exported() == set(comments), "what is exported is what the headers declare",
              sorted(exported() ^ set(comments)))
    for name in sorted(exported() & set(comments)):
        tap.check(len(comments[name]) > 20, f"{name} is documented")
    for path in HEADERS:
        tap.check(re.match(r"/\* SPDX[^\n]*\n/\*", read(path)),
                  f"{path.name} begins with what it is for")
        if path.name not in ("export.h", "version.h", "net.h", "status.h"):
            tap.check("thread" in read(path).lower(), f"{path.name} says which threads may use it")
    tap.done()


main()
