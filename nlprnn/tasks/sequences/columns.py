"""Choice of the columns of a table of feature sequences: those that are named, others by their content and name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from nlprnn.data.column_guess import usual_matches
from nlprnn.data.column_roles import Kind
from nlprnn.errors import DataError, list_names
from nlprnn.series.feature_columns import FeatureColumns, Layout

Shape = Literal["frames", "channel", "number", "text", "path", "other"]
"""What the cells of a column hold: lists of lists of numbers, lists of numbers, numbers, texts, paths of arrays."""

NONE = "none"
"""Name for "no column has this role"."""

_LAYOUTS: Mapping[Shape, Layout] = {"frames": "lists", "channel": "channels", "path": "files", "number": "steps"}
"""Layout of a table whose features are of a shape; the first of these that a table has is taken for the features."""


def _words(names: str) -> tuple[str, ...]:
    return tuple(names.split())


_FEATURES = _words("features sequence frames signal x data")
_SEQUENCES = _words(
    "sequence_id sequence series_id unique_id recording_id recording trial_id trial sample_id segment_id window_id "
    "group id"
)
_TIMES = _words("time timestamp datetime date_time time_step timestep step frame t")
_SUBJECTS = _words(
    "subject subject_id participant participant_id person person_id patient patient_id user user_id speaker speaker_id"
)
_ROW_NUMBERS = frozenset({"", "index", "idx", "row", "unnamed: 0", "__index_level_0__"})
"""Columns, in lower case, that number the rows of a table, and are no features."""

_KINDS: Mapping[Shape, Kind] = {"number": Kind.NUMBER, "text": Kind.TEXT}
_MORE_TARGETS = ("activity", "gesture", "outcome", "state")


@dataclass(frozen=True)
class ColumnRequest:
    """Columns that a user names, where these are not to be chosen by content and name.

    Attributes:
        features: of the features.
        target: of the label or number.
        sequence: that together name the sequence of a row.
        time: by which steps are sorted; "none" = the order of the rows.
        subject: whose values are never in two splits; "none" = sequences are held out at random.
    """

    features: tuple[str, ...] = ()
    target: str | None = None
    sequence: tuple[str, ...] = ()
    time: str | None = None
    subject: str | None = None


def choose_feature_columns(
    shapes: Mapping[str, Shape], request: ColumnRequest, origin: str
) -> tuple[FeatureColumns, frozenset[str]]:
    """Choose the column of each role.

    Args:
        shapes: column -> what its cells hold.
        request: what a user names.
        origin: the table, for messages.

    Returns:
        the columns, and the roles of those that were guessed.

    Raises:
        DataError: a named column does not exist or holds something else, a column has two roles, or none fits; names
            the option.
    """
    _check_names(shapes, request, origin)
    named = {*request.features, *request.sequence}
    named |= {name for name in (request.target, request.time, request.subject) if name is not None}
    free = {name: shape for name, shape in shapes.items() if name not in named}
    layout = _layout(shapes, free, request, origin)
    guessed = set() if request.features else {"features"}

    def guess(role: str, name: str | None) -> str | None:
        if name is not None:
            guessed.add(role)
            free.pop(name, None)
        return name

    sequence, time = request.sequence, request.time
    if layout == "steps" and not sequence and (name := guess("sequence", _usual(free, _SEQUENCES))):
        sequence = (name,)
    if layout == "steps" and time is None:
        time = guess("time", _usual(free, _TIMES))
    subject = request.subject or guess("subject", _usual([*free, *sequence], _SUBJECTS))
    target = request.target or guess("target", _guessed_target(free, layout, origin))
    features = request.features or tuple(_guessed_features(free, layout, origin))
    roles = {"time": time, "subject": subject}
    used = {role: None if name == NONE else name for role, name in roles.items()}
    if layout != "steps" and (sequence or used["time"]):
        option = "--group" if sequence else "--time"
        raise DataError(
            f"{origin}: {option} is for a table with a row a step and a column of numbers for each feature; here "
            f"{list_names(features)} holds whole sequences, so leave it out"
        )
    if layout == "steps" and not sequence:
        raise DataError(
            f"{origin} has a row a step: name the column, or columns with commas, of the sequence that a row belongs "
            f"to with --group ({_listed(shapes)})"
        )
    columns = FeatureColumns(layout, features, target, sequence, used["time"], used["subject"])
    every = [*columns.inputs(), *([target] if target else [])]
    if twice := sorted({name for name in every if every.count(name) > 1}):
        raise DataError(f"{origin}: column {twice[0]!r} has two roles: name each column once")
    return columns, frozenset(guessed)


def _check_names(shapes: Mapping[str, Shape], request: ColumnRequest, origin: str) -> None:
    options: dict[str, tuple[str | None, ...]] = {"--features": request.features, "--group": request.sequence}
    options |= {"--label-field": (request.target,), "--time": (request.time,), "--split-by": (request.subject,)}
    for option, names in options.items():
        for name in names:
            if name is None or name in shapes or (name == NONE and option in ("--time", "--split-by")):
                continue
            near = difflib.get_close_matches(name, shapes, n=1)
            hint = f", did you mean {near[0]!r}?" if near else ""
            raise DataError(f"{origin}: no column {name!r} for {option}{hint} ({_listed(shapes)})")


def _layout(shapes: Mapping[str, Shape], free: Mapping[str, Shape], request: ColumnRequest, origin: str) -> Layout:
    if request.features:
        kinds = {shapes[name] for name in request.features}
        kind = next(iter(kinds))
        if len(kinds) > 1 or kind not in _LAYOUTS or (kind in ("frames", "path") and len(request.features) > 1):
            held = ", ".join(f"{name!r} holds {_described(shapes[name])}" for name in request.features)
            raise DataError(
                f"{origin}: --features takes one column of lists of lists (T, D), or columns of lists of numbers, or "
                f"columns of numbers in a table with a row a step; {held}"
            )
        return _LAYOUTS[kind]
    if request.sequence:
        return "steps"
    for shape, layout in _LAYOUTS.items():
        if shape in free.values():
            return layout
    raise DataError(f"{origin}: no column holds numbers, lists of numbers or paths of .npy files ({_listed(shapes)})")


def _guessed_features(free: Mapping[str, Shape], layout: Layout, origin: str) -> list[str]:
    shape = next(shape for shape, of in _LAYOUTS.items() if of == layout)
    names = [name for name, held in free.items() if held == shape and name.strip().lower() not in _ROW_NUMBERS]
    if layout in ("lists", "files") and len(names) > 1:
        usual = _usual(dict.fromkeys(names, shape), _FEATURES)
        if layout == "lists" and usual is None:
            raise DataError(f"{origin}: the features could be {list_names(names)}: choose with --features")
        names = [usual or names[0]]
    if not names:
        raise DataError(f"{origin}: no column is left for the features: name them with --features ({_listed(free)})")
    return names


def _guessed_target(free: Mapping[str, Shape], layout: Layout, origin: str) -> str | None:
    kinds = {name: _KINDS[shape] for name, shape in free.items() if shape in _KINDS}
    matches = usual_matches("label", kinds) or [name for name in kinds if name.lower() in _MORE_TARGETS]
    if not matches and layout != "steps":  # there a column named "value" is a feature
        matches = usual_matches("number", kinds)
    if not matches:
        left = [name for name, kind in kinds.items() if layout != "steps" or kind is Kind.TEXT]
        matches = left if len(left) == 1 else []
    if len(matches) > 1:
        raise DataError(f"{origin}: the label could be {list_names(matches)}: choose with --label-field")
    return matches[0] if matches else None


def _usual(free: Iterable[str], usual: Sequence[str]) -> str | None:
    """Return the first of the free columns that has a usual name, in the order of these."""
    lower = {name.strip().lower().replace(" ", "_").replace("-", "_"): name for name in reversed(list(free))}
    return next((lower[name] for name in usual if name in lower), None)


def _described(shape: Shape) -> str:
    described = {"frames": "lists of lists", "channel": "lists of numbers", "number": "numbers", "text": "texts"}
    return described.get(shape, "paths of arrays" if shape == "path" else "something else")


def _listed(shapes: Iterable[str]) -> str:
    names = list(shapes)
    return f"columns: {', '.join(names[:12])}" + (f" and {len(names) - 12} more" if len(names) > 12 else "")
