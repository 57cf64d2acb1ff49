"""statsforecast: AutoETS and AutoARIMA, fitted once and moved over the cutoffs of the test split."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from driver import Work, serve

_FITTED = 2_000
"""Last steps before the test split to which a model is fitted: of more, AutoARIMA takes hours."""


def forecasting(settings: dict[str, Any]) -> Work:
    """Return fits and forecasts of a series; they and the seconds of both go to files of `folder`."""
    import pandas as pd
    from statsforecast import StatsForecast
    from statsforecast.models import AutoARIMA, AutoETS

    folder = Path(settings["folder"])
    frame = pd.read_csv(folder / "series.csv")[["unique_id", "ds", "y"]][-settings["test_size"] - _FITTED :]
    seconds = {}

    def work() -> int:
        rows = 0
        for model in (AutoETS(season_length=settings["season"]), AutoARIMA(season_length=settings["season"])):
            began = time.process_time()
            table = StatsForecast(models=[model], freq=1, n_jobs=1).cross_validation(
                df=frame,
                h=settings["horizon"],
                step_size=settings["stride"],
                test_size=settings["test_size"],
                refit=False,
            )
            seconds[repr(model)] = time.process_time() - began
            table = table.rename(columns={repr(model): "predicted"})
            table[["cutoff", "ds", "predicted"]].to_csv(folder / f"{model!r}.csv", index=False)
            (folder / "seconds.json").write_text(json.dumps(seconds), encoding="utf-8")
            rows += len(table)
        return rows

    return work


if __name__ == "__main__":
    serve({"forecasting": forecasting})
