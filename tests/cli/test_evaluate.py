"""`nlprnn evaluate`: options of other tasks, and wrong calls."""

from __future__ import annotations

import shutil

import pytest


@pytest.mark.parametrize(
    ("kind", "option"),
    [
        *(("translator", option) for option in (["--text-field", "x"], ["--label-field", "x"])),
        *(("classifier", option) for option in (["--source", "x"], ["--beam", 5], ["--lowercase"])),
        *(
            ("generator", option)
            for option in (
                ["--predictions", "x"],
                ["--show-errors", 3],
                ["--bleu-tokenizer", "13a"],
                ["--label-field", "x"],
            )
        ),
    ],
)
def test_option_of_another_task_is_refused(fails, translator_folder, classifier_folder, generator_folder, kind, option):
    folder = {"translator": translator_folder, "classifier": classifier_folder, "generator": generator_folder}[kind]
    noun = {"translator": "translation model", "generator": "language model"}.get(kind, kind)
    message = f"{option[0]} is not supported for {noun}s ({folder} is a {noun})"
    fails("evaluate", "--model", folder, "--dataset", "sentiment", *option, words=[message])


def test_wrong_calls(fails, classifier_folder, tmp_path):
    call = ("evaluate", "--model", classifier_folder)
    fails(*call, words=["--dataset"])
    fails("evaluate", "--dataset", "sentiment", words=["--model"])
    fails("evaluate", "--model", tmp_path / "none", "--dataset", "sentiment", words=[tmp_path / "none"])
    fails(*call, "--dataset", "sentiment", "--split", "dev", words=["--split", "validation"])
    fails(*call, "--dataset", "sentiment", "--predictions", tmp_path, words=["--predictions", "directory"])
    fails(*call, "--dataset", "sentiment", "--datset", "x", words=["--datset", "--dataset"])
    fails(*call, "--dataset", "sentimant", words=["sentimant", "sentiment"])
    shutil.copytree(classifier_folder, tmp_path / "damaged")
    (tmp_path / "damaged" / "model.safetensors").write_bytes(b"x")
    fails("evaluate", "--model", tmp_path / "damaged", "--dataset", "sentiment", words=["model.safetensors"])
