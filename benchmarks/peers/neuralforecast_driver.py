"""neuralforecast: its LSTM with default hyperparameters, trained once and moved over the cutoffs of the test split."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from driver import Work, serve


def forecasting(settings: dict[str, Any]) -> Work:
    """Return training and forecasts of a series; they and the seconds of training alone go to files of `folder`."""
    import pandas as pd
    import torch
    from neuralforecast import NeuralForecast
    from neuralforecast.models import LSTM

    torch.set_num_threads(settings["threads"])
    folder = Path(settings["folder"])
    frame = pd.read_csv(folder / "series.csv")
    seconds: list[float] = []

    class Timed(LSTM):
        """The model, which measures the processor time of its training."""

        def fit(self, *args: Any, **more: Any) -> Any:
            began = time.process_time()
            fitted = super().fit(*args, **more)
            seconds.append(time.process_time() - began)
            return fitted

    model = Timed(
        h=settings["horizon"],
        input_size=settings["history"],
        futr_exog_list=settings["future"] or None,
        hist_exog_list=settings["past"] or None,
        alias="predicted",
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
    )

    def work() -> int:
        shape = {"test_size": settings["test_size"], "step_size": settings["stride"], "n_windows": None}
        table = NeuralForecast(models=[model], freq=1).cross_validation(frame, **shape)
        table[["cutoff", "ds", "predicted"]].to_csv(folder / "LSTM.csv", index=False)
        (folder / "seconds.json").write_text(json.dumps({"LSTM": sum(seconds)}), encoding="utf-8")
        return len(table)

    return work


if __name__ == "__main__":
    serve({"forecasting": forecasting})
