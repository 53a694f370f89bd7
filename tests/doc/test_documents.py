#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links lead somewhere; what every repository must have is there; nothing names one machine.

    test_documents.py SOURCE_FOLDER BUILD_FOLDER
"""

import re

from documents import ROOT, Tap, documents, read, section, tree, without_code

NEEDED = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "docs/architecture.md",
          "docs/contract.md", "docs/wire.md", "docs/storage.md", "docs/compatibility.md",
          "docs/field-failures.md", "docs/operations.md", "docs/performance.md",
          "docs/threats.md"]

# Hosts of package registries and mirrors, and folders of one machine, in pieces: this file is searched too.
MACHINES = [r"crates\." "io", r"pypi\." "org", r"npmjs\." "(org|com)", r"deb\." r"debian\.org",
            r"snapshot\." "debian", r"proxy\." r"golang\.org", "arti" "factory",
            "/wo" "rk/", "/ro" "ot/", "/ho" r"me/\w+/"]


def anchors(text):
    """As the sites that show Markdown make them of headings."""
    for heading in re.findall(r"^#{1,6} (.+)$", without_code(text), flags=re.M):
        plain = re.sub(r"[`*_]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        yield re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", plain))


def broken_links(document):
    text = read(document)
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code(text)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = (ROOT / document).parent / name if name else ROOT / document
        if not path.exists():
            yield f"{target}: there is no such file"
        elif anchor and anchor not in anchors(path.read_text(encoding="utf-8")):
            yield f"{target}: there is no such heading"


def machines():
    pattern = re.compile("|".join(MACHINES))
    for path in tree():
        if str(path).startswith(("tests/fuzz/corpus/", "tests/vectors/")):
            continue
        for number, line in enumerate(read(path).splitlines(), 1):
            if pattern.search(line):
                yield f"{path}:{number}: {line.strip()[:80]}"


def main():
    tap = Tap()
    for path in NEEDED:
        tap.check((ROOT / path).is_file(), f"{path} is there")
    for document in documents():
        wrong = list(broken_links(document))
        tap.check(not wrong, f"{document}: every link leads somewhere", "\n".join(wrong))
    tap.check(section(read("CHANGELOG.md"), r"\[Unreleased\]").strip(),
              "CHANGELOG.md has a section for what is not released")
    licences = {licence for path in tree(".c", ".h", ".py", ".sh")
                for licence in re.findall(r"SPDX-License-Identifier: ([\w.-]+)", read(path)[:400])}
    missing = [name for name in sorted(licences)
               if not (ROOT / "LICENSES" / f"{name}.txt").is_file()]
    tap.check(licences and not missing, "the text of every licence is in LICENSES/", missing)
    found = list(machines())
    tap.check(not found, "no file names a registry or one machine", "\n".join(found[:20]))
    tap.done()


main()
