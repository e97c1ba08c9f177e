"""A profile from its YAML file; every error with file, line, path and reason."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from jurisdictions.engine.crosscheck import crosscheck
from jurisdictions.engine.issue_words import NO_CLAUSE, of_reason, of_schema, of_syntax, place_words
from jurisdictions.engine.readings import build
from jurisdictions.engine.schema.entitlements import RATE_KINDS
from jurisdictions.engine.schema.exclusions import EXCLUSION_KINDS
from jurisdictions.engine.schema.gates import RULE_KINDS
from jurisdictions.engine.schema.profile import Profile
from jurisdictions.engine.schema.station import UNION_KINDS
from jurisdictions.engine.schema.tree import OPERATOR_TAGS

PROFILES = Path(__file__).resolve().parent.parent / "profiles"


@dataclass(frozen=True, slots=True)
class ProfileIssue:
    """One thing wrong with a profile."""

    path: str
    reason: str
    line: int | None = None
    words: str = ""
    """The reason for people who are no programmers; empty where it follows from `reason`."""

    @property
    def in_words(self) -> str:
        """The reason in Chinese."""
        return self.words or of_reason(self.reason)

    @property
    def place(self) -> str:
        """Where it stands, in Chinese: 申报条件 › 第4项 › require."""
        return place_words(self.path)

    def told(self, source: str) -> str:
        """One line for people: file and line, place, reason."""
        return f"{source}{f':{self.line}' if self.line else ''}: {self.place}：{self.in_words}"


class ProfileError(ValueError):
    """A profile that cannot be used. The message lists every issue for who writes code, `told` for people."""

    def __init__(self, source: str, issues: list[ProfileIssue]) -> None:
        self.source = source
        self.issues = issues
        lines = [f"{source}{f':{i.line}' if i.line else ''}: {i.path}: {i.reason}" for i in issues]
        super().__init__("\n".join(lines))

    @property
    def told(self) -> str:
        """Every issue in Chinese, one a line."""
        return "\n".join(issue.told(self.source) for issue in self.issues)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML without floats, without yes/no words and without repeated keys; read by libyaml where it is."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """A value that its type cannot hold (a 13th month, a list as a key) is a slip at a line."""
        try:
            return super().construct_object(node, deep=deep)
        except (ValueError, ArithmeticError, TypeError, AttributeError) as error:
            raise yaml.constructor.ConstructorError(
                None, None, f"{str(node.value)[:40]} cannot be read", node.start_mark
            ) from error


def _decimal(loader: _Loader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(str(loader.construct_scalar(node)).replace("_", ""))


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    loader.flatten_mapping(node)
    seen: set[Hashable] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, Hashable):
            raise yaml.constructor.ConstructorError(
                None, None, f"{key!r} cannot be read", key_node.start_mark
            )
        if key in seen and key_node.tag != "tag:yaml.org,2002:merge":
            raise yaml.constructor.ConstructorError(
                None, None, f"key {key!r} stands twice", key_node.start_mark
            )
        seen.add(key)
    made: dict[Hashable, Any] = loader.construct_mapping(node, deep=True)
    return made


_Loader.add_constructor("tag:yaml.org,2002:float", _decimal)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.yaml_implicit_resolvers = {
    first: [(tag, rx) for tag, rx in resolvers if tag != "tag:yaml.org,2002:bool" or first in "tTfF"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def profile_digest(text: str) -> str:
    """sha256 of the text of a profile."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def bundled_profiles() -> list[Path]:
    """The profile files that come with the program, by jurisdiction and effective date."""
    return sorted(PROFILES.glob("*/*.yaml"))


def version_on(slug: str, on: date | None = None) -> Path:
    """The file of a jurisdiction for a day: the newest one that is effective by then, else the earliest.

    Without a day the newest. Raises KeyError (with the known slugs) for an unknown jurisdiction.
    """
    paths = bundled_profiles()
    versions = [path for path in paths if path.parent.name == slug]
    if not versions:
        raise KeyError(slug, sorted({path.parent.name for path in paths}))
    past = [path for path in versions if on is None or effective_from(path.stem) <= on.isoformat()]
    return past[-1] if past else versions[0]


def effective_from(version: str) -> str:
    """The day (ISO) from which a version counts: `2023-01-01.2` is the second edition of that day's text."""
    return version.partition(".")[0]


