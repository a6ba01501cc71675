# SPDX-License-Identifier: ISC
"""Guests of a real Xen in QEMU: ours, and Debian's kernel as a PVH guest beside it on the same machine."""

import re
import sys

from figures import ROOT, SMOKE, lacks

sys.path.insert(0, str(ROOT / "tool/xen"))

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
