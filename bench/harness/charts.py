"""Bar charts as SVG, readable on light and dark pages."""
from html import escape

WIDTH, LEFT, BAR, GAP = 680, 120, 20, 8
STYLE = """<style>
 text { font: 13px sans-serif; fill: #1f2328 } .bar { fill: #57606a } .own { fill: #0969da }
 @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .bar { fill: #8b949e } .own { fill: #58a6ff } }
</style>"""
OWN = ("sluice", "chain")


def bars(title, values):
    """Horizontal bars from zero, one for each name, with its value at the end."""
    height = 40 + len(values) * (BAR + GAP)
    scale = (WIDTH - LEFT - 80) / max(values.values())
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
             f'aria-label="{escape(title)}">', STYLE, f'<text x="0" y="16">{escape(title)}</text>']
    for i, (name, value) in enumerate(values.items()):
        top, width = 32 + i * (BAR + GAP), value * scale
        kind = "own" if name in OWN or name.isdigit() else "bar"
        lines += [f'<text x="{LEFT - 8}" y="{top + 15}" text-anchor="end">{escape(name)}</text>',
                  f'<rect class="{kind}" x="{LEFT}" y="{top}" width="{width:.1f}" height="{BAR}"/>',
                  f'<text x="{LEFT + width + 6:.1f}" y="{top + 15}">{value:.1f}</text>']
    return "\n".join(lines + ["</svg>"]) + "\n"
