# SPDX-License-Identifier: ISC
"""chrony knows the time, or says that it does not: our client must believe the one and not the other."""

import contextlib
import re
import subprocess
import tempfile

from capture import frames, frames_are_sound
from host import HOST, OURS, PREFIX, mac_of
from project import eventually, texts
from results import require

ADDRESSES = ("--ipv4", PREFIX, "--ipv6=fd00::2/64")
MEASURED = re.compile(r"this clock is (\d+) us (?:behind|ahead), delay (\d+) us, stratum (\d+)")


@contextlib.contextmanager
def chronyd(*directives):
    """A server at every address, which leaves the clock of this machine alone (-x)."""
    with tempfile.TemporaryDirectory() as folder:
        all_directives = ("allow", "cmdport 0", "bindcmdaddress /", f"pidfile {folder}/pid", *directives)
        with subprocess.Popen(["chronyd", "-x", "-d", "-u", "root", *all_directives], stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                yield
            finally:
                process.terminate()


def measured(output):
    return [tuple(map(int, match.groups())) for match in map(MEASURED.fullmatch, texts(output)) if match]


def agrees_with_chrony(synchronise):
    """They read the same clock: all that may lie between is the way, there and back."""
    with chronyd("local stratum 3"):
        for address in (HOST, "[fd00::1]"):
            output = synchronise.run(*ADDRESSES, f"--server={address}:123")
            found = measured(output)
            require(len(found) == 1, "one answer is believed", output)
            offset, delay, stratum = found[0]
            require(stratum == 3 and delay < 500_000 and offset <= delay / 2 + 1000, "both have one clock", found)


def does_not_believe_who_does_not_know(synchronise):
    capture = synchronise.folder / "chrony.pcap"
    with chronyd(), synchronise.running(*ADDRESSES, f"--server={HOST}:123", "--offloads=false", f"--pcap={capture}") as output:
        def answered():
            require(frames(capture, f"ntp.flags.li == 3 and ip.dst == {OURS}"), "chrony says that it is not synchronised")

        eventually(answered)
    require(not measured("".join(output)), "it is not believed", output)
    require(len(frames(capture, f"ntp and ip.src == {OURS}")) == 1, "and not asked again at once")
    frames_are_sound(capture, f"eth.src != {mac_of('tap0')}", least=2)


def synchronises(synchronise):
    """`synchronise` is examples/clock-sync, on our stack."""
    agrees_with_chrony(synchronise)
    does_not_believe_who_does_not_know(synchronise)
