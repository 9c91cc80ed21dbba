"""Draws captured terminal screens (`tmux capture-pane -e -p -N`) as one SVG; several screens become a film."""

import re
import unicodedata
from html import escape

CELL_WIDTH, CELL_HEIGHT, FONT_SIZE, MARGIN, BAR = 8.43, 19, 14, 14, 30
FOREGROUND, BACKGROUND = "#e0e2ea", "#14161b"
BASE = ["#000000", "#cd3131", "#0dbc79", "#e5e510", "#2472c8", "#bc3fbc", "#11a8cd", "#e5e5e5"]
BRIGHT = ["#666666", "#f14c4c", "#23d18b", "#f5f543", "#3b8eea", "#d670d6", "#29b8db", "#ffffff"]
ESCAPE = re.compile(r"\x1b\[([0-9;:]*)m|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()].|[\x0e\x0f]")


def palette(number):
    """One of the 256 colours of a terminal."""
    if number < 8:
        return BASE[number]
    if number < 16:
        return BRIGHT[number - 8]
    if number >= 232:
        level = 8 + 10 * (number - 232)
        return "#%02x%02x%02x" % (level, level, level)
    steps = [0, 95, 135, 175, 215, 255]
    number -= 16
    return "#%02x%02x%02x" % (steps[number // 36], steps[number // 6 % 6], steps[number % 6])


def apply(style, code):
    """`style` after an SGR sequence."""
    style = dict(style)
    parts = [part for part in code.split(";")] if code else ["0"]
    while parts:
        part = parts.pop(0)
        first, *sub = part.split(":")
        number = int(first or 0)
        if number == 0:
            style = {}
        elif number == 4:
            style["underline"] = not sub or sub[0] != "0"
        elif number == 24:
            style.pop("underline", None)
        elif number in (1, 3, 7):
            style[{1: "bold", 3: "italic", 7: "reverse"}[number]] = True
        elif number == 22:
            style.pop("bold", None)
        elif number in (23, 27):
            style.pop({23: "italic", 27: "reverse"}[number], None)
        elif number in (38, 48, 58):
            values = [value for value in sub if value] if sub else []
            if not values:
                values = [parts.pop(0)]
                values += [parts.pop(0) for _ in range(3 if values[0] == "2" else 1)]
            colour = palette(int(values[1])) if values[0] == "5" else "#%02x%02x%02x" % tuple(map(int, values[-3:]))
            style[{38: "fg", 48: "bg", 58: "line"}[number]] = colour
        elif number in (39, 49, 59):
            style.pop({39: "fg", 49: "bg", 59: "line"}[number], None)
        elif 30 <= number < 38 or 90 <= number < 98:
            style["fg"] = palette(number - 30 if number < 90 else number - 82)
        elif 40 <= number < 48 or 100 <= number < 108:
            style["bg"] = palette(number - 40 if number < 100 else number - 92)
    return style


def runs(line, style):
    """Pieces of equal style as (column, text, width, style), and the style at the end."""
    found, column, at = [], 0, 0

    def text(piece):
        nonlocal column
        if piece:
            width = sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in piece)
            found.append((column, piece, width, style))
            column += width

    for match in ESCAPE.finditer(line):
        text(line[at : match.start()])
        at = match.end()
        if match.group(1) is not None:
            style = apply(style, match.group(1))
    text(line[at:])
    return found, style


def draw(screen, rows):
    """The elements of one screen."""
    boxes, words, style = [], [], {}
    for row, line in enumerate(screen.split("\n")[:rows]):
        pieces, style = runs(line, style)
        for column, piece, width, look in pieces:
            fg, bg = look.get("fg", FOREGROUND), look.get("bg", BACKGROUND)
            if look.get("reverse"):
                fg, bg = bg, fg
            x, y = MARGIN + column * CELL_WIDTH, BAR + MARGIN + row * CELL_HEIGHT
            if bg != BACKGROUND:
                boxes.append(f'<path d="M{x:.1f} {y}h{width * CELL_WIDTH:.1f}v{CELL_HEIGHT}h-{width * CELL_WIDTH:.1f}z" fill="{bg}"/>')
            if look.get("underline"):
                line_colour = look.get("line", fg)
                boxes.append(f'<path d="M{x:.1f} {y + CELL_HEIGHT - 2.5}h{width * CELL_WIDTH:.1f}" stroke="{line_colour}" stroke-dasharray="2 1"/>')
            bare = piece.rstrip(" ")
            if not bare.strip():
                continue
            lead = len(bare) - len(bare.lstrip(" "))
            bare = bare[lead:]
            x += lead * CELL_WIDTH
            extra = ' font-weight="bold"' if look.get("bold") else ""
            extra += ' font-style="italic"' if look.get("italic") else ""
            length = sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in bare) * CELL_WIDTH
            words.append(
                f'<text x="{x:.1f}" y="{y + 14}" fill="{fg}" textLength="{length:.1f}"{extra}>{escape(bare, quote=False)}</text>'
            )
    return "".join(boxes + words)


def svg(frames, columns, rows, title):
    """An SVG of `frames`, pairs of a screen and the seconds that it stays."""
    width = round(columns * CELL_WIDTH + 2 * MARGIN)
    height = rows * CELL_HEIGHT + 2 * MARGIN + BAR
    total = sum(seconds for _, seconds in frames)
    rules, layers, start = [], [], 0.0
    for number, (screen, seconds) in enumerate(frames):
        drawn = draw(screen, rows)
        if len(frames) == 1:
            layers.append(f"<g>{drawn}</g>")
            continue
        begin, end = 100 * start / total, 100 * (start + seconds) / total
        start += seconds
        # Where nothing moves, the last screen is the picture.
        still = "1" if number == len(frames) - 1 else "0"
        before = "" if number == 0 else f"0%{{opacity:0}}{begin:.3f}%{{opacity:0}}"
        after = "" if end > 99.99 else f"{end:.3f}%{{opacity:0}}100%{{opacity:0}}"
        rules.append(
            f"#f{number}{{animation:k{number} {total:g}s step-end infinite}}"
            f"@keyframes k{number}{{{before}{begin + 0.001 if number else 0:.3f}%{{opacity:1}}{after}}}"
        )
        layers.append(f'<g id="f{number}" opacity="{still}">{drawn}</g>')
    dots = "".join(f'<circle cx="{18 + 18 * at}" cy="{BAR / 2}" r="5" fill="{fill}"/>' for at, fill in enumerate(["#f14c4c", "#e5c07b", "#23d18b"]))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" xml:space="preserve" role="img" aria-label="{escape(title)}" '
        f"font-family=\"'DejaVu Sans Mono','Menlo','Consolas',monospace\" font-size=\"{FONT_SIZE}\">"
        f"<title>{escape(title)}</title><style>text{{white-space:pre}}@media (prefers-reduced-motion:no-preference){{{''.join(rules)}}}</style>"
        f'<rect width="{width}" height="{height}" rx="8" fill="{BACKGROUND}"/>{dots}{"".join(layers)}</svg>\n'
    )
