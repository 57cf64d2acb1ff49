"""Folder of an exported model: graphs, tokenizer, what a program needs to know of them, and an example."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nlprnn.errors import ModelError, NlprnnError
from nlprnn.serialization.atomic_files import write_json, write_text
from nlprnn.series.feature_processor import FARTHEST

if TYPE_CHECKING:
    from nlprnn.export.int8 import Int8Scores
    from nlprnn.export.networks import Network
    from nlprnn.pipelines.loading import AnyPipeline

EXPORT_FILE = "export.json"
FORMAT_VERSION = 1
_NEEDED = ("onnx", "onnxruntime")
_MOST_NGRAM_ROWS = 64
_OF_FEATURES = ("sequence classifier", "sequence regressor")


@dataclass(frozen=True)
class Export:
    """What was exported.

    Attributes:
        files: the graphs, by name, with their sizes in bytes.
        difference: largest difference of an output from the model's, before its weights are quantized.
        int8: scores with and without eight-bit weights; None = the weights are floats.
    """

    files: dict[str, int]
    difference: float
    int8: Int8Scores | None = None


@dataclass(frozen=True, kw_only=True)
class Quantization:
    """Eight-bit weights for a graph, if their loss of score is small.

    Attributes:
        data: with labels or numbers, to measure the loss.
        most_loss: points of accuracy or F1, or percent of the RMSE.
        options: of the evaluation.
    """

    data: Any
    most_loss: float
    options: Mapping[str, Any] = field(default_factory=dict)


def export_onnx(pipeline: AnyPipeline, folder: str | Path, *, quantization: Quantization | None = None) -> Export:
    """Export a model as ONNX, and compare it with the model on several batches of ragged lengths.

    The folder gets the graphs, which take any batch and any lengths, the tokenizer or the scales of features,
    `export.json`, and `example.py`, which runs them with onnxruntime alone.

    Args:
        pipeline: a classifier, regressor, tagger, translator or language model; a classifier or regressor of feature
            sequences.
        folder: is made in one step; one of an earlier export is replaced.
        quantization: eight-bit weights, for a classifier or regressor of texts; None = floats.

    Raises:
        NlprnnError: onnx or onnxruntime is missing.
        ModelError: a module has no counterpart in ONNX, an output differs by more than 1e-5, eight-bit weights lose
            too much, or the folder holds something else; nothing is written.
    """
    if missing := [name for name in _NEEDED if find_spec(name) is None]:
        raise NlprnnError(f'the export needs {" and ".join(missing)}: pip install "nlprnn[onnx]"')
    folder = Path(folder)
    if folder.exists() and not (folder / EXPORT_FILE).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise ModelError(f"{folder} exists and is no export: choose another folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        result = _write(pipeline, temporary, quantization)
        temporary.chmod(0o755)  # that of the system for new folders, rather than of temporary ones
        shutil.rmtree(folder, ignore_errors=True)
        temporary.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return result


def _write(pipeline: AnyPipeline, folder: Path, quantization: Quantization | None) -> Export:
    from nlprnn.export.examples import example_script
    from nlprnn.export.feature_example import feature_script
    from nlprnn.export.verification import verify

    model = pipeline.model.cpu().eval().float()
    kind, networks, config = _networks(pipeline)
    vocabulary = 0 if kind in _OF_FEATURES else model.vocab_size
    sizes = {"ids": vocabulary, "tokens": vocabulary, "characters": config.get("num_characters", 2)}
    if kind == "translator":
        sizes["ids"] = model.source_embedding.num_embeddings
    largest = 0.0
    for network in networks:
        path = folder / f"{network.name}.onnx"
        path.write_bytes(network.graph.model(network.metadata).SerializeToString())
        rows = _ngram_rows(model) if kind in ("classifier", "regressor") else ()
        largest = max(largest, verify(network, path, sizes, rows=rows))
    int8 = None if quantization is None else _quantize(pipeline, folder / f"{networks[0].name}.onnx", quantization)
    if int8 is not None:
        config["quantization"] = {"weights": "int8", "metric": int8.metric, "exact": int8.exact, "int8": int8.int8}
    files = {path.name: path.stat().st_size for path in sorted(folder.glob("*.onnx"))}
    pipeline.processor.save(folder)
    write_json(folder / EXPORT_FILE, {"format_version": FORMAT_VERSION, "kind": kind, **config})
    script = feature_script(kind) if kind in _OF_FEATURES else example_script(kind, _tokenizer_file(pipeline))
    write_text(folder / "example.py", script)
    return Export(files, largest, int8)


def _quantize(pipeline: AnyPipeline, path: Path, quantization: Quantization) -> Int8Scores:
    """Give a graph eight-bit weights, and return what they cost."""
    from nlprnn.export.int8 import quantize_graph, score_int8
    from nlprnn.pipelines import Classifier, Regressor

    if not isinstance(pipeline, Classifier | Regressor):
        raise ModelError(
            f"graphs with int8 weights are for classifiers and regressors of texts, not for a "
            f"{type(pipeline).__name__}: export it without --quantize"
        )
    quantize_graph(path)
    return score_int8(pipeline, path, quantization.data, quantization.most_loss, **quantization.options)


def _networks(pipeline: AnyPipeline) -> tuple[str, list[Network], dict[str, Any]]:
    """Return the kind of a pipeline, its graphs, and what a program needs to know."""
    from nlprnn.export import networks, translation
    from nlprnn.pipelines import (
        Classifier,
        Generator,
        Regressor,
        SequenceClassifier,
        SequenceRegressor,
        Tagger,
        Translator,
    )

    model, processor = pipeline.model, pipeline.processor
    if isinstance(pipeline, Classifier):
        config = {"labels": model.labels, "multi_label": model.multi_label}
        config |= {"threshold": model.threshold, "abstain": model.abstain}
        return "classifier", [networks.text_network(model)], config
    if isinstance(pipeline, Regressor):
        return "regressor", [networks.text_network(model)], {"mean": model.mean, "std": model.std}
    if isinstance(pipeline, SequenceClassifier):
        return _OF_FEATURES[0], [networks.feature_network(model)], {"labels": model.labels, "farthest": FARTHEST}
    if isinstance(pipeline, SequenceRegressor):
        return _OF_FEATURES[1], [networks.feature_network(model)], {"farthest": FARTHEST}
    if isinstance(pipeline, Tagger):
        return "tagger", [networks.tagger_network(model)], _tagger_config(model, processor)
    if isinstance(pipeline, Translator):
        made = [translation.encoder_network(model), translation.decoder_network(model)]
        feed = model.decoder.output_size if model.decoder.input_feeding else 0
        ids = {"bos_id": processor.bos_id, "eos_id": processor.eos_id}
        return "translator", made, {"max_length": model.max_length, "input_feed": feed, **ids}
    if isinstance(pipeline, Generator):
        states = ["hidden", "cell"] if model.encoder.cell == "lstm" else ["hidden"]
        sizes = {"num_layers": model.encoder.num_layers, "hidden_size": model.encoder.hidden_size}
        start = [processor.bos_id] if model.text_start == "bos" else processor.encode("\n")
        config = {"states": states, **sizes, "text_start": start, "eos_id": processor.eos_id}
        return "generator", [networks.language_model_network(model)], config
    raise ModelError(f"a {type(pipeline).__name__} cannot be exported: give a model for texts or feature sequences")


def _tagger_config(model: Any, processor: Any) -> dict[str, Any]:
    """Labels, characters, and the scores of the CRF, in which a forbidden transition is a large negative number."""
    from nlprnn.tagging_schemes import OUTSIDE

    count = len(model.labels)
    crf: dict[str, Any] = {"start": [0.0] * count, "end": [0.0] * count, "transitions": [[0.0] * count] * count}
    if model.crf is not None:
        forbidden = np.where(model.crf._illegal.numpy(), -1e9, 0.0)
        transitions = model.crf.transitions.detach().numpy() + forbidden[1:]
        start = model.crf.start.detach().numpy() + forbidden[0]
        crf = {"start": start.tolist(), "end": model.crf.end.tolist(), "transitions": transitions.tolist()}
    return {
        "labels": model.labels,
        "outside_penalty": [model.outside_penalty * (label == OUTSIDE) for label in model.labels],
        "max_word_length": model.max_word_length if model.characters is not None else 0,
        "characters": processor.characters.characters,
        "num_characters": model.characters.num_embeddings if model.characters is not None else 2,
        "crf": crf,
    }


def _tokenizer_file(pipeline: AnyPipeline) -> str:
    kinds = {"character": "characters", "sentencepiece": "tokenizer.model"}
    return kinds.get(pipeline.processor.kind, "tokenizer.json")


def _ngram_rows(model: Any) -> Sequence[Sequence[int]]:
    """Return some texts that consist of the model's n-grams, which random texts hardly have."""
    from nlprnn.export.ngrams import ngram_tokens

    ngrams = getattr(model, "ngrams", None)
    if ngrams is None:
        return ()
    keys = ngrams.keys[:: max(1, len(ngrams.keys) // (2 * _MOST_NGRAM_ROWS))].tolist()
    tokens = [ngram_tokens(key, ngrams.vocab_size) for key in keys]
    pairs = zip(tokens[::2], tokens[1::2], strict=False)
    return [[*first, *second, *first] for first, second in pairs] or tokens
