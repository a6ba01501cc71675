# SPDX-License-Identifier: ISC
"""Queries from a seed: names near and far from those of a zone, every type, flags, options of EDNS, and malformed messages."""

import random
import struct

from messages import AD, CD, RD, TYPES, edns, name_of, query


def owners(text):
    """The owner names of a master file, relative to its origin; strange ones are in LITERAL."""
    found = set()
    for line in text.splitlines():
        if line and line[0] not in " \t;$@" and "\\" not in line.split()[0]:
            found.add(line.split()[0].encode())
    return sorted(found)


LITERAL = [b"\x05many", b"\x0ahost-" b"\x30\x31\x30\x30", b"\x02\x00\xff"]
KINDS = sorted(TYPES.values())


class Queries:
    def __init__(self, seed, zone_text, origins):
        self.random = random.Random(seed)
        self.owners = owners(zone_text) + [b"", b"many", b"host-007", b"host-020", b"host-021", b"y.z.deep", b"deep", b"z.deep", b"branch",
                                           b"\x00\xff", b"wild", b"alias-wild", b"strange", b"cut"]
        self.origins = [origin.encode() for origin in origins]
        self.number = 0

    def label(self):
        return bytes(self.random.choices(b"abcdefghijklmnopqrstuvwxyz0123456789-_*", k=self.random.randint(1, 12)))

    def name(self):
        chance = self.random.random()
        owner, origin = self.random.choice(self.owners), self.random.choice(self.origins)
        if chance < 0.55:
            parts = [owner]
        elif chance < 0.8:
            parts = [self.label() for _ in range(self.random.randint(1, 3))] + [owner]
        elif chance < 0.9:
            parts = [self.label()]
        elif chance < 0.95:
            parts = [owner.partition(b".")[2]]
        elif chance < 0.97:
            return name_of(b".".join([self.label(), b"test"]))
        elif chance < 0.98:
            return b"\0"
        else:
            parts = [b"x" * self.random.randint(1, 63) for _ in range(2)] + [owner]
        whole = b".".join([*parts, origin])
        if self.random.random() < 0.2:
            whole = bytes(self.random.choice((octet, octet ^ 0x20)) if chr(octet).isalpha() and octet < 128 else octet for octet in whole)
        wire = name_of(whole)
        return wire if len(wire) <= 255 else name_of(origin)

    def options(self):
        chance = self.random.random()
        if chance < 0.35:
            return ()
        size = self.random.choice((0, 511, 512, 1231, 1232, 1232, 4096, 65535))
        do = self.random.random() < 0.6
        if chance < 0.85:
            return (edns(size, do),)
        if chance < 0.88:
            return (edns(size, do, version=self.random.randint(1, 255)),)
        if chance < 0.94:
            return (edns(size, do, options=struct.pack(">HH", self.random.choice((5, 12, 65001, 65534)), 4) + b"abcd"),)
        return (edns(size, do, options=struct.pack(">HH", 10, 8) + b"12345678"),)

    def __iter__(self):
        while True:
            yield self.next()

    def next(self):
        self.number = self.number % 65535 + 1
        chance = self.random.random()
        kind = self.random.choice(KINDS) if chance < 0.7 else self.random.choice((1, 28, 2, 43, 6))
        if kind == TYPES["OPT"]:
            kind = TYPES["A"]
        flags = self.random.choice((0, RD, RD, RD | AD, CD, RD | CD))
        made = query(self.name(), kind, flags, self.options(), self.number)
        return self.spoilt(made) if self.random.random() < 0.02 else made

    def spoilt(self, made):
        """Malformed in one of the ways that every server must agree on."""
        way = self.random.randrange(4)
        if way == 0:
            return made[:self.random.randint(12, len(made) - 1)]
        if way == 1:
            return made[:4] + struct.pack(">H", 2) + made[6:]
        if way == 2:
            return made[:12] + b"\xc0\x0c" + made[12:]
        return made[:2] + struct.pack(">H", 0x8000) + made[4:]
