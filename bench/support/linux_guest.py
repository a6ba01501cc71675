# SPDX-License-Identifier: ISC
"""The peer in a virtual machine: Debian's cloud kernel, its drivers and the programs that are to be measured, with
linux_guest_init.sh as the first process. Nothing is installed on the host."""

import pathlib
import sys

from figures import BUILD, ROOT

sys.path.insert(0, str(ROOT / "tool/xen"))

from debian_packages import Initramfs, Unavailable, dependencies, unpacked  # noqa: E402

CACHE = BUILD / "bench/support/linux_guest"
INIT = pathlib.Path(__file__).with_name("linux_guest_init.sh")
# In the order in which they need each other.
MODULES = ["drivers/virtio/virtio_ring", "drivers/virtio/virtio", "drivers/virtio/virtio_pci_modern_dev",
           "drivers/virtio/virtio_pci_legacy_dev", "drivers/virtio/virtio_pci", "drivers/block/virtio_blk",
           "net/core/failover", "drivers/net/net_failover", "drivers/net/virtio_net"]
XEN_MODULES = ["drivers/net/xen-netfront", "drivers/block/xen-blkfront"]
# What a guest that is to be fast is given: no defence against other tenants, and the time-stamp counter as its clock, as ours
# has it. The rest is as Debian ships it.
ARGUMENTS = "console=ttyS0 quiet panic=-1 mitigations=off tsc=reliable no_timer_check"


def root_of(name, packages):
    CACHE.mkdir(parents=True, exist_ok=True)
    return unpacked(CACHE / name, packages)


def packages_root(packages):
    return root_of("-".join(sorted(packages)), packages)


def kernel_package():
    names = [name for name in dependencies(["linux-image-cloud-amd64"]) if name.startswith("linux-image-")]
    if not names:
        raise Unavailable("apt knows no linux-image-cloud-amd64")
    return names[0]


def kernel_root():
    kept = next(CACHE.glob("linux-image-*-amd64"), None)
    if kept:
        return kept
    package = kernel_package()
    return root_of(package, [package])


def kernel():
    """The kernel as Debian ships it."""
    return next((kernel_root() / "boot").glob("vmlinuz-*"))


def with_busybox():
    initramfs = Initramfs()
    busybox = root_of("busybox", ["busybox-static"]) / "bin/busybox"
    initramfs.add_file("bin/busybox", busybox.read_bytes(), executable=True)
    return initramfs


def fetch(packages):
    """Brings all that a guest with these packages is made of. It is called before one enters a network of one's own, from which
    nothing can be downloaded."""
    kernel_root()
    root_of("busybox", ["busybox-static"])
    packages_root(packages)


def initramfs_of(path, packages, programs, files, drivers=MODULES):
    """Writes the initramfs of a guest that runs `/job`, which is one of the `files` (path in the guest: content), with the
    programs (path in the guest: path in the packages)."""
    made = with_busybox()
    modules = next((kernel_root() / "lib/modules").iterdir()) / "kernel"
    for number, name in enumerate(drivers):
        # The shell lists them by their names.
        made.add_file(f"modules/{number}-{pathlib.Path(name).name}.ko", (modules / f"{name}.ko").read_bytes())
    root = packages_root(packages)
    for where, program in programs.items():
        made.add_program(where, root, program)
    for where, content in files.items():
        made.add_file(where, content, executable=where == "job")
    for folder in ("proc", "sys", "dev", "tmp", "run", "var/log"):
        made.add_folder(folder)
    made.add_file("etc/passwd", b"root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n")
    made.add_file("etc/group", b"root:x:0:\nnogroup:x:65534:\n")
    made.add_file("init", INIT.read_bytes(), executable=True)
    return made.write(path)


def server_of(path, name, arguments, files, drivers=MODULES):
    """Writes the initramfs of a guest that is a server: the program `name` of the package of that name."""
    job = f"#!/bin/sh\nexec {name} {arguments}\n".encode()
    return initramfs_of(path, [name], {f"bin/{name}": f"usr/sbin/{name}"}, {**files, "job": job}, drivers)


def hello(path):
    """Writes the initramfs of a guest that prints one line and waits."""
    made = with_busybox()
    made.add_file("init", b"#!/bin/busybox sh\necho hello\nexec /bin/busybox sleep 3600\n", executable=True)
    return made.write(path)
