# SPDX-License-Identifier: ISC
"""What the benchmarks of tasks share: the two programs, rounds of them in turn, medians, and figures."""

import os
import re
import shutil
import statistics
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))

from figures import BUILD, ROOT, SMOKE, figure, lacks  # noqa: E402, F401

HELPERS = BUILD / "bench/tasks/helpers"
OURS = HELPERS / "measured"
ROUNDS = 1 if SMOKE else 7


def peer():
    """The Lwt program, compiled as its users do for speed."""
    source = ROOT / "bench/tasks/lwt/measured.ml"
    program = HELPERS / "lwt/measured"
    if not shutil.which("ocamlfind") or subprocess.run(["ocamlfind", "query", "lwt.unix"], capture_output=True).returncode:
        lacks("Lwt is not installed; scripts/install-packages bench does it")
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        program.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, program.parent)  # the compiler writes beside its source
        subprocess.run(["ocamlfind", "ocamlopt", "-O3", "-unsafe", "-inline", "100", "-thread", "-package", "lwt,lwt.unix",
                        "-linkpkg", "measured.ml", "-o", "measured"], cwd=program.parent, check=True, capture_output=True)
    return program


def measure(program, *words):
    """{name: value} of one run."""
    said = subprocess.run([program, *map(str, words)], check=True, capture_output=True, text=True).stdout
    return {name: float(value) for name, value in re.findall(r"^(\w+) ([0-9.]+)$", said, re.MULTILINE)}


def medians(rounds):
    return {name: statistics.median(of[name] for of in rounds) for name in rounds[0]}


def side_by_side(words, peer_words=None, rounds=ROUNDS):
    """The medians of ours and the peer's, which take turns."""
    lwt = peer()
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(measure(OURS, *words))
        theirs.append(measure(lwt, *(peer_words or words)))
    return medians(ours), medians(theirs)
