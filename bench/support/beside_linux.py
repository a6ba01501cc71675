# SPDX-License-Identifier: ISC
"""Ours and a Linux guest with the peer, each alone in a machine of QEMU without KVM: the same machine (q35, one processor), with
the same network device at a tap of its own, in a network namespace of the script's own."""

import linux_guest
from figures import lacks, must_have, must_have_network_namespaces
from namespaces import enter_own, make_tap
from virtual_machine import command_of, with_linux

OURS, LINUX = "10.9.0.9", "10.9.1.9"


def prepare(packages, programs):
    """Brings what the guest is made of, looks for the programs that are needed here, and enters the network with both taps."""
    must_have_network_namespaces()
    must_have("qemu-system-x86_64", "taskset", "ip", *programs)
    try:
        linux_guest.fetch(packages)
    except linux_guest.Unavailable as reason:
        lacks(reason)
    enter_own()
    make_tap("10.9.0.1", "tap0")
    make_tap("10.9.1.1", "tap1")


def commands(image, arguments, initramfs):
    """What starts ours at `OURS`, with these arguments, and Linux at `LINUX`."""
    ours, other = (command_of(image, "--machine=q35", f"--network=tap:{tap}", arguments=(f"--ipv4={OURS}/24", *arguments))
                   for tap in ("tap0", "tap1"))
    return ours, with_linux(other, linux_guest.kernel(), initramfs, f"{linux_guest.ARGUMENTS} address={LINUX}/24")
