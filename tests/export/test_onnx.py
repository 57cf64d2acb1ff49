"""Exported graphs equal the models, for every cell, pooling and attention, at sizes that the export never saw."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import onnxruntime
import pytest
import torch

from nlprnn import Classifier, Regressor
from nlprnn.errors import ModelError
from nlprnn.export import export_onnx, verification
from nlprnn.models import EnsembleClassifier, TextClassifier, TextRegressor
from nlprnn.models.character_ngrams import SpellingTable
from nlprnn.models.ngram_linear import NgramLinear, ngram_keys
from nlprnn.modules import Embedding, OutputHead, RecurrentEncoder
from nlprnn.modules.pooling import POOLINGS
from nlprnn.text import WordTokenizer

TEXTS = ["the cat sat on the mat", "the dog did not", "", "a cat , a dog and a mat did sit there for a long long time"]
TOKENIZER = WordTokenizer.train([text for text in TEXTS if text])


def shaken(model):
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=0.5)
    return model.eval()


def make_model(kind=TextClassifier, *, pooling="max", max_length=50, truncate="head", multi_label=False, **options):
    torch.manual_seed(0)
    encoder = RecurrentEncoder(5, 4, bidirectional=True, **options)
    pool = POOLINGS[pooling](encoder.output_size)
    of_kind = (
        {"labels": ["a", "b", "c"], "multi_label": multi_label} if kind is TextClassifier else {"mean": 3.0, "std": 2.0}
    )
    head = OutputHead(pool.output_size, 3 if kind is TextClassifier else 1, hidden_size=6)
    sizes = {"max_length": max_length, "truncate": truncate}
    return shaken(
        kind(embedding=Embedding(TOKENIZER.vocab_size, 5), encoder=encoder, pooling=pool, head=head, **sizes, **of_kind)
    )


def inputs_of(texts):
    rows = TOKENIZER.encode_batch(texts)
    lengths = np.array(list(map(len, rows)))
    ids = np.zeros((len(rows), max(1, lengths.max())), dtype=np.int64)
    for target, row in zip(ids, rows, strict=True):
        target[: len(row)] = row
    return {"ids": ids, "lengths": lengths}


def run(folder, inputs, name="model"):
    session = onnxruntime.InferenceSession(str(folder / f"{name}.onnx"))
    outputs = session.run(None, {one.name: inputs[one.name] for one in session.get_inputs()})
    return dict(zip([one.name for one in session.get_outputs()], outputs, strict=True))


OPTIONS = [
    *({"pooling": pooling} for pooling in POOLINGS),
    *({"cell": "rnn", "nonlinearity": one} for one in ("tanh", "relu", "sigmoid")),
    {"cell": "gru", "num_layers": 2, "pooling": "last"},
    {"num_layers": 3, "residual": True, "layer_norm": True, "pooling": "concat"},
    {"multi_label": True, "max_length": 6, "truncate": "both"},
    {"max_length": 6, "truncate": "tail"},
    {"max_length": 6},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_classifiers_are_equal(tmp_path, options):
    classifier = Classifier(make_model(**options), TOKENIZER)
    assert export_onnx(classifier, tmp_path / "out").difference < verification.TOLERANCE
    for texts in (TEXTS, TEXTS[:1], [TEXTS[2]], [" ".join(TEXTS * 9)]):
        actual = run(tmp_path / "out", inputs_of(texts))["probabilities"]
        labels = classifier.model.labels
        expected = [[one.probabilities[label] for label in labels] for one in classifier(texts)]
        np.testing.assert_allclose(actual, expected, atol=1e-5)


@pytest.mark.parametrize("multi_label", [False, True])
def test_calibrated_classifiers_decide_as_the_model(tmp_path, multi_label):
    model = make_model(multi_label=multi_label)
    threshold, abstain = ([0.3, 0.5, 0.6], None) if multi_label else (0.5, 0.55)
    model.decide(threshold=threshold, temperature=1.7, abstain=abstain)
    classifier = Classifier(model, TOKENIZER)
    export_onnx(classifier, tmp_path / "out")
    script = [sys.executable, str(tmp_path / "out" / "example.py"), *TEXTS]
    lines = subprocess.run(script, capture_output=True, text=True, check=True).stdout.splitlines()
    for line, one in zip(lines, classifier(TEXTS), strict=True):
        labels = [label for label in model.labels if label in one.labels] if multi_label else [one.label]
        assert line.startswith(f"{', '.join(labels)}  {one.probability:.1%}  ")


def test_regressors_are_equal(tmp_path):
    regressor = Regressor(make_model(TextRegressor), TOKENIZER)
    export_onnx(regressor, tmp_path / "out")
    np.testing.assert_allclose(run(tmp_path / "out", inputs_of(TEXTS))["numbers"], regressor(TEXTS), atol=1e-5)


@pytest.mark.parametrize("of_characters", [False, True], ids=["words", "characters"])
@pytest.mark.parametrize("most", [None, 7])
def test_ensembles_with_ngrams_are_equal(tmp_path, most, of_characters):
    network, size = make_model(max_length=9, truncate="both"), TOKENIZER.vocab_size
    given = {name: torch.from_numpy(value) for name, value in inputs_of(TEXTS).items()}
    mask = torch.arange(given["ids"].size(1)) < given["lengths"][:, None]
    keys = ngram_keys(given["ids"], mask, order=3, vocab_size=size, unknown_id=1).unique()[1:]
    spellings, count = None, 0
    if of_characters:
        spellings, count = SpellingTable.of([None] * 4 + TOKENIZER.words[4:], 4)
    total = len(keys) + count
    numbers = 0 if spellings is None else len(spellings.numbers)
    ngrams = NgramLinear(total, 3, order=3, vocab_size=size, num_char_ngrams=count, num_spellings=numbers)
    ngrams.load_ngrams(keys, torch.rand(total) + 0.5, spellings)
    ngrams.load_weights(torch.randn(total, 3), torch.randn(3))
    model = EnsembleClassifier(network=network, ngrams=ngrams, ngram_weight=0.7, ngram_max_length=most)
    classifier = Classifier(model, TOKENIZER)
    export_onnx(classifier, tmp_path / "out")
    actual = run(tmp_path / "out", inputs_of([*TEXTS, "unheard words the cat"]))["probabilities"]
    answers = classifier([*TEXTS, "unheard words the cat"])
    expected = [[one.probabilities[label] for label in model.labels] for one in answers]
    np.testing.assert_allclose(actual, expected, atol=1e-5)


@pytest.mark.parametrize("network", ["lstm", "cnn", None])
def test_taggers_are_equal(tmp_path, make_tagger, network):
    from nlprnn.modules import CharacterEmbedding

    tagger = make_tagger(characters=network == "lstm")
    if network == "cnn":
        model = tagger.model
        model.characters = shaken(CharacterEmbedding(tagger.tokenizer.characters.vocab_size, 3, 4, network="cnn"))
        model.encoder = shaken(RecurrentEncoder(8, 3, bidirectional=True))
    export_onnx(tagger, tmp_path / "out")
    words = ["the", "cat", "😀", "mat"]
    done = subprocess.run(
        [sys.executable, "-I", str(tmp_path / "out" / "example.py"), " ".join(words)],
        capture_output=True,
        text=True,
        check=True,
    )
    (tagged,) = tagger([words])
    assert done.stdout.split() == [f"{word}/{label}" for word, label in zip(words, tagged.labels, strict=True)]


@pytest.mark.parametrize("attention", ["general", "dot", "additive"])
@pytest.mark.parametrize(
    "options",
    [{"cell": "lstm"}, {"cell": "gru", "layers": 2, "feeding": True, "shared": False, "tied": False}],
    ids=str,
)
def test_translators_are_equal(tmp_path, make_seq2seq, attention, options):
    from nlprnn.export.onnx_folder import Export
    from nlprnn.export.translation import decoder_network, encoder_network

    model = shaken(make_seq2seq(attention=attention, **options))
    results = []
    for network in (encoder_network(model), decoder_network(model)):
        path = tmp_path / f"{network.name}.onnx"
        path.write_bytes(network.graph.model({}).SerializeToString())
        results.append(verification.verify(network, path, {"ids": 9, "tokens": 9 if options["cell"] == "lstm" else 11}))
    assert max(results) < verification.TOLERANCE
    assert Export({}, max(results)).difference == max(results)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_language_models_are_equal_text_or_step(tmp_path, make_generator, cell):
    generator = make_generator(cell=cell, num_layers=2)
    export_onnx(generator, tmp_path / "out")
    ids = generator.encode(["The cat sat"])[None]
    names = ["hidden", "cell"] if cell == "lstm" else ["hidden"]
    state = {name: np.zeros((1, 2, 6), dtype=np.float32) for name in names}
    whole = run(tmp_path / "out", {"ids": ids, **state})["log_probabilities"]
    steps = []
    for index in range(ids.shape[1]):
        outputs = run(tmp_path / "out", {"ids": ids[:, index : index + 1], **state})
        steps.append(outputs["log_probabilities"])
        state = {name: outputs[f"next_{name}"] for name in names}
    np.testing.assert_allclose(np.concatenate(steps, axis=1), whole, atol=1e-5)
    nll = -whole[0, np.arange(ids.shape[1] - 1), ids[0, 1:]].mean()
    assert nll == pytest.approx(generator.mean_nll(ids[0]), abs=1e-5)


def test_difference_is_refused_and_nothing_written(tmp_path, monkeypatch):
    from nlprnn.export import layers

    right = layers._GATES["lstm"]
    monkeypatch.setitem(layers._GATES, "lstm", right[::-1])
    with pytest.raises(ModelError, match=r"the exported model differs from the model by .* in logits"):
        export_onnx(Classifier(make_model(), TOKENIZER), tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_other_modules_and_folders_are_refused(tmp_path, make_seq2seq):
    from nlprnn.export.translation import encoder_network

    with pytest.raises(ModelError, match=r"layers of mingru have no operator in ONNX: train with --cell"):
        export_onnx(Classifier(make_model(cell="mingru"), TOKENIZER), tmp_path / "out")
    with pytest.raises(ModelError, match=r"MultiHeadAttention cannot be exported: train with --attention"):
        encoder_network(shaken(make_seq2seq(attention="multi-head")))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep me")
    with pytest.raises(ModelError, match=r"mine exists and is no export"):
        export_onnx(Classifier(make_model(), TOKENIZER), tmp_path / "mine")
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_folder_is_complete_and_replaced(tmp_path):
    for labels in (3, 3):
        export_onnx(Classifier(make_model(), TOKENIZER), tmp_path / "out")
        config = json.loads((tmp_path / "out" / "export.json").read_text())
        assert len(config["labels"]) == labels
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"model.onnx", "export.json", "example.py", "tokenizer.json", "tokenizer_config.json"}
    assert imports(tmp_path / "out" / "example.py") <= ALLOWED_MODULES


ALLOWED_MODULES = {"json", "sys", "pathlib", "numpy", "onnxruntime", "tokenizers", "sentencepiece"}


def imports(path):
    import ast

    nodes = ast.walk(ast.parse(path.read_text()))
    return {
        name.split(".")[0]
        for node in nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
