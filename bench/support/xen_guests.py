# SPDX-License-Identifier: ISC
"""Guests of a real Xen in QEMU: ours, and Debian's kernel as a PVH guest beside it on the same machine."""

import re
import sys
import time

import linux_guest
from figures import ROOT, SMOKE, lacks

sys.path.insert(0, str(ROOT / "tool/xen"))

from debian_packages import programs_of  # noqa: E402
from guest_configuration import configuration  # noqa: E402
from xen_host import Host  # noqa: E402
from xen_machine import cache_folder, prepared  # noqa: E402

ARGUMENTS = "console=hvc0 quiet panic=-1 mitigations=off"
LIMIT = 200  # seconds that a guest may take for what it is asked to do


def is_too_long_for_a_smoke():
    if SMOKE:
        lacks("Xen, its dom0 and a Linux guest take a minute and more on an emulated processor; make bench ONLY=xen measures them")


class Machine(Host):
    """It is up; guests are made by `configure` and what a script in dom0 does."""

    def __init__(self, files, **how):
        super().__init__(prepared(cache_folder()), files, memory=1536, dom0_memory=640, **how)
        self.wait_until_up()

    def configure(self, name, kernel, arguments, memory, networks=(), disks=(), initramfs=None):
        """Makes NAME.xl. The arguments of ours are a list of words, those of Linux a line."""
        words = arguments if isinstance(arguments, list) else []
        # QEMU tells Xen of RDTSCP as if it were RDTSC, and Xen stops over that: so neither is emulated.
        text = configuration(name, kernel, memory, words, networks, disks) + 'tsc_mode = "native"\n'
        if initramfs:
            text = re.sub('extra = .*', f'extra = "{arguments}"', text) + f'ramdisk = "{initramfs}"\n'
        self.run(f"cat >/{name}.xl <<'END'\n{text}END")

    def start(self, name, *what, **how):
        """As `configure`, and begins it."""
        self.configure(name, *what, **how)
        self.run(f"xl create -q /{name}.xl")
        return Guest(self, name)


class Guest:
    """A domain that has been created."""

    def __init__(self, machine, name):
        self.machine, self.name = machine, name

    def lines(self):
        return self.machine.run(f"cat /var/log/xen/guest-{self.name}.log").splitlines()

    def cpu_seconds(self):
        """As xl tells it, in tenths."""
        return float(self.machine.run(f"xl list {self.name}").split()[-1])

    def wait_until(self, script, limit=LIMIT):
        """Until a script in dom0, which asks the guest for something, ends well."""
        end = time.monotonic() + limit
        while self.machine.command(script)[0] != 0:
            self.must_run()
            if time.monotonic() > end:
                sys.exit(f"{self.name} does not answer; its last words: {self.lines()[-5:]}")

    def must_run(self):
        if self.machine.command(f"xl domid {self.name}")[0] != 0:
            sys.exit(f"{self.name} has ended; its last words: {self.lines()[-5:]}")

    def wait_until_ended(self, limit=LIMIT):
        self.machine.run(f"until ! xl domid {self.name} >/dev/null 2>&1; do sleep 0.2; done", limit)

    def destroy(self):
        self.machine.run(f"xl destroy {self.name}")


def in_dom0(package):
    """The program that a package of Debian is named after, as files of a Machine."""
    return programs_of(linux_guest.packages_root([package]), {f"bin/{package}": f"usr/bin/{package}"})
