# SPDX-License-Identifier: ISC
"""The drawing of `mirage describe --svg` as a part of a page: in the page's colours, as large as its text wants, in
a box that scrolls."""

import re

from failure import Failure

ABSENT = "<p><em>This copy of the site was built without the graph; <code>make demo</code> draws it.</em></p>"
# Graphviz measures in points.
PIXELS_A_POINT = 4 / 3


def embeddable(path):
    text = path.read_text()
    svg = re.search(r"<svg\b.*</svg>", text, re.DOTALL)
    size = svg and re.search(r'<svg width="([0-9.]+)pt" height="([0-9.]+)pt"', svg.group())
    if not size:
        raise Failure(f"{path} is no drawing of `mirage describe --svg`")
    width, height = (f"{float(points) * PIXELS_A_POINT:.2f}" for points in size.groups())
    drawing = svg.group().replace(size.group(), f'<svg role="img" width="{width}" height="{height}"', 1)
    drawing = re.sub(r"<!--.*?-->\n?", "", drawing, flags=re.DOTALL)
    drawing = re.sub(r' (?:fill|stroke)="(?:black|white)"', "", drawing)  # the style sheet knows better
    drawing = re.sub(r'<polygon [^>]*stroke="transparent"[^>]*/>\n?', "", drawing, count=1)  # the background
    return f'<figure class="graph scroll" tabindex="0">{drawing}</figure>'
