#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Runs a program under gdb with tool/gdb/mirage.py, and looks whether gdb says what it should.

  check.py PROGRAM
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(os.environ["MIRAGE_ROOT"])

# An expression, and how gdb shows it.
VALUES = {
    "values.unstarted": "read_file, not started",
    "values.none": "no task",
    "values.text": r'16 bytes, 2 references: "GET / HTTP/1.1\r\n"',
    "values.shared": '3 bytes, 2 references: "GET"',
    "values.constant": "3 bytes, static: 01 02 ff",
    "values.nothing": "no buffer",
    "values.good": "value 42",
    "values.bad": "error (anonymous namespace)::disk_error::broken",
    "values.done": "value",
    "values.mac": "02:00:00:00:00:01",
    "values.v4": "192.0.2.1",
    "values.v6": "2001:db8::1",
    "values.either4": "192.0.2.1",
    "values.either6": "2001:db8::1",
    "values.prefix4": "10.0.0.0/8",
    "values.prefix6": "fe80::/10",
    "values.at": "[2001:db8::1]:8080",
    "values.length": "1.5 s",
    "values.when": "2 s",
    "values.not_ever": "never",
    "values.midnight": "2026-01-01T00:00:00.000000000Z",
    "running": "scope of 5 tasks = {[0] = server: join, [1] = limited: join, [2] = reader: queue pop, "
               "[3] = second: semaphore, [4] = new: ready}",
}
TASKS = """\
8 tasks
server: join, in listen
  connection: event, in serve > read_file > read_block
  idle: sleep, in rest
limited: join, in limited > mirage::with_timeout<void>
  with_timeout: sleep, in mirage::detail::store<void> > rest
reader: queue pop, in mirage::scope::invoke<LAMBDA> > main::lambda
second: semaphore, in mirage::scope::invoke<LAMBDA> > main::lambda
new: ready, in serve
"""


def main():
    if not shutil.which("gdb"):
        print("gdb is not installed")
        return 77
    commands = ["set pagination off", "set confirm off", "set width 0", "break look", "run", "up"]
    for expression in VALUES:
        commands += [f"echo \\n@{expression}@", f"output {expression}"]
    commands += ["echo \\n@tasks@", "mirage tasks", "echo @end@\\n", "kill"]
    line = ["gdb", "-nx", "-batch", "-iex", "set auto-load off", "-x", ROOT / "tool/gdb/mirage.py"]
    for command in commands:
        line += ["-ex", command]
    environment = {name: value for name, value in os.environ.items() if name != "DEBUGINFOD_URLS"}
    ran = subprocess.run([*line, sys.argv[1]], capture_output=True, text=True, timeout=100, env=environment)
    if "ptrace: Operation not permitted" in ran.stderr:
        print("this machine does not let gdb trace a program")
        return 77
    said = dict(re.findall(r"@([\w.]+)@(.*?)(?=\n?@[\w.]+@)", ran.stdout, re.DOTALL))
    failed = 0
    for expression, wanted in {**VALUES, "tasks": TASKS}.items():
        got = re.sub(r"<.*>(?= > main::lambda)", "<LAMBDA>", said.get(expression, "nothing"))
        if got.strip() != wanted.strip():
            failed += 1
            print(f"{expression}: gdb says\n{got}\nand not\n{wanted}\n")
    if failed:
        print(ran.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
