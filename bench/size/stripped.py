# SPDX-License-Identifier: ISC
"""What the benchmarks of this folder share: a project, built for each target, and its figures."""

import os
import pathlib
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../support"))

import project  # noqa: E402
from figures import BUILD, SMOKE, figure, tell  # noqa: E402

TARGETS = ("virtio", "spt")


def sizes(image):
    """Of the file, and what of it are files that were baked in."""
    table = subprocess.run([project.MIRAGE, "query", "size"], cwd=image.parent.parent, check=True, text=True,
                           stdout=subprocess.PIPE).stdout
    tell(table)
    rows = [line.rsplit(maxsplit=4) for line in table.splitlines() if line.startswith("files of ")]
    return image.stat().st_size, sum(int(text) + int(constants) + int(data) for _, text, constants, data, _ in rows)


def measure(name, path, bound, *keys):
    """A figure a target: bytes without baked-in files, with no bar where `bound` is None. A short run asks only for the
    first."""
    for target in TARGETS[:1] if SMOKE else TARGETS:
        image = project.build(pathlib.Path(BUILD) / "bench/size", path, target, *keys)
        whole, files = sizes(image)
        figure(f"size.{name}.{target}", whole - files, unit="B", wanted=bound and f"<= {bound}")
