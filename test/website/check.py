# SPDX-License-Identifier: ISC
"""Results as lines: `pass NAME`, `fail NAME: why`. A check is a function that raises `Wrong`, or does not."""

import traceback


class Wrong(Exception):
    pass


def require(holds, what, shown=None):
    if not holds:
        raise Wrong(what if shown is None else f"{what}: {shown!r}")


def equal(found, wanted, what):
    if found != wanted:
        raise Wrong(f"{what} is {short(found)}, not {short(wanted)}")


def short(value):
    text = repr(value)
    return text if len(text) < 200 else f"{text[:200]}... ({len(text)} characters)"


class Results:
    def __init__(self):
        self.passed = self.failed = 0

    def run(self, name, function, *arguments):
        try:
            function(*arguments)
        except Wrong as problem:
            self.add_failure(name, str(problem))
        except Exception:  # a test that breaks has failed, and the others go on
            self.add_failure(name, traceback.format_exc().strip().replace("\n", " | "))
        else:
            self.passed += 1
            print(f"pass {name}", flush=True)

    def add_failure(self, name, why):
        self.failed += 1
        print(f"fail {name}: {why}", flush=True)
