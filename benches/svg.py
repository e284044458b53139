"""What the scripts that draw figures share: the picture around a chart, its lines and its words, in light and dark."""

import sys


def page_of(usage):
    """The page that the only argument names; without one, ends with the usage."""
    if len(sys.argv) != 2:
        sys.exit(usage)
    with open(sys.argv[1], encoding="utf-8") as file:
        return file.read()


def begin(width, height, label, rules, dark, heading=None):
    """The beginning of a picture; `rules` and `dark` are the style of a chart beside that of its words."""
    style = (f"text{{fill:#333}}.m{{fill:#777}}{rules}"
             f"@media(prefers-color-scheme:dark){{text{{fill:#ddd}}.m{{fill:#aaa}}{dark}}}")
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12" '
             f'role="img" aria-label="{label}">', f"<style>{style}</style>"]
    if heading:
        lines.append(f'<text x="12" y="22" font-size="14">{heading}</text>')
    return "\n".join(lines)


def number(value):
    """A coordinate: whole, or with one decimal."""
    return str(value) if isinstance(value, int) else f"{value:.1f}"


def line(kind, x1, y1, x2, y2):
    """A line of a class of the style."""
    return f'<line class="{kind}" x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}"/>'


def words(text, x, y, anchor=None, kind=None):
    """Words that begin at a point, or end or have their middle there; `m` is the class of those of axes."""
    before = f'class="{kind}" ' if kind else ""
    after = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text {before}x="{number(x)}" y="{number(y)}"{after}>{text}</text>'
