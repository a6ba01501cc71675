# SPDX-License-Identifier: ISC
"""What the benchmarks of this folder share: the disk, and what a guest says that it read of it."""

import random
import re
import statistics
import sys

from figures import ROOT, figure, spread, tell

JOB = ROOT / "bench/block/fio_job.sh"
DISK_BYTES = 256 << 20
READ = re.compile(r"read (\d+) (\d+) (\d+) (\d+)$")


def make_disk(path):
    """Bytes and no holes, as a disk has them."""
    if not path.exists() or path.stat().st_size != DISK_BYTES:
        with open(path, "wb") as file:
            source = random.Random(1)
            for _ in range(DISK_BYTES >> 20):
                file.write(source.randbytes(1 << 20))
    with open(path, "rb") as file:
        while file.read(1 << 20):
            pass
    return path


def reads_in(name, lines):
    """(bytes, depth): reads per second."""
    found = {(int(read[1]), int(read[2])): int(read[3]) * 1e6 / int(read[4])
             for read in (READ.search(line.rstrip()) for line in lines) if read}
    if len(found) != 6:
        sys.exit(f"{name} does not say what it read; its last words: {lines[-5:]}")
    return found


def figures_of(name, rounds):
    """Of what `ours` and `fio` read in each round."""
    for length, depth in rounds["ours"][0]:
        values = {who: [one[length, depth] for one in found] for who, found in rounds.items()}
        for who, rates in values.items():
            tell(f"{length} bytes, depth {depth}, {who}: {spread(rates)} reads/s")
        figure(f"{name}.{length >> 10}k.{depth}", statistics.median(values["ours"]), statistics.median(values["fio"]),
               "reads/s", ">= 1x")
