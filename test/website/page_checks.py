# SPDX-License-Identifier: ISC
"""What every page must look like in a browser, and where its links lead."""

import urllib.parse

from http_checks import curl
from results import equal, require

WIDTHS = {390: 844, 1280: 900}

# Everything about a page that the checks need, in one object. Folded lists are unfolded first: they are text too.
FACTS = r"""
(() => {
  document.querySelectorAll('details').forEach(each => each.open = true);
  const width = document.documentElement.clientWidth;
  const name = element => element.tagName.toLowerCase() + (element.id ? '#' + element.id : '') +
      (typeof element.className === 'string' && element.className ? '.' + element.className.split(' ').join('.') : '');
  const scrolls = element => {
    for (let at = element; at && at !== document.body; at = at.parentElement)
      if (['auto', 'scroll', 'hidden'].includes(getComputedStyle(at).overflowX)) return true;
    return false;
  };
  const numbers = color => color.match(/[\d.]+/g).map(Number);
  const background = element => {
    for (let at = element; at; at = at.parentElement) {
      const [r, g, b, a = 1] = numbers(getComputedStyle(at).backgroundColor);
      if (a > 0.99) return [r, g, b];
    }
    return matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18] : [255, 255, 255];
  };
  const luminance = ([r, g, b]) => [r, g, b].map(value => value / 255)
      .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
      .reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
  const small = [], faint = [], sticking = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let letters = 0;
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const element = walker.currentNode.parentElement;
    if (!text || ['SCRIPT', 'STYLE', 'title', 'TITLE'].includes(element.tagName) || !element.checkVisibility()) continue;
    letters += text.length;
    const style = getComputedStyle(element);
    const svg = element.closest('svg');
    const size = parseFloat(style.fontSize) * (svg ? element.getScreenCTM().d : 1);
    if (size < 15.99) small.push(`${name(element)} "${text.slice(0, 30)}" ${size.toFixed(1)}px`);
    const ink = numbers(svg ? style.fill : style.color).slice(0, 3);
    const [light, dark] = [luminance(ink), luminance(background(element))].sort((a, b) => b - a);
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < 4.5 && parseFloat(style.opacity) > 0) faint.push(`${name(element)} "${text.slice(0, 30)}" ${contrast.toFixed(1)}`);
  }
  for (const element of document.body.querySelectorAll('*')) {
    const box = element.getBoundingClientRect();
    if (box.width > 0 && box.right > width + 0.5 && element.checkVisibility() && !scrolls(element.parentElement) && !element.closest('.skip'))
      sticking.push(`${name(element)} reaches to ${box.right.toFixed(0)}`);
  }
  window.scrollTo(500, 0);
  const moved = window.scrollX;
  window.scrollTo(0, 0);
  const links = [...document.querySelectorAll('a[href], link[href], img[src]')].map(each => each.href || each.src);
  const broken = [...document.images].filter(each => !each.complete || each.naturalWidth === 0).map(each => each.src);
  return {width, scrollWidth: document.documentElement.scrollWidth, moved, small, faint, sticking, letters, links, broken,
          title: document.title, language: document.documentElement.lang, headings: document.querySelectorAll('h1').length,
          viewport: !!document.querySelector('meta[name=viewport]'),
          ids: [...document.querySelectorAll('[id]')].map(each => each.id)};
})()
"""


def looks_right(browser, url, width, dark, troubles_expected=False):
    browser.window(width, WIDTHS[width], dark)
    troubles = browser.open(url)
    require(troubles_expected or not troubles, "it loads", troubles)
    facts = browser.evaluate(FACTS)
    equal(facts["width"], width, "the width of the page")
    require(facts["letters"] > 20, "there is text on it", facts["letters"])
    require(facts["scrollWidth"] <= width and facts["moved"] == 0, "it does not scroll sideways", facts["sticking"] or facts["scrollWidth"])
    equal(facts["sticking"], [], "what sticks out of the page")
    equal(facts["small"], [], "text smaller than 16 pixels")
    equal(facts["faint"], [], "text with a contrast below 4.5")
    equal(facts["broken"], [], "pictures that are not there")
    equal((facts["headings"], bool(facts["title"]), facts["language"], facts["viewport"]), (1, True, "en", True), "heading, title, language, viewport")
    equal(len(facts["ids"]), len(set(facts["ids"])), "the number of ids")
    return facts


class Crawl:
    """Every page that can be reached from the first one."""

    def __init__(self, browser, base):
        self.pages = {}  # path -> facts
        self.base = base
        browser.window(1280, 900)
        waiting = ["/"]
        while waiting:
            path = waiting.pop()
            if path in self.pages:
                continue
            browser.open(base + path)
            self.pages[path] = browser.evaluate(FACTS)
            for link in self.pages[path]["links"]:
                target = self.path_of(link)
                if target and (target == "/" or target.endswith((".html", "/"))):
                    waiting.append(target)

    def path_of(self, link):
        """The path of a link within the site, else None."""
        parts = urllib.parse.urlsplit(link)
        return parts.path if link.startswith(self.base + "/") else None

    def has_no_broken_link(self):
        """Links within the site are answered, and what stands behind a # is there; others are at least whole."""
        seen = {}
        for path, facts in self.pages.items():
            require(facts["links"], f"{path} has links")
            for link in facts["links"]:
                target = self.path_of(link)
                if target is None:
                    require(link.startswith("https://") or link.startswith("http://localhost"), f"{path}: a link is whole", link)
                    continue
                if target not in seen:
                    seen[target] = curl(self.base + target).status
                equal(seen[target], 200, f"{path}: the link to {target}")
                fragment = urllib.parse.unquote(urllib.parse.urlsplit(link).fragment)
                if fragment:
                    require(fragment in self.pages[target]["ids"], f"{path}: the link to {target}#{fragment} ends at something")

    def reaches_every_page(self, site):
        wanted = {"/" + path.relative_to(site).as_posix() for path in site.rglob("*.html")} - {"/404.html", "/index.html"}
        equal(sorted(wanted - set(self.pages)), [], "pages that no link leads to")


def reference_is_complete(browser, base, header):
    """Every concept of v1.hpp has its place on the page of the module types, under its own name."""
    import re
    concepts = set(re.findall(r"^(?:template <[^\n]*> )?concept (\w+) =", header.read_text(), re.MULTILINE))
    require(len(concepts) > 60, "v1.hpp has its concepts", len(concepts))
    browser.open(f"{base}/v1.html")
    ids = set(browser.evaluate("[...document.querySelectorAll('h3[id], h4[id]')].map(each => each.id)"))
    equal(sorted(concepts - ids), [], "concepts that the reference leaves out")


def graph_is_shown(browser, base):
    """The device graph is a picture with the devices of the running image in it."""
    browser.window(1280, 900)
    browser.open(f"{base}/this-site.html")
    texts = browser.evaluate("[...document.querySelectorAll('svg text')].map(each => each.textContent)")
    for word in ("website", "http", "stack", "files"):
        require(any(word in text for text in texts), f"the graph names {word}", texts)


def all_pages(browser, results, base):
    crawl = Crawl(browser, base)
    for path in sorted(crawl.pages):
        for width in WIDTHS:
            for dark in (False, True):
                name = f"page {path} {width} px{' dark' if dark else ''}"
                results.run(name, looks_right, browser, base + path, width, dark)
    for width in WIDTHS:
        results.run(f"page of an unknown address {width} px", looks_right, browser, f"{base}/deep/unknown", width, False, True)
    return crawl
