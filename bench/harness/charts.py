"""Charts as SVG, readable on light and dark pages."""
from html import escape

WIDTH, LEFT, BAR, GAP = 680, 215, 20, 8
STYLE = """<style>
 text { font: 13px sans-serif; fill: #1f2328 } .bar { fill: #57606a } .own { fill: #0969da }
 .axis { stroke: #57606a } polyline { fill: none; stroke-width: 2 }
 .c0 { stroke: #0969da } .c1 { stroke: #bc4c00 } .c2 { stroke: #1a7f37 } .c3 { stroke: #8250df }
 @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .bar { fill: #8b949e } .own { fill: #58a6ff } }
</style>"""


def _svg(title, height, lines):
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(title)}">', STYLE, f'<text x="0" y="16">{escape(title)}</text>', *lines, "</svg>"]) + "\n"


def bars(title, values, own=(), digits=1):
    """Horizontal bars from zero, one for each name, with its value at the end; the own ones stand out."""
    scale = (WIDTH - LEFT - 80) / (max(values.values()) or 1)
    lines = []
    for i, (name, value) in enumerate(values.items()):
        top, width = 32 + i * (BAR + GAP), value * scale
        lines += [f'<text x="{LEFT - 8}" y="{top + 15}" text-anchor="end">{escape(name)}</text>',
                  f'<rect class="{"own" if name in own else "bar"}" x="{LEFT}" y="{top}" width="{width:.1f}" height="{BAR}"/>',
                  f'<text x="{LEFT + width + 6:.1f}" y="{top + 15}">{value:.{digits}f}</text>']
    return _svg(title, 40 + len(values) * (BAR + GAP), lines)


def lines(title, minutes, series):
    """One line for each name over time, all on one axis that begins at zero."""
    height, left, right, top, bottom = 300, 48, WIDTH - 150, 32, 270
    most = max(max(values) for values in series.values()) or 1
    across = (right - left) / ((minutes[-1] - minutes[0]) or 1)
    drawn = [f'<line class="axis" x1="{left}" y1="{bottom}" x2="{right}" y2="{bottom}"/>',
             f'<line class="axis" x1="{left}" y1="{top}" x2="{left}" y2="{bottom}"/>',
             f'<text x="{left - 6}" y="{top + 5}" text-anchor="end">{most:.0f}</text>',
             f'<text x="{left - 6}" y="{bottom}" text-anchor="end">0</text>',
             f'<text x="{left}" y="{bottom + 20}">{minutes[0]:.0f}</text>',
             f'<text x="{right}" y="{bottom + 20}" text-anchor="end">{minutes[-1]:.0f} minutes</text>']
    for i, (name, values) in enumerate(series.items()):
        points = " ".join(f"{left + (m - minutes[0]) * across:.1f},{bottom - v / most * (bottom - top):.1f}"
                          for m, v in zip(minutes, values))
        drawn += [f'<polyline class="c{i % 4}" points="{points}"/>',
                  f'<line class="c{i % 4}" stroke-width="2" x1="{right + 12}" y1="{top + 20 * i}" x2="{right + 30}" y2="{top + 20 * i}"/>',
                  f'<text x="{right + 36}" y="{top + 5 + 20 * i}">{escape(name)}</text>']
    return _svg(title, height, drawn)
