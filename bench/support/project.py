# SPDX-License-Identifier: ISC
"""A project of the tree, built with the tool as a user builds it."""

import os
import shutil
import subprocess
import sys

from figures import BUILD, ROOT

MIRAGE = BUILD / "bin/mirage"


def build(work, path, target, *keys, files=None):
    """The image of a copy of `path` (examples/hello), so that nothing is written into the tree, with further `files` (path in the
    copy: content)."""
    project = work / f"{os.path.basename(path)}-{target}"
    shutil.rmtree(project, ignore_errors=True)
    shutil.copytree(ROOT / path, project, ignore=shutil.ignore_patterns("mirage", "dist"))
    for where, content in (files or {}).items():
        (project / where).write_bytes(content)
    # A file that is served has a time with it, as nginx has one.
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    for words in (("configure", "-t", target, *keys), ("build",)):
        subprocess.run([MIRAGE, *words], cwd=project, env=environment, check=True, stdout=sys.stderr)
    suffix = "" if target == "unix" else f".{target}"
    images = [file for file in (project / "dist").iterdir() if file.suffix == suffix]
    if len(images) != 1:
        sys.exit(f"{path} built for {target} is not one image: {images}")
    return images[0]
