#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Checks that the tree keeps the rules of its own architecture; prints a sentence a violation.

Each rule is a function from the tree to sentences. What the tree is made of (packages, floors, includes) is
read once, into `House`.
"""

import argparse
import fnmatch
import functools
import pathlib
import re
import subprocess
import sys
import tomllib

# Ground floor first; a folder uses only folders before it.
FLOORS = ["core", "types", "config", "net", "storage", "drivers", "targets", "tool", "examples", "appliances"]
# Folders whose code can end up in a unikernel, and the headers that drag hosted machinery into an image.
IMAGE_FLOORS = ["core", "types", "net", "storage", "drivers", "targets"]
HOSTED_HEADERS = {"iostream", "istream", "ostream", "fstream", "sstream", "iomanip", "locale", "regex", "filesystem",
                  "thread", "future", "mutex", "shared_mutex", "condition_variable", "format", "print"}
SOURCE_PATTERNS = ["*.hpp", "*.h", "*.cpp", "*.c", "*.S", "*.cmake", "*.py", "*.mjs", "*.js", "*.ml", "*.css",
                   "CMakeLists.txt", "Makefile"]
# A line of `nm --format=sysv` for what lies in a section that can be written.
WRITABLE_SYMBOL = re.compile(r"^(?:[^|\n]*\|){6}\.(?:bss|data|tbss|tdata|sbss|sdata)\b.*$", re.MULTILINE)
# What the hosted part of the standard library looks like to the linker.
HOSTED_SYMBOLS = re.compile(r"^(std::(__cxx11::)?(locale|basic_[io]?(f|string)?stream|basic_ios|ios_base|thread|filesystem|"
                            r"basic_regex|condition_variable|__throw_regex_error)\b|pthread_create$)")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
HERE = pathlib.Path(__file__).resolve().parent


class Package:
    def __init__(self, root, toml):
        self.folder = toml.parent
        self.place = self.folder.relative_to(root).as_posix()
        self.floor = self.place.split("/")[0]
        facts = tomllib.loads(toml.read_text())
        self.name = facts.get("name", self.place)
        self.depexts = facts.get("depexts", {}).get("debian", [])
        self.dependencies = list(facts.get("dependencies", {}))
        self.test_dependencies = list(facts.get("test-dependencies", {}))


class House:
    def __init__(self, root):
        self.root = pathlib.Path(root).resolve()
        tomls = [toml for floor in FLOORS
                 for toml in [self.root / floor / "package.toml", *sorted(self.root.glob(f"{floor}/*/package.toml"))]]
        self.all_packages = [Package(self.root, toml) for toml in tomls if toml.exists()]
        self.packages = {package.name: package for package in self.all_packages}
        # Which package has which public header, by the name that an #include line says.
        self.owner = {}
        for package in self.all_packages:
            for header in (package.folder / "include").rglob("*.h*"):
                self.owner[header.relative_to(package.folder / "include").as_posix()] = package

    @functools.cached_property
    def sources(self):
        """Every file that git knows or would take; without git, every file that no build made."""
        listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=self.root,
                                capture_output=True, text=True, check=False)
        if listed.returncode == 0:
            paths = [self.root / line for line in listed.stdout.splitlines()]
        else:
            paths = [path for path in self.root.rglob("*")
                     if not {"build", "dist", ".git"} & set(path.relative_to(self.root).parts)]
        return sorted({path for path in paths if path.is_file()})

    @functools.cached_property
    def files(self):
        """(package, source) of every file in a package; a package inside another one's folder has its own."""
        folders = {package.folder: package for package in self.all_packages}
        found = []
        for path in self.sources:
            package = next((folders[folder] for folder in path.parents if folder in folders), None)
            if package:
                found.append((package, path))
        return found

    def name_of(self, path):
        return path.relative_to(self.root).as_posix()


def rank(floor):
    return FLOORS.index(floor)


def includes_of(path):
    return INCLUDE.findall(path.read_text(errors="replace"))


def check_names(house):
    """Two packages of one name would be one library."""
    for package in house.all_packages:
        first = house.packages[package.name]
        if first is not package:
            yield f"{package.place}: the name {package.name} is taken by {first.place}"


