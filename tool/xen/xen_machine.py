# SPDX-License-Identifier: ISC
"""What a machine with Xen and a Linux dom0 is made of: Debian's packages, which are downloaded and not installed."""

import fcntl
import hashlib
import lzma
import os
import pathlib
import re
import subprocess
import tempfile

from debian_packages import Initramfs, Unavailable, dependencies, unpacked

HERE = pathlib.Path(__file__).resolve().parent
XEN = "usr/lib/xen-4.17/bin"
PACKAGES = ["xen-hypervisor-4.17-amd64", "xen-utils-4.17", "xenstore-utils", "busybox-static"]
PROGRAMS = [*(f"{XEN}/{name}" for name in ("xl", "xenstored", "xenconsoled", "xenconsole", "xen-init-dom0", "libxl-save-helper",
                                       "vchan-socket-proxy")),
            *(f"usr/bin/xenstore-{name}" for name in ("read", "write", "ls", "rm", "list", "exists", "watch"))]
MODULES = ["xen-privcmd", "xen-evtchn", "xenfs", "xen-gntdev", "xen-gntalloc", "xen-netback", "xen-blkback", "loop", "bridge", "e1000",
           "virtio_pci", "virtio_blk"]
FOLDERS = ["proc", "sys", "dev", "tmp", "run", "root", "var/lib/xen", "var/lib/xenstored", "var/log/xen", "var/lock"]


def cache_folder():
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(base) / "mirage"


def kernel_package():
    """Debian's cloud kernel cannot be a dom0."""
    names = [name for name in dependencies(["linux-image-amd64"]) if re.match(r"linux-image-[0-9]", name)]
    if not names:
        raise Unavailable("apt knows no linux-image-amd64")
    return names[0]


def prepared(cache, tell=lambda sentence: None):
    """The folder with `xen`, `vmlinux` and `dom0`; made if it is not there. One at a time makes it."""
    recipe = b"".join((HERE / name).read_bytes() for name in ("xen_machine.py", "debian_packages.py"))
    folder = cache / f"xen-{hashlib.sha256(recipe).hexdigest()[:12]}"
    if folder.exists():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    with open(cache / "xen.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            tell("Making a Xen to run guests on, of Debian's packages; this is done once.")
            make(folder)
    return folder


def make(folder):
    kernel = kernel_package()
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="xen-making-") as working:
        root = unpacked(pathlib.Path(working) / "root", [kernel, *PACKAGES])
        made = pathlib.Path(working) / "made"
        made.mkdir()
        packed = next((root / "boot").glob("xen-4.17-amd64.gz")).read_bytes()
        (made / "xen").write_bytes(subprocess.run(["gzip", "-dc"], input=packed, stdout=subprocess.PIPE, check=True).stdout)
        # Unpacked by Xen on an emulated processor it would take seconds.
        compressed = next((root / "boot").glob("vmlinuz-*")).read_bytes()
        start = compressed.find(b"\xfd7zXZ\0")
        (made / "vmlinux").write_bytes(lzma.LZMADecompressor().decompress(compressed[start:]))
        dom0(root).write(made / "dom0")
        made.rename(folder)


def dom0(root):
    """All but our own scripts, which come with the files of whoever starts it."""
    files = Initramfs()
    for name in FOLDERS:
        files.add_folder(name)
    files.add_file("bin/busybox", (root / "bin/busybox").read_bytes(), executable=True)
    for program in PROGRAMS:
        files.add_program(program, root, program)
    # pthread_cancel loads it, and xl ends by that.
    files.add_file("lib/x86_64-linux-gnu/libgcc_s.so.1", (root / "lib/x86_64-linux-gnu/libgcc_s.so.1").read_bytes(), executable=True)
    order = []
    modules = next((root / "lib/modules").iterdir()) / "kernel"
    for name in MODULES:
        add_module(files, modules, name, order)
    files.add_file("modules/order", "".join(f"{name}\n" for name in order).encode())
    files.add_file("etc/xen/xl.conf", b"autoballoon=0\n")
    return files


def add_module(files, folder, name, order):
    """A module behind those that it needs."""
    pattern = re.compile(name.replace("-", "_").replace("_", "[-_]") + r"\.ko")
    path = next((path for path in folder.rglob("*.ko") if pattern.fullmatch(path.name)), None)
    if path is None or path.name in order:  # or it is part of the kernel
        return
    content = path.read_bytes()
    needs = re.search(rb"\0depends=([^\0]*)\0", content)
    for other in needs[1].decode().split(",") if needs and needs[1] else []:
        add_module(files, folder, other, order)
    files.add_file(f"modules/{path.name}", content)
    order.append(path.name)
