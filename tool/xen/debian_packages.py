# SPDX-License-Identifier: ISC
"""Debian packages that are downloaded and unpacked but not installed, and an initramfs of what is in them.

For guests: what runs there is Debian's, and the host is left as it is. It needs apt's lists, and no root.
"""

import pathlib
import re
import shutil
import stat
import subprocess

LIBRARY = re.compile(r"^(lib|zlib1g)")
# The time of all files, the same in every archive. Not 0: to NSD, a zone file of that time is older than no zone at all.
MODIFIED = 1700000000


class Unavailable(Exception):
    """A package cannot be had here; why."""


def lines_of(*command, **how):
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **how)
    if done.returncode != 0:
        raise Unavailable(f"{' '.join(map(str, command[:2]))} fails: {(done.stderr.strip().splitlines() or ['?'])[-1]}")
    return done.stdout.splitlines()


def dependencies(packages):
    """What these need directly; of alternatives, the first that is a package."""
    without = [f"--no-{kind}" for kind in ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")]
    found = lines_of("apt-cache", "depends", *without, *sorted(packages))
    return {line.split()[-1] for line in found if re.match(r"^ +\|?(Pre)?Depends: [^<]", line)}


def libraries_of(packages):
    """The packages of libraries that these need, and what those need in turn."""
    found, new = set(), set(packages)
    while new:
        new = {name for name in dependencies(new) if LIBRARY.match(name)} - found
        found |= new
    return found


def unpacked(folder, packages):
    """`folder`, with these packages and the libraries that they need; downloaded if it is not there yet."""
    if folder.exists():
        return folder
    making = folder.with_name(folder.name + ".part")
    shutil.rmtree(making, ignore_errors=True)
    archives = making / "archives"
    archives.mkdir(parents=True)
    lines_of("apt-get", "download", *sorted({*packages} | libraries_of(packages)), cwd=archives)
    for archive in sorted(archives.iterdir()):
        lines_of("dpkg-deb", "-x", archive, making)
    shutil.rmtree(archives)
    making.rename(folder)
    return folder


class Initramfs:
    """The files of a guest, in the order in which they were added; `write` makes an archive of them that Linux unpacks."""

    def __init__(self):
        self.entries = {}

    def add(self, path, mode, content=b""):
        """`path` has no slash in front. Folders above it come by themselves."""
        for folder in reversed(pathlib.PurePosixPath(path).parents[:-1]):
            self.entries.setdefault(str(folder), (stat.S_IFDIR | 0o755, b""))
        self.entries[str(path)] = (mode, content)

    def add_folder(self, path):
        self.add(path, stat.S_IFDIR | 0o755)

    def add_file(self, path, content, executable=False):
        self.add(path, stat.S_IFREG | (0o755 if executable else 0o644), content)

    def add_program(self, path, root, where):
        """The program `where` of an unpacked root, with the libraries that it is linked to."""
        self.add_file(path, (root / where).read_bytes(), executable=True)
        loader = root / "lib64/ld-linux-x86-64.so.2"
        folders = sorted({str(library.parent) for library in (root / "usr/lib").rglob("*.so*")} |
                         {str(root / "lib/x86_64-linux-gnu")})
        for line in lines_of(loader, "--library-path", ":".join(folders), "--list", root / where):
            if match := re.search(r"=> (/\S+)", line):
                library = pathlib.Path(match[1])
                if not library.is_relative_to(root):
                    raise Unavailable(f"{where} needs {library.name}, which no package brought")
                self.add_file(f"lib/x86_64-linux-gnu/{library.name}", library.read_bytes(), executable=True)
        self.add_file("lib64/ld-linux-x86-64.so.2", loader.read_bytes(), executable=True)

    def write(self, path):
        """In the format `newc` of cpio, not compressed: a guest would spend its time on that."""
        with open(path, "wb") as out:
            for number, (name, (mode, content)) in enumerate([*self.entries.items(), ("TRAILER!!!", (0, b""))], 1):
                links = 2 if stat.S_ISDIR(mode) else 1
                fields = (number, mode, 0, 0, links, MODIFIED, len(content), 0, 0, 0, 0, len(name) + 1, 0)
                out.write(padded(b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"))
                out.write(padded(content))
        return path


def programs_of(root, programs):
    """Programs of an unpacked root (path in the guest: path in the root) and the libraries that they are linked to, as files
    (path in the guest: content)."""
    made = Initramfs()
    for path, where in programs.items():
        made.add_program(path, root, where)
    return {path: content for path, (mode, content) in made.entries.items() if stat.S_ISREG(mode)}


def padded(data):
    return data + bytes(-len(data) % 4)
