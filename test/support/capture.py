# SPDX-License-Identifier: ISC
"""What we sent, as tshark sees it, which nobody here wrote and which computes every checksum."""

import re
import subprocess

from results import require

BAD = ("_ws.malformed or eth.fcs.status == 0 or ip.checksum.status == 0 or tcp.checksum.status == 0 or"
       " udp.checksum.status == 0 or icmp.checksum.status == 0 or icmpv6.checksum.status == 0")


def frames(capture, display):
    """The lines of the frames that the filter selects."""
    options = [word for name in ("ip.check_checksum", "tcp.check_checksum", "udp.check_checksum") for word in ("-o", f"{name}:TRUE")]
    done = subprocess.run(["tshark", "-n", "-r", capture, *options, "-Y", display], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, errors="replace", timeout=120)
    require(done.returncode == 0, f"tshark ended with {done.returncode}", done.stderr[-500:])
    return [line for line in done.stdout.splitlines() if re.match(r" *\d+ ", line)]


def frames_are_sound(capture, ours, least=100):
    """`ours`: a filter for the frames that we sent. There are so many, and none of them is malformed."""
    sent = frames(capture, ours)
    require(len(sent) >= least, "there are frames of ours to look at", len(sent))
    bad = frames(capture, f"({ours}) and ({BAD})")
    require(not bad, "frames that tshark finds wrong", bad[:5])