def load_profile(path: Path) -> Profile:
    """The profile of a file. Raises ProfileError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(str(path), [ProfileIssue("(file)", str(error))]) from error
    return parse_profile(text, source=f"{path.parent.name}/{path.name}")


@lru_cache(maxsize=256)
def parse_profile(text: str, source: str = "(text)") -> Profile:
    """The profile of a text. Raises ProfileError with all issues found.

    A profile is frozen, so the same text is parsed once a process.
    """
    document, root = _read(text, source)
    found = list(_yes_and_no(root))
    try:
        profile = _built(text, source, document, root)
    except ProfileError as error:
        raise ProfileError(source, [*found, *error.issues]) from error
    found += [ProfileIssue(p, r, _line(root, p)) for p, r in crosscheck(profile)]
    if found := found or _check_options(profile, root):
        raise ProfileError(source, found)
    return profile


@lru_cache(maxsize=256)
def accepted_profile(text: str, source: str = "(text)") -> Profile:
    """The profile of a text that `parse_profile` took before and whose digest is kept since.

    It was checked then, with every option of every reading: doing so again costs most of the reading, and a
    check that came later must not shut what is in force. Raises ProfileError where it is no profile at all.
    """
    return _built(text, source, *_read(text, source))


def _built(text: str, source: str, document: Mapping[str, Any], root: yaml.Node) -> Profile:
    """The profile as its readings are chosen."""
    try:
        profile = build(document, _chosen(document))
    except ValidationError as error:
        raise ProfileError(source, _issues(error, root)) from error
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        reason = str(error).strip("'\"")
        words = f"写法有误（{of_reason(reason)}）：每一项要有 id、question、chosen、options、why、clauses"
        raise ProfileError(
            source, [ProfileIssue("readings", reason, _line(root, "readings"), words)]
        ) from error
    profile._source = source
    profile._digest = profile_digest(text)
    return profile


def _read(text: str, source: str) -> tuple[dict[str, Any], yaml.Node]:
    """The document and its node tree, which knows the lines."""
    try:
        root = yaml.compose(text, Loader=_Loader)
        document = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        raise ProfileError(
            source,
            [
                ProfileIssue(
                    "(document)",
                    (problem := getattr(error, "problem", None) or str(error)),
                    line or _line_of_position(text, error),
                    of_syntax(problem),
                )
            ],
        ) from error
    if not isinstance(document, dict) or root is None:
        raise ProfileError(source, [ProfileIssue("(document)", "a mapping is needed", 1)])
    return document, root


def _line_of_position(text: str, error: yaml.YAMLError) -> int | None:
    """The line of a character that cannot stand in YAML."""
    position = getattr(error, "position", None)
    return text.count("\n", 0, position) + 1 if isinstance(position, int) else None


def _chosen(document: Mapping[str, Any]) -> dict[str, str]:
    readings = document.get("readings")
    if not isinstance(readings, list):
        return {}
    return {r["id"]: r["chosen"] for r in readings if isinstance(r, dict) and "id" in r and "chosen" in r}


def _issues(error: ValidationError, root: yaml.Node) -> list[ProfileIssue]:
    issues = []
    for item in error.errors(include_url=False):
        path, reason = _path(item["loc"]), _reason(item["msg"])
        if _is_copied(root, path):
            continue
        words = _quoting(root, path) if item["type"] == "string_type" else ""
        words = words or of_schema(item["type"], reason, item.get("ctx") or {})
        issues.append(ProfileIssue(path, reason, _line(root, path), words))
    return issues


def _is_copied(root: yaml.Node, path: str) -> bool:
    """Whether this is `clause` where the text has `clauses`, or the other way round: told there already."""
    place, _, last = path.rpartition(".")
    key = last.partition("[")[0]
    other = {"clause": "clauses", "clauses": "clause"}.get(key)
    node, steps, _ = _walk(root, place)
    return bool(other) and not steps and _child(node, key) is None and _child(node, other or "") is not None


def _quoting(root: yaml.Node, path: str) -> str:
    """What to do where YAML reads a number, a day or yes/no and a text is needed; else empty."""
    node, steps, _ = _walk(root, path)
    if steps or not isinstance(node, yaml.ScalarNode) or node.style or not node.value:
        return ""
    if path.rpartition(".")[2].startswith("clause"):
        return NO_CLAUSE
    kind = "时刻" if _HOUR.fullmatch(node.value) else "文字"
    return f'应为{kind}，要加引号，写作 "{node.value}"'


# YAML reads 18:00 as a number to the base of 60.
_HOUR = re.compile(r"\d{1,2}:\d\d(:\d\d)?")
# What older YAML takes for true and false, and newer YAML for a text: whoever writes it means one of the two.
_YES_AND_NO = frozenset({"yes", "no", "on", "off"})


def _yes_and_no(node: yaml.Node, path: str = "") -> Iterator[ProfileIssue]:
    """Every value that is written as a plain yes, no, on or off."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _yes_and_no(value, f"{path}.{key.value}".lstrip("."))
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from _yes_and_no(value, f"{path}[{number}]")
    elif isinstance(node, yaml.ScalarNode) and not node.style and node.value.lower() in _YES_AND_NO:
        reason = f"{node.value} may be a text or yes/no"
        yield ProfileIssue(path, reason, int(node.start_mark.line) + 1)