def check_dependencies(house):
    """package.toml names only packages that exist, and none from a floor above."""
    for package in house.all_packages:
        for other in package.dependencies + package.test_dependencies:
            if other not in house.packages:
                yield f"{package.place}/package.toml: depends on {other}, which no folder has"
            elif rank(house.packages[other].floor) > rank(package.floor):
                yield f"{package.place}/package.toml: depends on {other}, which is on a higher floor ({house.packages[other].floor}/)"


def check_circles(house):
    """The graph of [dependencies] has no circle."""
    finished = set()

    def visit(name, path):
        if name in path:
            yield "a circle of packages: " + " -> ".join([*path[path.index(name):], name])
        elif name in house.packages and name not in finished:
            for other in house.packages[name].dependencies:
                yield from visit(other, [*path, name])
            finished.add(name)

    for name in house.packages:
        yield from visit(name, [])


def check_includes(house):
    """A file includes only what its package's package.toml names; tests may use the test dependencies too."""
    for package, path in house.files:
        if path.suffix not in (".hpp", ".h", ".cpp"):
            continue
        inner = path.relative_to(package.folder)
        if inner.parts[0] == "templates":
            continue  # a user's project in the making
        allowed = {package.name, *package.dependencies}
        if package.folder.name == "test" or inner.parts[0] in ("test", "fuzz"):
            allowed.update(package.test_dependencies)
        if inner.as_posix().startswith("include/mirage/config/"):
            allowed.add("config")  # a descriptor is read by the DSL, on the host, whatever the package is for
        yield from check_includes_of(house, package, path, allowed)


def check_includes_of(house, package, path, allowed):
    for bracket, header in includes_of(path):
        target = (path.parent / header).resolve()
        if bracket == '"' and target.exists():
            if not target.is_relative_to(package.folder):
                yield f'{house.name_of(path)}: includes "{header}", which is outside its package'
            continue
        if not header.startswith("mirage/") or header == "mirage/config/all.hpp":
            continue
        owner = house.owner.get(header)
        if owner is None:
            yield f"{house.name_of(path)}: includes {header}, which no package has"
        elif rank(owner.floor) > rank(package.floor):
            yield f"{house.name_of(path)}: includes {header}, which is on a higher floor ({owner.floor}/)"
        elif owner.name not in allowed:
            yield f"{house.name_of(path)}: includes {header}, but its package.toml does not name {owner.name}"


def check_hosted_headers(house):
    """Code that can end up in an image includes nothing of the hosted part of the standard library."""
    for package, path in house.files:
        inner = path.relative_to(package.folder).as_posix()
        host_only = inner.startswith(("test/", "fuzz/", "include/mirage/config/"))
        if package.floor not in IMAGE_FLOORS or host_only or path.suffix not in (".hpp", ".cpp"):
            continue
        for bracket, header in includes_of(path):
            if bracket == "<" and header in HOSTED_HEADERS and not excused("hosted_headers.txt", house.name_of(path)):
                yield f"{house.name_of(path)}: includes <{header}>, which no unikernel may carry"


def check_licence(house):
    """The first line of a source (the second of a script) is its SPDX line."""
    for path in house.sources:
        try:
            lines = path.read_text().splitlines()[:2]
        except UnicodeDecodeError:
            continue
        script = bool(lines) and lines[0].startswith("#!")
        if not script and not any(fnmatch.fnmatch(path.name, pattern) for pattern in SOURCE_PATTERNS):
            continue
        if lines == ["mirage_package()"] or {"corpus", "templates"} & set(path.parts):
            continue  # nothing that could be licensed, or what becomes the user's
        line = (lines[1:] if script else lines[:1]) or [""]
        if "SPDX-License-Identifier: ISC" not in line[0]:
            yield f"{house.name_of(path)}: line {2 if script else 1} is not its SPDX-License-Identifier: ISC"


def check_depexts(house):
    """What a package wants from Debian is installed with everything else."""
    script = house.root / "scripts/install-packages"
    installed = script.read_text().split() if script.exists() else []
    for package in house.all_packages:
        for name in package.depexts:
            if name not in installed:
                yield f"{package.place}/package.toml: wants {name}, which scripts/install-packages does not install"


