#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""What mirage-xen passes on of a guest's console, however the console cuts it."""

import importlib.machinery
import importlib.util
import pathlib
import sys
import unittest

TOOL = pathlib.Path(__file__).resolve().parents[2] / "tool/xen"
sys.path.insert(0, str(TOOL))
sys.dont_write_bytecode = True
loader = importlib.machinery.SourceFileLoader("mirage_xen", str(TOOL / "mirage-xen"))
mirage_xen = importlib.util.module_from_spec(importlib.util.spec_from_loader("mirage_xen", loader))
loader.exec_module(mirage_xen)


class Console(mirage_xen.Console):
    def __init__(self):
        super().__init__()
        self.shown = b""

    def show(self, text):
        self.shown += text


def taken(*pieces):
    console = Console()
    for piece in pieces:
        console.take(piece)
    console.end()
    return console


class ConsoleTest(unittest.TestCase):
    def test_a_status_is_told_and_not_shown(self):
        text = b"one\r\ntwo\r\nThe unikernel ended with status 64.\r\n"
        for cut in range(len(text) + 1):
            console = taken(text[:cut], text[cut:])
            self.assertEqual((console.shown, console.status), (b"one\ntwo\n", 64), cut)

    def test_what_only_begins_like_a_status_is_shown(self):
        text = b"The unikernel ended well.\r\nThe unikernel"
        for cut in range(len(text) + 1):
            console = taken(text[:cut], text[cut:])
            self.assertEqual((console.shown, console.status), (b"The unikernel ended well.\nThe unikernel", None), cut)

    def test_the_status_is_that_of_the_last_line_that_tells_one(self):
        console = taken(b"The unikernel ended with status 1.\r\nagain\r\nThe unikernel ended with status 2.\r\n")
        self.assertEqual((console.shown, console.status), (b"again\n", 2))

    def test_without_a_status_a_crash_is_one(self):
        self.assertEqual(taken(b"gone\r\n").status_for("3"), mirage_xen.EXIT_CRASHED)
        self.assertEqual(taken(b"done\r\n").status_for("0"), 0)


if __name__ == "__main__":
    unittest.main()
