# SPDX-License-Identifier: ISC
"""Projects of the tree, copied, built and run with the tool, for the tests that do so."""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import threading
import time

from results import Wrong, require

ROOT = pathlib.Path(os.environ.get("MIRAGE_ROOT", pathlib.Path(__file__).resolve().parents[2]))
BUILD = pathlib.Path(os.environ.get("MIRAGE_BUILD", ROOT / "build"))
MIRAGE = BUILD / "bin/mirage"
LIMIT = 60  # seconds that one command may take ...
BUILD_LIMIT = 600  # ... and one that may have to build libraries
LOG_LINE = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ: \[(\w+)\] \[([\w.-]+)\] (.*)$")


class Project:
    """A copy of a project in `work`, so that nothing is written into the tree; `path` is `examples/hello`."""

    def __init__(self, work, path):
        self.folder = work / pathlib.Path(path).name
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(ROOT / path, self.folder, ignore=shutil.ignore_patterns("mirage", "dist"))

    def mirage(self, *words):
        done = subprocess.run([MIRAGE, *words], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=BUILD_LIMIT)
        require(done.returncode == 0, f"mirage {' '.join(words)} ended with {done.returncode}", done.stdout[-2000:])
        return done.stdout

    def build(self, *keys):
        self.mirage("configure", *keys)
        self.mirage("build")

    def run(self, *arguments, status=0, typed=None, options=()):
        """What it prints until it ends, which it must with `status`; `options` are those of `mirage run`."""
        done = subprocess.run([MIRAGE, "run", *options, "--", *arguments], cwd=self.folder, input=typed or "",
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=LIMIT)
        require(done.returncode == status, f"ended with {done.returncode}, not {status}", done.stdout[-2000:])
        return done.stdout

    def messages(self, *arguments, **how):
        """The texts of the log lines that it prints until it ends."""
        return texts(self.run(*arguments, **how))

    @contextlib.contextmanager
    def running(self, *arguments, options=()):
        """A server, until the block ends; then it is asked to end, which it must do in order."""
        process = subprocess.Popen([MIRAGE, "run", *options, "--", *arguments], cwd=self.folder, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        output = []
        reader = threading.Thread(target=lambda: output.extend(process.stdout), daemon=True)
        reader.start()
        try:
            yield output
            process.send_signal(signal.SIGTERM)
            status = process.wait(timeout=20)
            require(status == 0, f"ended with {status} after SIGTERM", "".join(output)[-2000:])
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
            reader.join(timeout=5)


def texts(output):
    return [match[3] for match in map(LOG_LINE.match, output.splitlines()) if match]


def eventually(attempt, seconds=40):
    """The first result of `attempt`, tried again and again while it fails."""
    end = time.monotonic() + seconds
    while True:
        try:
            return attempt()
        except (OSError, Wrong, subprocess.SubprocessError):
            if time.monotonic() > end:
                raise
            time.sleep(0.02)
