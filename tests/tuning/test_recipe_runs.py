"""What a trial of a study has come to, as its folder tells."""

from __future__ import annotations

import json

import pytest

from nlprnn.tuning.recipe_runs import outcome


@pytest.mark.parametrize(
    ("origin", "hidden_size"),
    [({}, 100), ({"origin": {"model": "names", "checksum": "", "settled": {"hidden_size": 100}}}, None)],
)
def test_options_that_the_start_settles_are_not_known_to_the_search(tmp_path, origin, hidden_size):
    run = {
        "recipe": "tagging",
        "id": "1",
        "command": "python",
        "options": {"hidden_size": None, "dropout": 0.5},
        "chosen": {"hidden_size": 100, "batch_size": 16},
        "summary": {"minutes": 2},
        **origin,
    }
    (tmp_path / "run.json").write_text(json.dumps(run))
    (tmp_path / "scores.json").write_text(json.dumps({"validation": {"f1": 40.0}}))
    (tmp_path / "model.safetensors").write_bytes(bytes(2_000_000))
    made = outcome(tmp_path)
    assert made.values == {"hidden_size": hidden_size, "dropout": 0.5, "batch_size": 16}
    assert made.scores == {"minutes": 2.0, "f1": 40.0}
    assert made.model_mb == 2.0
