# SPDX-License-Identifier: ISC
"""HTML from Markdown: cmark-gfm does the work, then headings get anchors, links get the names of pages, code gets
colours, and what can be wide gets a box of its own that scrolls."""

import html
import re
import subprocess
import urllib.parse

import highlight
from failure import Failure

CODE_BLOCK = re.compile(r'<pre><code(?: class="language-([^"]*)")?(?: data-meta="([^"]*)")?>(.*?)</code></pre>', re.DOTALL)
HEADING = re.compile(r"<h([1-6])>(.*?)</h\1>", re.DOTALL)
LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)
TAG = re.compile(r"<[^>]*>")


def render(text, source, site):
    content = convert(text)
    content = LINK.sub(lambda found: link(found, source, site), content)
    content = CODE_BLOCK.sub(code_block, content)
    content = content.replace("<table>", '<div class="scroll" tabindex="0"><table>')
    content = content.replace("</table>", "</table></div>")
    return with_anchors(content)


def convert(text):
    """Plain HTML; also for a comment in a source file."""
    command = ["cmark-gfm", "--to", "html", "--full-info-string", "-e", "table", "-e", "strikethrough", "-e", "autolink"]
    try:
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    except FileNotFoundError:
        raise Failure("cmark-gfm is not installed; run scripts/install-packages demo") from None
    except subprocess.CalledProcessError as problem:
        raise Failure(f"cmark-gfm failed: {problem.stderr.strip()}") from None
    return done.stdout


def link(found, source, site):
    target = site.resolve(urllib.parse.unquote(html.unescape(found.group(1))), source)
    if target is None:
        return found.group(2)  # a file of the tree, which the site does not have
    return f'<a href="{html.escape(target)}">{found.group(2)}</a>'


def code_block(found):
    language, meta, code = found.group(1), found.group(2) or "", html.unescape(found.group(3))
    name = re.search(r"\bfile=(\S+)", html.unescape(meta))
    return boxed_code(highlight.code(code, language), name.group(1) if name else None)


def boxed_code(marked_up, name=None):
    caption = f"<figcaption>{html.escape(name)}</figcaption>" if name else ""
    return f'<figure class="code">{caption}<pre tabindex="0"><code>{marked_up}</code></pre></figure>'


def with_anchors(content):
    """An id for every heading, as `Getting started` -> `getting-started`; a second one of a name gets -2."""
    seen = {}

    def heading(found):
        level, text = found.group(1), found.group(2)
        slug = re.sub(r"[^a-z0-9]+", "-", html.unescape(TAG.sub("", text)).lower()).strip("-") or "section"
        seen[slug] = seen.get(slug, 0) + 1
        if seen[slug] > 1:
            slug += f"-{seen[slug]}"
        if level == "1":
            return f"<h1>{text}</h1>"
        return heading_with_anchor(level, slug, text)

    return HEADING.sub(heading, content)


def heading_with_anchor(level, slug, text):
    anchor = f'<a class="anchor" href="#{slug}" aria-label="Link to this section">#</a>'
    return f'<h{level} id="{slug}">{text} {anchor}</h{level}>'
