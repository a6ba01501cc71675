# SPDX-License-Identifier: ISC
"""Code in colours: one regular expression a language, whose named groups become the classes of spans."""

import html
import re

CPP_KEYWORDS = """alignas alignof auto bool break case catch char class co_await co_return co_yield concept const
consteval constexpr constinit continue decltype default delete do double else enum explicit extern false final float
for friend if inline int long mutable namespace new noexcept nullptr operator override private protected public requires
return short signed sizeof static static_assert struct switch template this throw true try typedef typename union
unsigned using virtual void volatile while""".split()
SHELL_KEYWORDS = "if then else elif fi for do done while case esac in function".split()

CPP = re.compile(rf"""
    (?P<comment>//[^\n]*|/\*.*?\*/)
  | (?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])'|(?<=\#include\ )<[^>\n]*>)
  | (?P<macro>^[ \t]*\#[ \t]*\w+)
  | (?P<keyword>\b(?:{"|".join(CPP_KEYWORDS)})\b)
  | (?P<number>\b(?:0x[0-9a-fA-F']+|[0-9][0-9']*(?:\.[0-9]+)?)[a-zA-Z]*\b)
  | (?P<word>\b[A-Za-z_]\w*)
""", re.VERBOSE | re.DOTALL | re.MULTILINE)
SHELL = re.compile(rf"""
    (?P<comment>(?:^|(?<=\s))\#[^\n]*)
  | (?P<string>"(?:\\.|[^"\\])*"|'[^']*')
  | (?P<variable>\$\w+|\$\{{[^}}]*\}}|^\w+=)
  | (?P<option>(?<=\s)--?[A-Za-z][\w-]*)
  | (?P<keyword>\b(?:{"|".join(SHELL_KEYWORDS)})\b(?!-))
""", re.VERBOSE | re.MULTILINE)
CONFIGURATION = re.compile(r"""
    (?P<comment>\#[^\n]*)
  | (?P<string>"(?:\\.|[^"\\])*")
  | (?P<keyword>^[ \t]*\[[^\]\n]*\]|^[ \t]*[\w-]+(?=[ \t]*[=(]))
""", re.VERBOSE | re.MULTILINE)
LANGUAGES = {"cpp": CPP, "c++": CPP, "hpp": CPP, "c": CPP, "sh": SHELL, "bash": SHELL, "console": SHELL,
             "toml": CONFIGURATION, "cmake": CONFIGURATION, "python": SHELL}


def code(text, language, links=None):
    """HTML for a piece of code. `links` says where some of the names of C++ lead."""
    pattern = LANGUAGES.get((language or "").lower())
    if not pattern:
        return html.escape(text, quote=False)
    out = []
    end = 0
    for token in pattern.finditer(text):
        out.append(html.escape(text[end:token.start()], quote=False))
        out.append(marked(token.lastgroup, token.group(), links or {}))
        end = token.end()
    return "".join(out) + html.escape(text[end:], quote=False)


def marked(kind, text, links):
    shown = html.escape(text, quote=False)
    if kind == "word":
        return f'<a href="{html.escape(links[text])}">{shown}</a>' if text in links else shown
    return f'<span class="{kind}">{shown}</span>'
