"""Charts drawn by the server as SVG: plain shapes and text, without a script, readable by assistive
technology through their title and description, and always beside the table that they are drawn from.
"""

from collections.abc import Sequence

from markupsafe import Markup, escape

WIDTH = 720
ROW, BAR, GAP = 28, 20, 12
LABEL = 200  # pixels for the names at the left
FIGURES = 48  # and for the numbers at the right
LETTER = 8  # the widest usual letter at 14 pixels
LONGEST_LABEL = LABEL // LETTER
SERIES = 4  # the style sheet has so many tones

Row = tuple[str, Sequence[int | None]]


def bars(
    key: str, title: str, *, rows: Sequence[Row], columns: Sequence[str], stacked: bool = False
) -> Markup:
    """Horizontal bars, one row each; the numbers of a row stand in one bar behind one another.

    `key` becomes part of the ids, so it must be the chart's own on its page. A number of None is
    withheld and draws nothing. Raises ValueError for more columns than there are tones.
    """
    if len(columns) > SERIES:
        raise ValueError(f"a chart has at most {SERIES} columns, not {len(columns)}")
    most = max((sum(cell or 0 for cell in cells) for _, cells in rows), default=0) or 1
    top = ROW if stacked else 0
    height = top + ROW * len(rows) + GAP
    parts = [
        Markup(
            '<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"'
            ' aria-labelledby="{key}-title {key}-said" focusable="false">'
            '<title id="{key}-title">{title}</title><desc id="{key}-said">{said}</desc>'
        ).format(width=WIDTH, height=height, key=key, title=title, said=_said(rows, columns))
    ]
    if stacked:
        parts.append(_legend(columns))
    room = WIDTH - LABEL - FIGURES
    for number, (label, cells) in enumerate(rows):
        parts.append(_row(label, cells, y=top + number * ROW, scale=room / most))
    return Markup("").join([*parts, Markup("</svg>")])


def _row(label: str, cells: Sequence[int | None], *, y: int, scale: float) -> Markup:
    shown = label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"
    parts = [
        Markup('<text x="{x}" y="{y}" text-anchor="end">{label}</text>').format(
            x=LABEL - 8, y=y + BAR - 4, label=shown
        )
    ]
    x = float(LABEL)
    for tone, cell in enumerate(cells):
        width = (cell or 0) * scale
        if width:
            parts.append(
                Markup(
                    '<rect class="app-chart__tone-{tone}" x="{x}" y="{y}" width="{width}" height="{bar}"/>'
                ).format(tone=tone + 1, x=round(x, 1), y=y + 2, width=round(width, 1), bar=BAR)
            )
        x += width
    total = "–" if any(cell is None for cell in cells) else str(sum(cell or 0 for cell in cells))
    parts.append(
        Markup('<text x="{x}" y="{y}">{total}</text>').format(
            x=round(x + 6, 1), y=y + BAR - 4, total=total
        )
    )
    return Markup("").join(parts)


def _legend(columns: Sequence[str]) -> Markup:
    parts, x = [], LABEL
    for tone, name in enumerate(columns):
        parts.append(
            Markup(
                '<rect class="app-chart__tone-{tone}" x="{x}" y="4" width="14" height="14"/>'
                '<text x="{text}" y="16">{name}</text>'
            ).format(tone=tone + 1, x=x, text=x + 20, name=name)
        )
        x += 20 + LETTER * len(name) + GAP * 2
    return Markup("").join(parts)


def _said(rows: Sequence[Row], columns: Sequence[str]) -> str:
    """The chart in one sentence for each row, for whoever hears it."""
    told = []
    for label, cells in rows:
        each = ", ".join(
            f"{'withheld' if cell is None else cell} {escape(column).lower()}"
            for column, cell in zip(columns, cells, strict=True)
        )
        told.append(f"{label}: {each}")
    return ". ".join(told) or "Nothing to show"
