# SPDX-License-Identifier: ISC
"""The page of the module types, from the comments in mirage/v1.hpp.

The file is read as what it is by its own rules: sections between lines of `// ====`, contracts in `///`, and behind a
contract one declaration. A concept that is only a part of another one (`network_write` of `network`) is shown below it.
"""

import dataclasses
import html
import re

import highlight
import markdown
from failure import Failure

RULER = "// ==="
# What a declaration introduces.
NAME = re.compile(r"^(?:template <.*> )?(?:inline |constexpr )*(?:concept|enum class|struct|using|namespace) +(\w+)", re.MULTILINE)
FUNCTION = re.compile(r"(\w+)\(")
DESCRIBE = re.compile(r"\bdescribe\((\w+) ")
WORDS = re.compile(r'"((?:[^"\\]|\\.)*)"')
ENUMERATORS = re.compile(r"\{([^{}]*)\}")


@dataclasses.dataclass
class Entry:
    name: str
    kind: str  # "concept", "type", "function", "group"
    contract: str  # Markdown
    code: str
    parts: list = dataclasses.field(default_factory=list)  # concepts that only this one is made of
    anchor: str = ""
    words: str = ""  # the code that gives the values of an enum in words

    def mentions(self, name):
        # Neither `archetype::fill` nor `r.fill(out)` is the concept `fill`.
        return re.search(rf"(?<!::)(?<!\.)\b{name}<", self.code.split("=", 1)[-1]) is not None


@dataclasses.dataclass
class Section:
    title: str
    text: str
    entries: list = dataclasses.field(default_factory=list)


def render(source):
    introduction, sections = parse(source.read_text(), source)
    arrange(sections)
    names = {entry.name: f"#{entry.name}" for section in sections for top in section.entries
             for entry in [top, *top.parts] if entry.kind != "function"}
    separate(sections)
    out = ["<h1>Module types</h1>", markdown.convert(introduction), summary(sections)]
    for section in sections:
        slug = "section-" + re.sub(r"\W+", "-", section.title.lower())
        out.append(markdown.heading_with_anchor(2, slug, html.escape(section.title)))
        out.append(markdown.convert(section.text))
        out += [show(entry, names) for entry in section.entries]
    return "\n".join(out)


def parse(text, source):
    lines = text.splitlines()
    introduction, at = comment_block(lines, 1, "//")
    sections = []
    contract = []
    while at < len(lines):
        line = lines[at]
        if line.startswith(RULER):
            text, at = comment_block(lines, at + 1, "//", stop=RULER)
            title, _, rest = text.strip().partition("\n")
            # "Clocks and randomness. They are functions of ..." is a title and a remark.
            title, _, remark = title.partition(". ")
            sections.append(Section(title, f"{remark}\n{rest}"))
            at += 1
        elif line.startswith("///"):
            contract.append(line[3:].removeprefix(" "))
            at += 1
        elif not line.strip() or line.startswith(("//", "#", "}")) or line == "namespace mirage::v1 {":
            at += 1
        else:
            code, at = declaration(lines, at)
            if not sections:
                raise Failure(f"{source}:{at}: a declaration stands before the first section")
            add(sections[-1], "\n".join(contract), code)
            contract = []
    return introduction, sections


def comment_block(lines, at, marker, stop=None):
    out = []
    while at < len(lines) and lines[at].startswith(marker) and not (stop and lines[at].startswith(stop)):
        out.append(lines[at].removeprefix(marker).removeprefix(" "))
        at += 1
    return "\n".join(out), at


def declaration(lines, at):
    """From here to the end of the statement: a semicolon, or a closing brace of a body, with all brackets closed."""
    out = []
    depth = 0
    while True:
        line = lines[at]
        out.append(line)
        at += 1
        plain = re.sub(r'"(?:\\.|[^"\\])*"|//.*', "", line)
        depth += sum(plain.count(c) for c in "({[") - sum(plain.count(c) for c in ")}]")
        ended = plain.rstrip().endswith((";", "}"))
        if depth == 0 and ended or at == len(lines):
            return "\n".join(out), at


