#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Holds requirements.txt: every line names a script that is there or says why none is ("not implemented: why", "not
shown: where it is"), and every script is named by a line, but those of TCP, whose list is net/tcp's."""

import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
LEVELS = {"MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY"}


def check(text, scripts):
    """What is wrong, a sentence each."""
    wrong = []
    named = set()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = [part.strip() for part in line.split("|")]
        if len(parts) != 4 or not all(parts):
            wrong.append(f"{number}: a line is SECTION | LEVEL | what | script")
            continue
        section, level, _, shown = parts
        if not re.fullmatch(r"RFC\d+(-\d+(\.\d+)*)?", section):
            wrong.append(f"{number}: `{section}` is no section; write it as RFC1122-3.2.1")
        if level not in LEVELS:
            wrong.append(f"{number}: `{level}` is none of {', '.join(sorted(LEVELS))}")
        if shown.startswith(("not implemented: ", "not shown: ")):
            continue
        named.add(shown)
        if shown not in scripts:
            wrong.append(f"{number}: there is no script {shown}")
    wrong += [f"no line names the script {script}"
              for script in sorted(scripts - named) if not script.startswith("tcp/")]
    return wrong


def main():
    folder = HERE / "scripts"
    scripts = {path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.script")}
    text = (HERE / "requirements.txt").read_text()
    planted = "RFC1 | MUST | x | nowhere/at_all\nRFC1|MIGHT|x|not implemented: y\nhalf a line\n"
    if len(check(planted, set())) != 3 or not check("", {"arp/x"}):
        print("this check does not find what is planted")
        return 1
    wrong = check(text, scripts)
    for sentence in wrong:
        print(f"requirements.txt:{sentence}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
