"""fastai: training of a bidirectional LSTM text classifier and its predictions of texts."""

from __future__ import annotations

from typing import Any

from driver import Work, serve


def _learner(settings: dict[str, Any]) -> Any:
    """Return a learner of fastai's recurrent classifier with the sizes of the settings, on texts and labels."""
    import pandas as pd
    import torch
    from fastai.text.all import AWD_LSTM, SortedDL, TextDataLoaders, awd_lstm_clas_config, text_classifier_learner

    torch.set_num_threads(settings["threads"])
    torch.manual_seed(0)
    frame = pd.DataFrame({"text": settings["texts"], "label": settings["labels"]})
    loaders = TextDataLoaders.from_df(
        frame, text_col="text", label_col="label", valid_pct=0.01, bs=settings["batch_size"], num_workers=0,
        dl_type=SortedDL, device=torch.device("cpu"),
    )  # fmt: skip
    sizes = {"emb_sz": settings["embedding"], "n_hid": settings["hidden"], "n_layers": 1, "bidir": True}
    config = awd_lstm_clas_config | sizes
    return text_classifier_learner(loaders, AWD_LSTM, pretrained=False, config=config, seq_len=512)


def training(settings: dict[str, Any]) -> Work:
    """Return an epoch of training, with the validation of a hundredth of the texts that fastai insists on."""
    learner = _learner(settings)

    def work() -> int:
        with learner.no_bar(), learner.no_logging():
            learner.fit(1, lr=1e-3)
        return len(settings["texts"])

    return work


def prediction(settings: dict[str, Any]) -> Work:
    """Return predictions of texts, tokenizing included."""
    learner = _learner(settings)

    def work() -> int:
        loader = learner.dls.test_dl(settings["texts"], bs=settings["batch_size"], num_workers=0)
        with learner.no_bar(), learner.no_logging():
            learner.get_preds(dl=loader)
        return len(settings["texts"])

    return work


if __name__ == "__main__":
    serve({"training": training, "prediction": prediction})