def add(section, contract, code):
    found = NAME.search(code)
    described = DESCRIBE.search(code)
    if described:
        for entry in section.entries:
            if entry.name == described.group(1):
                entry.words = code
        return
    function = FUNCTION.search(code)
    if not found and not function:
        raise Failure(f"v1.hpp: this declaration has no name that the reference can show: {code.splitlines()[0]}")
    if found:
        kind = "concept" if "concept " in code else "group" if code.startswith("namespace") else "type"
        section.entries.append(Entry(found.group(1), kind, contract, code))
    else:
        section.entries.append(Entry(function.group(1), "function", contract, code))


def arrange(sections):
    """Puts a concept below the first one that is made of it, if it carries that one's name (`tcp_flow` of `tcp`) or is
    itself made of nothing (`kv_get` of `kv_ro`)."""
    concepts = [entry for section in sections for entry in section.entries if entry.kind == "concept"]
    parts = []
    # From the back, so that it is known what is a part when its own parts are looked at.
    for entry in reversed(concepts):
        user = next((other for other in concepts if other is not entry and other.mentions(entry.name)), None)
        made_of_nothing = not any(entry.mentions(other.name) for other in concepts)
        if user and (entry.name.startswith(user.name + "_") or (made_of_nothing and user not in parts)):
            parts.append(entry)
            user.parts.insert(0, entry)
    for section in sections:
        section.entries = [entry for entry in section.entries if entry not in parts]


def separate(sections):
    """The second and third namespace of one name get anchors of their own."""
    seen = {}
    for entry in (entry for section in sections for top in section.entries for entry in [top, *top.parts]):
        seen[entry.name] = seen.get(entry.name, 0) + 1
        entry.anchor = entry.name if seen[entry.name] == 1 else f"{entry.name}-{seen[entry.name]}"


def summary(sections):
    out = ['<div class="scroll" tabindex="0"><table><thead><tr><th>Section</th><th>Module types</th></tr></thead><tbody>']
    for section in sections:
        names = [f'<a href="#{entry.name}"><code>{entry.name}</code></a>' for entry in section.entries
                 if entry.kind == "concept"]
        out.append(f"<tr><td>{html.escape(section.title)}</td><td>{' '.join(names)}</td></tr>")
    return "\n".join(out + ["</tbody></table></div>"])


def show(entry, names):
    level = 3
    out = [f'<section class="{entry.kind}">', heading(level, entry)]
    out.append(markdown.convert(entry.contract))
    out.append(markdown.boxed_code(highlight.code(entry.code, "cpp", {k: v for k, v in names.items() if k != entry.name})))
    if entry.words:
        out.append(table_of_words(entry))
    for part in entry.parts:
        out.append(heading(level + 1, part))
        out.append(markdown.convert(part.contract))
        out.append(markdown.boxed_code(highlight.code(part.code, "cpp", {k: v for k, v in names.items() if k != part.name})))
    return "\n".join(out + ["</section>"])


def heading(level, entry):
    words = {"concept": "concept", "type": "type", "function": "function", "group": "namespace"}[entry.kind]
    return markdown.heading_with_anchor(level, entry.anchor, f'<code>{entry.name}</code> <span class="kind">{words}</span>')


def table_of_words(entry):
    """What `describe` says, where it is one sentence a value."""
    values = [value.split("=")[0].strip() for value in ENUMERATORS.search(entry.code).group(1).split(",")]
    sentences = WORDS.findall(entry.words)
    if len(values) != len(sentences) or "words[" not in entry.words:
        return ""
    rows = [f"<tr><td><code>{value}</code></td><td>{html.escape(sentence)}</td></tr>"
            for value, sentence in zip(values, sentences)]
    return ('<div class="scroll" tabindex="0"><table><thead><tr><th>Value</th><th><code>describe</code> says</th></tr></thead><tbody>'
            + "\n".join(rows) + "</tbody></table></div>")
