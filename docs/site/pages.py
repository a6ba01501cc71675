# SPDX-License-Identifier: ISC
"""Which pages there are, in which order, and what is around their content: navigation and table of contents."""

import html
import re
import urllib.parse

from failure import Failure

# Headings of the navigation, and below each the files in their order. What is not there is left out.
CONTENTS = [
    ("Start", ["README.md", "docs/install.md", "docs/first-unikernel.md", "docs/tool.md", "docs/network.md",
               "docs/virtio.md", "docs/solo5.md", "docs/deploying.md", "docs/size.md"]),
    ("Understand", ["docs/architecture.md", "types/include/mirage/v1.hpp", "docs/site/this-site.md",
                    "docs/dependencies.md", "docs/compilers.md"]),
    ("Work on it", ["docs/writing-a-device.md", "docs/debugging.md", "CONTRIBUTING.md", "CHANGES.md"]),
]
REST = "More"
NOT_FOUND = "docs/site/404.md"
# The name of a page is that of its file, but for these.
NAMES = {"README.md": "index.html", "docs/site/this-site.md": "this-site.html", NOT_FOUND: "404.html"}
SHORT_TITLES = {"README.md": "Overview", "CHANGES.md": "Changes"}

TITLE = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
HEADING = re.compile(r'<h([23]) id="([^"]*)"[^>]*>(.*?)</h\1>', re.DOTALL)
# What a heading has beside its words.
ANCHOR = re.compile(r'<a class="anchor".*?</a>|<span class="kind">.*?</span>')
LINK = re.compile(r'href="([^"]*)"')
ID = re.compile(r'id="([^"]*)"')
TAG = re.compile(r"<[^>]*>")


class Page:
    def __init__(self, root, path):
        self.path = path  # in the tree
        self.source = root / path
        self.name = NAMES.get(path, self.source.stem.lower() + ".html")
        self.is_reference = path.endswith(".hpp")
        self.title = "Module types" if self.is_reference else first_heading(self.source)
        self.short_title = SHORT_TITLES.get(path, self.title)


def first_heading(source):
    for line in source.read_text().splitlines():
        if line.startswith("# "):
            return line[2:].replace("`", "").strip()
    raise Failure(f"{source} has no title; write `# Title` in its first line")


class Site:
    def __init__(self, root, here):
        self.root = root
        self.groups = [(title, [Page(root, path) for path in paths if (root / path).exists()])
                       for title, paths in CONTENTS]
        known = {page.path for _, group in self.groups for page in group}
        rest = [path.relative_to(root).as_posix() for path in sorted((root / "docs").glob("*.md"))]
        rest = [Page(root, path) for path in rest if path not in known and path != "docs/README.md"]
        if rest:
            self.groups.append((REST, rest))
        self.order = [page for _, group in self.groups for page in group]
        self.pages = self.order + [Page(root, NOT_FOUND)]
        self.by_source = {page.source.resolve(): page for page in self.pages}
        self.by_name = {page.name: page for page in self.pages}
        if len(self.by_name) != len(self.pages):
            names = [page.name for page in self.pages]
            twice = next(name for name in names if names.count(name) > 1)
            raise Failure(f"two pages would be {twice}; rename one of their files")

    def resolve(self, target, source):
        """Where a link in a Markdown file leads on the site; None for a file of the tree that is no page."""
        if re.match(r"[a-z]+:", target) or target.startswith("#"):
            return target
        path, hash_mark, fragment = target.partition("#")
        place = (source.parent / urllib.parse.unquote(path)).resolve()
        page = self.by_source.get(place) or self.by_name.get(path)
        if page:
            return page.name + hash_mark + fragment
        if place.exists() and place.is_relative_to(self.root):
            return None
        raise Failure(f"{source.relative_to(self.root)}: the link `{target}` leads nowhere")

    def check_links(self, rendered):
        """Every link within the site ends at a page, and at something on it."""
        ids = {page.name: set(ID.findall(content)) for page, content in rendered}
        for page, content in rendered:
            for target in map(html.unescape, LINK.findall(content)):
                if re.match(r"[a-z]+:", target):
                    continue
                name, _, fragment = target.lstrip("/").partition("#")
                name = name or page.name
                if name not in ids or (fragment and urllib.parse.unquote(fragment) not in ids[name]):
                    raise Failure(f"{page.path}: the link `{target}` leads nowhere")

    def fill(self, template, page, content):
        # The page of an unknown address is shown at any depth, so it names everything from the root.
        base = "/" if page.path == NOT_FOUND else ""
        toc = table_of_contents(content)
        values = {
            "TITLE": html.escape(page.title if page.name == "index.html" else f"{page.title} · Mirage"),
            "DESCRIPTION": html.escape(description_of(content), quote=True),
            "BASE": base,
            "NAVIGATION": self.navigation(page, base),
            "CONTENTS": toc,
            "LAYOUT": "with-contents" if toc else "without-contents",
            "NEIGHBOURS": self.neighbours(page),
            "CONTENT": content,
        }
        return re.sub(r"@([A-Z]+)@", lambda found: values[found.group(1)], template)

    def navigation(self, current, base):
        out = []
        for title, group in self.groups:
            out.append(f"<h2>{html.escape(title)}</h2>\n<ul>")
            for page in group:
                here = ' aria-current="page"' if page is current else ""
                out.append(f'<li><a href="{base}{page.name}"{here}>{html.escape(page.short_title)}</a></li>')
            out.append("</ul>")
        return "\n".join(out)

    def neighbours(self, page):
        if page not in self.order:
            return ""
        at = self.order.index(page)
        out = []
        if at > 0:
            before = self.order[at - 1]
            out.append(f'<a class="before" rel="prev" href="{before.name}">← {html.escape(before.short_title)}</a>')
        if at + 1 < len(self.order):
            after = self.order[at + 1]
            out.append(f'<a class="after" rel="next" href="{after.name}">{html.escape(after.short_title)} →</a>')
        return "\n".join(out)


def table_of_contents(content):
    headings = HEADING.findall(content)
    if len(headings) < 2:
        return ""
    out = ["<ul>"]
    for level, anchor, text in headings:
        text = TAG.sub("", ANCHOR.sub("", text)).strip()
        out.append(f'<li class="level-{level}"><a href="#{anchor}">{text}</a></li>')
    return "\n".join(out + ["</ul>"])


def description_of(content):
    """The first sentence of the first paragraph."""
    paragraph = re.search(r"<p>(.*?)</p>", content, re.DOTALL)
    text = html.unescape(TAG.sub("", paragraph.group(1))) if paragraph else ""
    return re.split(r"(?<=[.:])\s", " ".join(text.split()), maxsplit=1)[0]