def check_readmes(house):
    for package in house.all_packages:
        if not (package.folder / "README.md").exists():
            yield f"{package.place}: has no README.md that says what the folder is for"


def libraries_of(build):
    """The libraries of the packages; other builds may lie in the same folder, and tests may keep what they like."""
    found = [library for floor in FLOORS for library in (build / floor).rglob("libmirage_*.a")]
    return sorted(library for library in found if "test_support" not in library.name)


def check_mutable_statics(house, build):
    """No library has a mutable static, and no test program one that a header of ours brought."""
    if not libraries_of(build):
        yield f"{build}: has no library to look into; build first"
    for library in libraries_of(build):
        for symbol, section in mutable_symbols(library):
            if not excused("mutable_statics.txt", symbol):
                yield f"{library.name}: `{symbol}` is a mutable static ({section}); state belongs to os::node"
    for program in sorted(path for path in (build / "test").glob("*") if path.is_file()):
        for symbol, section in mutable_symbols(program, weak_only=True):
            ours = symbol.startswith(("mirage::", "guard variable for mirage::"))
            if ours and "test_info_" not in symbol and "_Test" not in symbol and not excused("mutable_statics.txt", symbol):
                yield f"test/{program.name}: a header brings the mutable static `{symbol}` ({section})"


def check_hosted_symbols(build):
    """No library that can end up in an image refers to the hosted part of the standard library."""
    for library in libraries_of(build):
        if library.relative_to(build).parts[0] not in IMAGE_FLOORS:
            continue
        listing = subprocess.run(["nm", "--demangle", "--undefined-only", "--format=posix", library],
                                 capture_output=True, text=True, check=True).stdout
        for symbol in sorted({line.rsplit(" U", 1)[0] for line in listing.splitlines() if " U" in line}):
            if HOSTED_SYMBOLS.match(symbol) and not excused("hosted_headers.txt", f"{library.name} {symbol}"):
                yield f"{library.name}: refers to `{symbol}`, which no unikernel may carry"


def mutable_symbols(path, weak_only=False):
    """(demangled name, section) of every symbol in writable memory; what the loader makes read-only is not."""
    listing = subprocess.run(["nm", "--format=sysv", "--defined-only", path], capture_output=True, text=True,
                             check=True).stdout
    found = []
    for line in WRITABLE_SYMBOL.findall(listing):
        name, _, kind, *_, section = (cell.strip() for cell in line.split("|"))
        if not section.startswith(".data.rel.ro") and (kind in "VvWwu" or not weak_only):
            found.append((name, section))
    # A program of tests has tens of thousands of symbols, so only those that were found are demangled.
    names = subprocess.run(["c++filt"], input="\n".join(name for name, _ in found), capture_output=True, text=True,
                           check=True).stdout.splitlines()
    return zip(names, (section for _, section in found), strict=True)


@functools.cache
def allowances(file_name):
    """The lines `pattern: reason` of a list of exceptions."""
    path = HERE / file_name
    rows = []
    for line in path.read_text().splitlines() if path.exists() else []:
        if not line.strip() or line.startswith("#"):
            continue
        pattern, separator, reason = line.partition(": ")
        if not separator or not reason.strip():
            sys.exit(f"{path}: `{line}` gives no reason; write `pattern: reason`")
        rows.append(pattern.strip())
    return rows


def excused(file_name, name):
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in allowances(file_name))


RULES = [check_names, check_dependencies, check_circles, check_includes, check_hosted_headers, check_licence,
         check_depexts, check_readmes]


def violations(root, build=None):
    house = House(root)
    found = [sentence for rule in RULES for sentence in rule(house)]
    if build:
        found += check_mutable_statics(house, pathlib.Path(build))
        found += check_hosted_symbols(pathlib.Path(build))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", help="a build folder without sanitizers, whose libraries are looked into")
    parser.add_argument("root")
    arguments = parser.parse_args()
    found = violations(arguments.root, arguments.build)
    print("\n".join(found) or "the house is in order")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
