"""Repeated texts in a report: in train, and in splits that are scored."""

from __future__ import annotations

from collections.abc import Mapping

from nlprnn.data.column_roles import counted
from nlprnn.data.table import Split, arrow_column


def with_repeats_noted(splits: Mapping[str, Split]) -> dict[str, Split]:
    """Return the splits with a note in the report where texts are repeated: scores on such texts flatter."""
    import pyarrow.compute as pc

    noted = dict(splits)
    train = splits["train"]
    role = next((role for role in ("text", "source") if role in train.columns), None)
    if role is None:
        return noted
    texts = arrow_column(train.rows, role)
    different = texts.unique()
    if repeated := len(texts) - len(different):
        noted["train"] = train.noted(
            f"{counted(repeated, 'row')} of train repeat{'s' * (repeated == 1)} a text of another"
        )
    for name, split in splits.items():
        if name != "train" and (
            known := pc.sum(pc.is_in(arrow_column(split.rows, role), value_set=different)).as_py() or 0
        ):
            noted[name] = split.noted(
                f"{known:,} of {counted(len(split), 'text')} of {name} {'is' if known == 1 else 'are'} in train too"
            )
    return noted
