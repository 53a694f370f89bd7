# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of documents share: the files of the tree, and how Markdown is read."""

import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tap import Tap  # noqa: E402,F401

ROOT = Path(sys.argv[1]).resolve()
BUILD = Path(sys.argv[2]).resolve()


def read(path):
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


def tree(*suffixes):
    """Files that are or may become part of the repository, as paths relative to its root."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT,
                            capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        files = [Path(line) for line in listed.stdout.splitlines()]
    else:  # a source archive
        files = [p.relative_to(ROOT) for p in ROOT.rglob("*")
                 if not p.relative_to(ROOT).parts[0].startswith(("build", "."))]
    return sorted(f for f in set(files) if (ROOT / f).is_file()
                  and (not suffixes or f.suffix in suffixes))


def documents():
    return [f for f in tree(".md") if f.parts[0] != "tests" or f.parts[1] == "doc"]


def sources():
    return tree(".c", ".h")


def without_code(text):
    """Prose: fenced blocks blanked, with as many lines as before."""
    return re.sub(r"^```.*?^```", lambda m: "\n" * m.group(0).count("\n"), text,
                  flags=re.M | re.S)


def blocks(text, language):
    """The bodies of fenced blocks, by the word behind the language."""
    found = re.findall(rf"^```{language}(?: (\S+))?\n(.*?)^```", text, flags=re.M | re.S)
    return dict(found)


def section(text, heading):
    """From a heading to the next one of its level or above; "" where there is none."""
    match = re.search(rf"^(#+) {heading}[^\n]*\n(.*?)(?=^#{{1,6}} |\Z)", text, flags=re.M | re.S)
    return match.group(2) if match else ""


def table(text, *first_cells):
    """The rows, as lists of cells, of the table whose head begins with these cells."""
    rows, inside = [], False
    for line in text.splitlines():
        cells = [c.strip() for c in re.split(r"(?<!\\)\|", line.strip())[1:-1]]
        if not line.strip().startswith("|"):
            if inside:
                break
        elif cells[:len(first_cells)] == list(first_cells):
            inside = True
        elif inside and not set("".join(cells)) <= set("-: "):
            rows.append(cells)
    return rows


def enum_values(text, prefix):
    """{name without the prefix: number} of an enum's constants that are numbers."""
    return {name: int(number) for name, number
            in re.findall(rf"\b{prefix}(\w+)\s*=\s*(\d+)", text)}


def tests_of(path):
    """The names of the tests in a file."""
    text = read(path)
    if path.endswith(".py"):
        return set(re.findall(r'"([^"\n]+)"', text))
    return set(re.findall(r"START_TEST\((\w+)\)", text))


def named_tests(text):
    """(path, test) for each test that a text names; test is "" for the file as a whole."""
    path = ""
    for word in re.findall(r"`([^`]+)`", re.sub(r"[Ss]cenario `[^`]+`", "", text)):
        if word.startswith("tests/"):
            path = word
            yield path, ""
        else:
            yield path, word


def missing_tests(text):
    """What is wrong with the tests and scenarios that a text names."""
    wrong = []
    for path, test in named_tests(text):
        if not path or not (ROOT / path).is_file():
            wrong.append(f"there is no file {path}")
        elif test and test not in tests_of(path):
            wrong.append(f"{path} has no test {test}")
    scenarios = re.findall(r'\{"([\w-]+)",', read("tests/sim/scenarios.c"))
    return wrong + [f"there is no scenario {s}" for s in re.findall(r"[Ss]cenario `([^`]+)`", text)
                    if s not in scenarios]


def options():
    """[name, default, values, description] of each option, as the program prints them."""
    text = subprocess.run([BUILD / "tools" / "autonomi-node", "--options"], capture_output=True,
                          text=True, check=True).stdout
    found = re.findall(r"^(\S+) = ([^\n(]*?) ?(?:\(([^\n]*)\))?\n    ([^\n]*)\n", text, flags=re.M)
    return [[name, default.strip(), values, description] for name, default, values, description
            in found]


def with_unit(text, unit):
    """A number as the documents write it: `256 MiB`, `10000 ms`."""
    value = int(text)
    if value == 2**64 - 1:
        return "the largest"
    for size, name in ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if unit == "bytes" and value >= size and value % size == 0:
            return f"{value // size} {name}"
    return f"{value} {unit}" if unit in ("ms", "us") else text