def _reason(message: str) -> str:
    return message.removeprefix("Value error, ")


def _path(loc: tuple[int | str, ...]) -> str:
    """`conditions[3].require.at_least`, without the marks that pydantic adds for unions."""
    path = ""
    for position, part in enumerate(loc):
        if isinstance(part, int):
            path += f"[{part}]"
        elif _is_mark(part, position, loc):
            continue
        else:
            path += f".{part}" if path else part
    return path or "(document)"


def _is_mark(part: str, position: int, loc: tuple[int | str, ...]) -> bool:
    """Whether a part of a location is a union's tag and no key of the document."""
    previous = loc[position - 1] if position else None
    following = loc[position + 1] if position + 1 < len(loc) else None
    if part == "compare" or part.startswith("function-"):
        return True
    if part in OPERATOR_TAGS:
        return following == part  # tag and key come in a row (`all`, `all`): the first is the tag
    if isinstance(previous, int) and part in RULE_KINDS | EXCLUSION_KINDS:
        return True  # an entry of a list whose `kind` says what it is
    return previous in ("when", "condition", "rate") and part in UNION_KINDS | RATE_KINDS


def _line(root: yaml.Node, path: str) -> int:
    """The line of the deepest part of a path that exists; the first line where none does."""
    return _walk(root, path)[2]


def _walk(root: yaml.Node, path: str) -> tuple[yaml.Node, list[str], int]:
    """How far a path leads: the node there, the steps that are left, the line where it is named."""
    node, line = root, int(root.start_mark.line) + 1
    steps = _STEP.findall(path)
    while steps:
        # A name may itself hold a point (`articles.QS-4.1`): the longest that fits is meant.
        for taken in range(len(steps), 0, -1):
            step = "".join(steps[:taken]).strip(".[]")
            found = _child(node, step)
            if found is not None:
                line = _line_of(node, step, found)
                node, steps = found, steps[taken:]
                break
        else:
            break
    return node, steps, line


def _line_of(parent: yaml.Node, step: str, found: yaml.Node) -> int:
    """The line of a key, or of an entry of a list."""
    keys = (key for key, _ in parent.value if str(key.value) == step)
    named = next(keys, found) if isinstance(parent, yaml.MappingNode) else found
    return int(named.start_mark.line) + 1


_STEP = re.compile(r"\[[^\]]*\]|\.?[^.\[\]]+")


def _child(node: yaml.Node, step: str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if str(key.value) == step), None)
    if isinstance(node, yaml.SequenceNode) and step.isdigit() and int(step) < len(node.value):
        child: yaml.Node = node.value[int(step)]
        return child
    return None


def _check_options(profile: Profile, root: yaml.Node) -> list[ProfileIssue]:
    """Every alternative reading must itself give a sound profile."""
    issues: list[ProfileIssue] = []
    for index, reading in enumerate(profile.readings):
        for number, option in enumerate(reading.options):
            if not option.changes:
                continue
            path = f"readings[{index}].options[{number}].changes"
            try:
                other = build(profile._document, {reading.id: option.value})
            except ValidationError as error:
                issues += [_of_option(path, i.path, i.reason, i.in_words, root) for i in _issues(error, root)]
            except (KeyError, TypeError, IndexError, AttributeError) as error:
                issues.append(ProfileIssue(path, str(error).strip("'\""), _line(root, path)))
            else:
                issues += [_of_option(path, p, r, of_reason(r), root) for p, r in crosscheck(other)]
    return issues


def _of_option(path: str, inner: str, reason: str, words: str, root: yaml.Node) -> ProfileIssue:
    told = f"改用这一选项后，{place_words(inner)}：{words}"
    return ProfileIssue(path, f"{inner}: {reason}", _line(root, path), told)
