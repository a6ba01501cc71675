# SPDX-License-Identifier: ISC
"""What changed in the tree, and what compiles it: for the checks that only look at changed files."""

import json
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"


def git(*arguments):
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.split() if done.returncode == 0 else []


def changed_files(everything=False):
    """Paths from the root: what changed since the fork from origin/main, or in the last commit, and what is not committed. In a
    copy without git nothing is known to have changed, so everything has."""
    if everything or not git("rev-parse", "HEAD"):
        return git("ls-files") or [path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*")
                                   if "build" not in path.relative_to(ROOT).parts]
    fork = git("merge-base", "HEAD", "origin/main")
    if not fork or fork == git("rev-parse", "HEAD"):
        fork = git("rev-parse", "HEAD~")
    since = git("diff", "--name-only", fork[0]) if fork else git("ls-files")
    return since + git("ls-files", "--others", "--exclude-standard")


def translation_units():
    """Which compiled file stands for which file of the tree: itself, or for a header the source that checks it."""
    units = {}
    for entry in json.loads((BUILD / "compile_commands.json").read_text()):
        file = pathlib.Path(entry["file"])
        output = re.search(r" -o (\S+) ", entry["command"])
        header = re.search(r"/check_headers/(mirage/.*\.hpp)\.cpp$", str(file))
        if header:
            package = (BUILD / file.relative_to(BUILD)).as_posix().split("/check_headers/")[0]
            file_of_tree = ROOT / pathlib.Path(package).relative_to(BUILD) / "include" / header[1]
        else:
            file_of_tree = file
        if file_of_tree.is_relative_to(ROOT):
            units.setdefault(file_of_tree.relative_to(ROOT).as_posix(), (file, output[1]))
    return units
