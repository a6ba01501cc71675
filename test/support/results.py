# SPDX-License-Identifier: ISC
"""Results as lines: `pass NAME`, `fail NAME: why`. A check is a function that raises `Wrong`, or does not."""

import threading
import time
import traceback


class Wrong(Exception):
    """Something does not do what it must."""


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
    """Checks may run in several threads."""

    def __init__(self):
        self.passed = self.failed = 0
        self.lock = threading.Lock()

    def run(self, name, function, *arguments):
        """Whether it passed."""
        start = time.monotonic()
        try:
            function(*arguments)
        except Wrong as problem:
            self.add_failure(name, str(problem))
        except Exception:  # a test that breaks has failed, and the others go on
            self.add_failure(name, traceback.format_exc().strip().replace("\n", " | "))
        else:
            with self.lock:
                self.passed += 1
                print(f"pass {name}: {time.monotonic() - start:.1f} s", flush=True)
            return True
        return False

    def add_failure(self, name, why):
        with self.lock:
            self.failed += 1
            print(f"fail {name}: {why}".replace("\n", " "), flush=True)
