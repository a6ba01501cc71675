# SPDX-License-Identifier: ISC
"""DNS messages as octets, made and read without the code under test."""

import struct

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "HINFO": 13, "MX": 15, "TXT": 16, "RP": 17, "AFSDB": 18, "AAAA": 28,
         "LOC": 29, "SRV": 33, "NAPTR": 35, "DNAME": 39, "OPT": 41, "DS": 43, "SSHFP": 44, "RRSIG": 46, "NSEC": 47, "DNSKEY": 48,
         "NSEC3": 50, "NSEC3PARAM": 51, "TLSA": 52, "SVCB": 64, "HTTPS": 65, "ANY": 255, "URI": 256, "CAA": 257}
AA, TC, RD, RA, AD, CD = 0x400, 0x200, 0x100, 0x80, 0x20, 0x10
# Where names lie in the data: octets before the first, and how many there are.
NAMES_IN = {2: (0, 1), 5: (0, 1), 6: (0, 2), 12: (0, 1), 15: (2, 1), 17: (0, 2), 18: (2, 1), 33: (6, 1), 39: (0, 1), 46: (18, 1),
            47: (0, 1)}


def name_of(text):
    """`a.b.` in wire form; labels may hold any octet but the dot."""
    labels = [label for label in text.split(b".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def edns(size=1232, do=False, version=0, options=b""):
    return b"\0" + struct.pack(">HHBBHH", 41, size, 0, version, 0x8000 if do else 0, len(options)) + options


def query(name, kind, flags=0, additional=(), number=1, of_class=1, opcode=0):
    """`name` in wire form."""
    head = struct.pack(">6H", number, flags | opcode << 11, 1, 0, 0, len(additional))
    return head + name + struct.pack(">HH", kind, of_class) + b"".join(additional)


class Malformed(Exception):
    pass


def read_name(message, at):
    labels, end, steps = [], None, 0
    while True:
        steps += 1
        if at >= len(message) or steps > 200:
            raise Malformed("a name")
        length = message[at]
        if length >= 0xC0:
            end = at + 2 if end is None else end
            at = struct.unpack_from(">H", message, at)[0] & 0x3FFF
        elif length == 0:
            return b".".join(labels).lower(), at + 1 if end is None else end
        else:
            labels.append(message[at + 1:at + 1 + length])
            at += 1 + length


def read_data(message, at, size, kind):
    """Without compression, names in lower case."""
    end = at + size
    before, count = NAMES_IN.get(kind, (size, 0))
    parts = [message[at:at + before]]
    at += before
    for _ in range(count):
        name, at = read_name(message, at)
        parts.append(name_of(name) + b"|")
    return b"".join(parts) + message[at:end]


class Answer:
    """`sections` are three sets of (owner, type, class, TTL, data), without OPT; of that, `edns` has version and DO."""

    def __init__(self, message):
        try:
            self.read(message)
        except (struct.error, IndexError) as error:
            raise Malformed(str(error)) from error

    def read(self, message):
        self.number, self.flags, *counts = struct.unpack_from(">6H", message)
        self.code = self.flags & 15
        at = 12
        self.question = []
        for _ in range(counts[0]):
            name, at = read_name(message, at)
            self.question.append((name, *struct.unpack_from(">HH", message, at)))
            at += 4
        self.sections, self.edns = [set(), set(), set()], None
        for where, count in enumerate(counts[1:]):
            for _ in range(count):
                owner, at = read_name(message, at)
                kind, of_class, ttl, size = struct.unpack_from(">HHIH", message, at)
                if at + 10 + size > len(message):
                    raise Malformed("data beyond the end")
                if kind == 41:
                    self.code |= (ttl >> 24) << 4
                    self.edns = (ttl >> 16 & 255, ttl >> 15 & 1)
                else:
                    record = (owner, kind, of_class, ttl, read_data(message, at + 10, size, kind))
                    if record in self.sections[where]:
                        raise Malformed("a record twice")
                    self.sections[where].add(record)
                at += 10 + size
        if at != len(message):
            raise Malformed("octets behind the end")

    @property
    def truncated(self):
        return bool(self.flags & TC)
