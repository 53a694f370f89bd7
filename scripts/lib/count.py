# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts the TAP lines of a Meson test log, and shows those that failed.

    count.py FOLDER/meson-logs/testlog.json     prints `PASSED FAILED`, failures go to stderr
"""

import json
import re
import sys


def count(entry):
    """(passed, failed) of one test program: its TAP lines, or itself where it prints none."""
    lines = re.findall(r"^(not ok|ok)\b([^\n]*)", entry.get("stdout", ""), flags=re.M)
    lines = [(word, text) for word, text in lines if "# SKIP" not in text.upper()]
    passed = sum(1 for word, _ in lines if word == "ok")
    failed = len(lines) - passed
    if entry["result"] in ("OK", "EXPECTEDFAIL"):
        return (passed, failed) if lines else (1, 0)
    if entry["result"] == "SKIP":
        return passed, failed
    return passed, max(failed, 1)


def show(entry):
    print(f"--- {entry['name']}: {entry['result']}", file=sys.stderr)
    failures = re.findall(r"^not ok[^\n]*(?:\n#[^\n]*)*", entry.get("stdout", ""), flags=re.M)
    for text in failures or entry.get("stdout", "").splitlines()[-10:]:
        print(text, file=sys.stderr)
    for line in entry.get("stderr", "").splitlines()[:60]:
        print("    " + line, file=sys.stderr)


def main():
    passed = failed = 0
    with open(sys.argv[1], encoding="utf-8") as log:
        for line in log:
            entry = json.loads(line)
            good, bad = count(entry)
            passed += good
            failed += bad
            if bad:
                show(entry)
    print(passed, failed)


main()
