# SPDX-License-Identifier: ISC
"""Zones and queries for the benchmarks: the same in every run."""

import random
import string

ZONE = "bench.test"
QUERIES = 200_000  # lines of the file that dnsperf goes through again and again


def names_of(count):
    """Different host names of 8 to 24 octets."""
    source = random.Random(count)
    letters = string.ascii_lowercase + string.digits
    names = {}
    while len(names) < count:
        names["h" + "".join(source.choices(letters, k=source.randint(7, 23)))] = None
    return list(names)


def write_zone(path, names):
    with open(path, "w", encoding="ascii") as out:
        out.write(f"$ORIGIN {ZONE}.\n$TTL 3600\n@ SOA ns host 1 7200 3600 1209600 900\n@ NS ns\nns A 10.255.255.1\n")
        for number, name in enumerate(names):
            out.write(f"{name} A 10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}\n")


def write_queries(path, names):
    source = random.Random(1)
    with open(path, "w", encoding="ascii") as out:
        for _ in range(QUERIES):
            out.write(f"{source.choice(names)}.{ZONE} A\n")
