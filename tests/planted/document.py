"""The tables of docs/security.md, made from the register; the text between them is written by hand."""

from __future__ import annotations

import re

from tests.planted.register import PARTS, ROOT, bugs

PATH = ROOT / "docs" / "security.md"
HEAD = ["| promise | test | planted bug that turned it red |", "|---|---|---|"]


def table(part: str) -> str:
    """The table of one part: a row a bug, the promise named once."""
    rows, told = [], ""
    for bug in bugs(part):
        promise = f"{bug.promise} ({bug.catalogue})" if bug.catalogue else bug.promise
        tests = "<br>".join(_test(node) for node in bug.tests)
        rows.append(f"| {_cell(promise if promise != told else '')} | {tests} | {_cell(bug.name)} |")
        told = promise
    return "\n".join(HEAD + rows if rows else ["(no entry yet)"])


def written(text: str) -> str:
    """The document with today's tables between its marks `<!-- planted: PART -->` and `<!-- end -->`."""
    for part in PARTS:
        between = re.compile(rf"(<!-- planted: {part} -->\n).*?(<!-- end -->)", re.DOTALL)
        text = between.sub(lambda mark, part=part: f"{mark[1]}\n{table(part)}\n\n{mark[2]}", text)
    return text


def _test(node: str) -> str:
    file, _, name = node.partition("::")
    return f"`{file.removeprefix('tests/')}` `{name}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
