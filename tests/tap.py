# SPDX-License-Identifier: GPL-3.0-or-later
"""The little of TAP that our tests in Python need: one `check` per fact, then `done`."""

import sys


class Tap:
    def __init__(self):
        self.count = 0
        self.failed = 0

    def check(self, ok, name, detail=""):
        self.count += 1
        self.failed += not ok
        print(f"{'ok' if ok else 'not ok'} {self.count} - {name}")
        if not ok:
            for line in str(detail).splitlines():
                print("# " + line)
        sys.stdout.flush()
        return ok

    def done(self):
        print(f"1..{self.count}")
        sys.exit(1 if self.failed else 0)
