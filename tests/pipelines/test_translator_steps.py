"""Translators of several models, of eight bits, and with the steps that suit how much there is to translate."""

from __future__ import annotations

import pytest
import torch

from nlprnn import Translator
from nlprnn.errors import DeviceError, ModelError
from nlprnn.modules import cpu
from nlprnn.pipelines import TranslationOptions
from nlprnn.pipelines import translator as module

SENTENCES = [
    "The cat sat on the mat, and the dog did not.",
    "",
    "你好,世界!",
    "hello",
    " \t ",
    "Ça va 😀",
    "the dog " * 6,
]
FULL = [text for text in SENTENCES if text.strip()]


def test_wide_beams_take_smaller_batches(make_translator, monkeypatch):
    translator = make_translator("word")
    read = []
    encode = translator.model.encode
    monkeypatch.setattr(translator.model, "encode", lambda ids, mask: (read.append(len(ids)), encode(ids, mask))[1])
    monkeypatch.setattr(module, "_BATCH_HYPOTHESES", 12)
    for beam, most in ((1, 12), (4, 3), (30, 1)):
        read.clear()
        found = translator.search(translator.encode_source(["the cat"] * 13), TranslationOptions(beam_size=beam))
        assert max(read) == most
        assert all(found)


def test_int8_is_close_and_batch_invariant(make_translator, log_probabilities):
    exact = make_translator()
    quantized = Translator.ensemble([Translator.ensemble([exact], int8=True)])  # it keeps what it is made of
    options = TranslationOptions(beam_size=3)
    together = list(quantized.translate(SENTENCES, options))
    for translation in together:
        [alone] = quantized.translate([translation.source], options)
        assert alone.candidates[0].ids == translation.candidates[0].ids
        ids = translation.candidates[0].ids
        if ids:
            scores = log_probabilities(exact, translation.source, ids)
            mean = scores.gather(1, torch.tensor([*ids, exact.tokenizer.eos_id])[:, None]).mean()
            assert translation.candidates[0].score == pytest.approx(float(mean), abs=0.1)
            assert translation.candidates[0].score != pytest.approx(float(mean), abs=1e-6)


def test_int8_needs_a_cpu(make_translator):
    translator = make_translator()
    translator.model.to("meta")
    with pytest.raises(DeviceError, match="CPU"):
        Translator.ensemble([translator], int8=True)


def test_nested_ensembles_keep_all_members(make_translator, tmp_path):
    one, two, three = (make_translator(seed=seed) for seed in range(3))
    nested = Translator.ensemble([Translator.ensemble([one, two]), three])
    assert nested(SENTENCES) == Translator.ensemble([one, two, three])(SENTENCES)
    assert nested.models == [one.model, two.model, three.model]
    with pytest.raises(ModelError, match="3 models"):
        nested.save(tmp_path / "out")


def test_ids_beyond_the_tokenizer_are_never_chosen(make_translator):
    translator = make_translator()
    size = translator.tokenizer.vocab_size
    wide = torch.nn.functional.pad(translator.model.source_embedding.weight.data, (0, 0, 0, 3))
    translator.model.source_embedding.weight = torch.nn.Parameter(wide)
    translator.model.source_embedding.num_embeddings = size + 3
    translator.model.output_bias = torch.nn.Parameter(
        torch.nn.functional.pad(translator.model.output_bias.data, (0, 3), value=50.0)
    )
    for translation in translator.translate(FULL, TranslationOptions(n_best=5)):
        assert all(max(one.ids, default=0) < size for one in translation.candidates)


def test_compiled_step_translates_equally(make_translator, monkeypatch):
    translator = make_translator()
    sentences = ["The cat sat on the mat.", "", "你好", "naïve café"]
    few = translator(sentences)
    with cpu.fast_paths(False):
        assert translator(sentences) == few
    monkeypatch.setattr("nlprnn.pipelines.translator._WORTH_INPUT_TABLE", 1)
    assert translator(sentences) == few
