# SPDX-License-Identifier: ISC
"""An example, built for one target: what a check needs to run it there, and to reach it or be reached by it."""

from host import HOST, OURS, PREFIX
from project import Project

TAP = "tap0"  # of who has one interface; one of several has the interface's own name


class Image(Project):
    """`interfaces` are the names that config.cpp has for its networks; `default_network` has none."""

    target = ""
    address, host = OURS, HOST  # ours, and the host's, on our own stack
    addressed = (f"--ipv4={PREFIX}",)  # the boot argument of a stack
    clock_error = 10_000  # microseconds that its time of day may be off from the host's

    def __init__(self, work, name, interfaces=()):
        super().__init__(work / self.target, f"examples/{name}")
        self.taps = {interface: interface or TAP for interface in interfaces}

    def build(self, *keys):
        super().build("-t", self.target, *keys)

    def options(self):
        """Of `mirage run`, and so before the `--`."""
        return ()

    def arguments(self):
        """Boot arguments."""
        return ()

    def run(self, *arguments, options=(), **how):
        return super().run(*self.arguments(), *arguments, options=(*self.options(), *options), **how)

    def running(self, *arguments, options=()):
        return super().running(*self.arguments(), *arguments, options=(*self.options(), *options))


class Process(Image):
    target = "unix"

    def arguments(self):
        return [f"--{name}-interface={tap}" for name, tap in self.taps.items() if name]


class ProcessOnHostStack(Process):
    """Its stack is the host's: it has no address of its own."""

    address = host = "127.0.0.1"
    addressed = ()


class VirtualMachine(Image):
    target = "virtio"
    # Without KVM its clock is battery-backed, which QEMU starts at a whole second, and which is read as whole seconds.
    clock_error = 2_000_000

    def options(self):
        return [f"--network=tap:{tap}" for tap in self.taps.values()]


class Solo5Process(Image):
    target = "spt"

    def options(self):
        return [f"--net:{name or 'service'}={tap}" for name, tap in self.taps.items()]


class XenGuest(VirtualMachine):
    """On a real Xen, whose dom0 bridges the taps."""

    target = "xen"
