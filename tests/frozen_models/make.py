"""Write tiny models of the current format, with their outputs, into `v<format>/`.

    python tests/frozen_models/make.py

To be run when a format or a kind of model is released. An existing model is never written again: its folder is what
users have on their disks, and every later version of nlprnn must load it and give the same outputs. The bands of
the forecaster follow the rule of their width, and were computed again when it changed; its medians are the first ones.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from torch import nn

from nlprnn import Classifier, Forecaster, Generator, Recognizer, Regressor, Tagger, Translator
from nlprnn.audio import FeatureOptions, Normalization
from nlprnn.batching import SequenceArray
from nlprnn.models import (
    BidirectionalLanguageModel,
    EnsembleClassifier,
    EnsembleRegressor,
    FeatureClassifier,
    FeatureRegressor,
    LanguageModel,
    NgramLinear,
    RecurrentForecaster,
    Seq2Seq,
    SpeechRecognizer,
    SpeechSeq2Seq,
    TextClassifier,
    TextRegressor,
    TokenTagger,
)
from nlprnn.models.ngram_linear import ngram_keys
from nlprnn.modules import (
    AdditiveAttention,
    AttentionDecoder,
    AttentionPooling,
    Bridge,
    CharacterEmbedding,
    ConcatPooling,
    ConvSubsampling,
    Embedding,
    FeatureProjection,
    GeneralAttention,
    LastPooling,
    LinearChainCRF,
    MeanPooling,
    OutputHead,
    RecurrentEncoder,
)
from nlprnn.pipelines import (
    GenerationOptions,
    Seq2SeqRecognizer,
    SequenceClassifier,
    SequenceRegressor,
    SpeechPipeline,
    SpeechProcessor,
    TextEncoder,
    TranscriptionOptions,
    TranslationOptions,
)
from nlprnn.serialization.model_folder import FORMAT_VERSION
from nlprnn.series import Frequency, SeriesColumns, SeriesProcessor, WindowMaker, build_series
from nlprnn.series.feature_columns import FeatureColumns
from nlprnn.series.feature_processor import FeatureProcessor
from nlprnn.text import CharacterTokenizer, WordCharTokenizer, WordTokenizer

DAYS = 16
SERIES = {
    "unique_id": ["a"] * DAYS + ["b"] * DAYS,
    "ds": [f"2024-01-{day:02}" for day in range(1, DAYS + 1)] * 2,
    "y": [float(day % 7) if day % DAYS < 13 and day != 9 else None for day in range(2 * DAYS)],
    "z": [day / 2 if day % DAYS < 13 else None for day in range(2 * DAYS)],
    "sky": ["sun", "rain", "hail", "sun"] * (DAYS // 2),
    "holiday": [day % 5 == 0 for day in range(2 * DAYS)],
}
SEQUENCES = [[[1.0, -2.0], [None, -1.5], [3.0, -3.0], [0.0, -2.5]], [[2.0, -2.0]], [[None, -1.0], [-4.0, -2.0]]]
TEXTS = ["A quiet film, and a good one.", "Not good!", "", "Zzyzx?"]


def main() -> None:
    folder = Path(__file__).parent / f"v{FORMAT_VERSION}"
    for name, seed, make, outputs in (
        ("classifier", 5, classifier, probabilities),
        ("multi_label_classifier", 5, multi_label_classifier, probabilities),
        ("ngram_classifier", 5, ngram_classifier, probabilities),
        ("regressor", 5, regressor, numbers),
        ("ngram_regressor", 5, ngram_regressor, numbers),
        ("language_model", 5, language_model, logits_and_text),
        ("seq2seq", 58, translator, translations),  # whose translations are not all the same
        ("tagger", 41, tagger, labels),  # whose texts have labels of every kind
        ("text_encoder", 5, text_encoder, vectors),
        ("forecaster", 5, forecaster, forecasts),
        ("recognizer", 5, recognizer, transcripts),
        ("seq2seq_recognizer", 5, seq2seq_recognizer, transcripts),
        ("feature_classes", 5, sequence_classifier, answers_for_arrays),
        ("feature_numbers", 5, sequence_regressor, answers_for_arrays),
    ):
        if (folder / name).exists():
            continue
        torch.manual_seed(seed)
        pipeline = make()
        randomize(pipeline.model.eval())
        pipeline.save(folder / name)
        expected = outputs(pipeline)
        (folder / name / "expected.json").write_text(json.dumps(expected, indent=1) + "\n", encoding="utf-8")


def classifier() -> Classifier:
    tokenizer = WordTokenizer.train(TEXTS[:2])
    embedding = Embedding(tokenizer.vocab_size, 4, word_dropout=0.1, dropout=0.2, std=0.5)
    encoder = RecurrentEncoder(4, 3, cell="lstm", num_layers=2, bidirectional=True, dropout=0.2, weight_dropout=0.1)
    pooling = ConcatPooling(6, bidirectional=True)
    head = OutputHead(18, 3, hidden_size=4, dropout=0.2)
    labels = ["bad", "good", "naïve"]
    model = TextClassifier(
        embedding=embedding, encoder=encoder, pooling=pooling, head=head, labels=labels, max_length=7
    )
    return Classifier(model, tokenizer)


def multi_label_classifier() -> Classifier:
    tokenizer = WordTokenizer.train(TEXTS[:2])
    model = TextClassifier(
        embedding=Embedding(tokenizer.vocab_size, 4, std=0.5),
        encoder=RecurrentEncoder(4, 3, cell="gru", bidirectional=True, layer_norm=True),
        pooling=AttentionPooling(6),
        head=OutputHead(6, 2),
        labels=["long", "good"],
        truncate="both",
        multi_label=True,
        threshold=0.3,
    )
    return Classifier(model, tokenizer)


def ngram_classifier() -> Classifier:
    network, tokenizer = classifier().network.model, WordTokenizer.train(TEXTS[:2])
    model = EnsembleClassifier(
        network=network, ngrams=ngrams(tokenizer, network.output_size), network_weight=0.75, ngram_weight=2.5
    )
    return Classifier(model, tokenizer)


def regressor() -> Regressor:
    tokenizer = WordTokenizer.train(TEXTS[:2])
    model = TextRegressor(
        embedding=Embedding(tokenizer.vocab_size, 4, std=0.5),
        encoder=RecurrentEncoder(4, 3, cell="mingru", num_layers=2, bidirectional=True, residual=True),
        pooling=MeanPooling(6),
        head=OutputHead(6, 1),
        mean=3.2,
        std=1.5,
    )
    return Regressor(model, tokenizer)


def ngram_regressor() -> Regressor:
    network, tokenizer = regressor().network.model, WordTokenizer.train(TEXTS[:2])
    model = EnsembleRegressor(network=network, ngrams=ngrams(tokenizer, 1), network_weight=0.75, ngram_weight=2.5)
    return Regressor(model, tokenizer)


def ngrams(tokenizer: WordTokenizer, outputs: int) -> NgramLinear:
    """A model of n-grams of the first text."""
    model = NgramLinear(11, outputs, order=2, vocab_size=tokenizer.vocab_size, unknown_id=tokenizer.unk_id)
    ids = torch.tensor([tokenizer.encode(TEXTS[0])])
    keys = ngram_keys(ids, ids >= 0, order=2, vocab_size=tokenizer.vocab_size, unknown_id=tokenizer.unk_id)
    model.load_ngrams(keys.unique()[1:12], 1.0 + torch.rand(11))
    model.load_weights(torch.randn(11, outputs), torch.randn(outputs))
    return model


def language_model() -> Generator:
    tokenizer = CharacterTokenizer.train(TEXTS)
    encoder = RecurrentEncoder(4, 5, cell="gru", num_layers=2, locked_dropout=0.2)
    model = LanguageModel(embedding=Embedding(tokenizer.vocab_size, 4), encoder=encoder, output_dropout=0.2)
    return Generator(model, tokenizer)


def translator() -> Translator:
    tokenizer = CharacterTokenizer.train(TEXTS)
    encoder = RecurrentEncoder(4, 3, num_layers=2, bidirectional=True, dropout=0.2)
    decoder = AttentionDecoder(4, 5, 4, attention=GeneralAttention(5, 6), num_layers=2, dropout=0.2)
    model = Seq2Seq(
        source_embedding=Embedding(tokenizer.vocab_size, 4, std=0.5, word_dropout=0.1, locked_dropout=0.1),
        encoder=encoder,
        bridge=Bridge(6, 5, num_layers=2),
        decoder=decoder,
        max_length=20,
    )
    return Translator(model, tokenizer)


def tagger() -> Tagger:
    tokenizer = WordCharTokenizer.train(TEXTS[:2])
    characters = CharacterEmbedding(tokenizer.characters.vocab_size, 3, 2, dropout=0.2, character_dropout=0.1)
    encoder = RecurrentEncoder(4 + characters.output_size, 3, bidirectional=True, dropout=0.2)
    labels = ["O", "B-X", "I-X", "B-naïve", "I-naïve"]
    model = TokenTagger(
        embedding=Embedding(tokenizer.vocab_size, 4, word_dropout=0.1, dropout=0.2, std=0.5),
        characters=characters,
        encoder=encoder,
        head=OutputHead(encoder.output_size, len(labels), dropout=0.2),
        crf=LinearChainCRF(len(labels), scheme_labels=labels),
        labels=labels,
        max_word_length=4,
    )
    return Tagger(model, tokenizer)


def forecaster() -> Forecaster:
    processor = SeriesProcessor(
        columns=SeriesColumns(("y", "z"), ("ds",), "unique_id", past=("sky",), future=("holiday",)),
        frequency=Frequency.parse("D"),
        history=5,
        horizon=3,
        lags=(7,),
        moments={"a": ((5.0, 2.0), (-1.0, 3.0))},
        covariates={"holiday": (0.2, 0.4)},
        categories={"sky": ("rain", "sun")},
    )
    input_size, linear_size = WindowMaker(build_series(SERIES, processor.columns), processor).sizes()
    model = RecurrentForecaster(
        encoder=RecurrentEncoder(input_size, 4, cell="gru", dropout=0.1),
        head=OutputHead(4, 2 * 3, hidden_size=4, dropout=0.1),
        horizon=3,
        num_targets=2,
        linear_size=linear_size,
        levels=(0.1, 0.5, 0.9),
        strategy="recursive",
    )
    return Forecaster(model, processor)


def text_encoder() -> TextEncoder:
    tokenizer = WordTokenizer.train(TEXTS[:2])
    model = BidirectionalLanguageModel(
        embedding=Embedding(tokenizer.vocab_size, 4, std=0.5),
        encoder=RecurrentEncoder(4, 3, bidirectional=True, num_layers=2),
        output_dropout=0.2,
    )
    return TextEncoder(model, tokenizer)


def recognizer() -> Recognizer:
    tokenizer = CharacterTokenizer.train(["yes no"])
    features = FeatureOptions.kaldi("mfcc", sample_rate=2000, num_mels=6, num_cepstra=4, deltas=1)
    processor = SpeechProcessor(
        features=features,
        tokenizer=tokenizer,
        statistics="training",
        normalization=Normalization(np.arange(8, dtype=np.float32), np.arange(1, 9, dtype=np.float32)),
        lowercase=True,
        reject=0.25,
        words=("no", "yes"),
        one_word=True,
    )
    subsampling = ConvSubsampling(8, 2, strides=(2, 1))
    encoder = RecurrentEncoder(subsampling.output_size, 3, num_layers=2, dropout=0.1)
    head = OutputHead(3, tokenizer.vocab_size, dropout=0.2)
    model = SpeechRecognizer(encoder=encoder, head=head, subsampling=subsampling, blank=tokenizer.pad_id)
    return Recognizer(model, processor)


def seq2seq_recognizer() -> Seq2SeqRecognizer:
    tokenizer = WordTokenizer.train(["yes no stop"])
    features = FeatureOptions.speech(sample_rate=2000, num_mels=6)
    encoder = RecurrentEncoder(6, 3, cell="gru", bidirectional=True)
    decoder = AttentionDecoder(4, 5, 3, attention=AdditiveAttention(5, 6), cell="gru", input_feeding=True)
    model = SpeechSeq2Seq(
        encoder=encoder,
        bridge=Bridge(6, 5, cell="gru"),
        embedding=Embedding(tokenizer.vocab_size, 4),
        decoder=decoder,
        head=OutputHead(3, tokenizer.vocab_size),
        bos_id=tokenizer.bos_id,
        eos_id=tokenizer.eos_id,
    )
    return Seq2SeqRecognizer(model, SpeechProcessor(features=features, tokenizer=tokenizer))


def randomize(model: nn.Module) -> None:
    """Draw every weight, the biases too, so that none can be exchanged for another unnoticed."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=1.5)
        for module in model.modules():
            if isinstance(module, Embedding):
                module.weight[module.padding_id].zero_()


def numbers(pipeline: Regressor) -> dict:
    """Texts and their numbers."""
    return dict(zip(TEXTS, pipeline(TEXTS), strict=True))


def probabilities(pipeline: Classifier) -> dict:
    """Texts and the probabilities of their classes."""
    return {text: prediction.probabilities for text, prediction in zip(TEXTS, pipeline(TEXTS), strict=True)}


def logits_and_text(pipeline: Generator) -> dict:
    """Token ids, the logits after them, their mean negative log-likelihood, and greedily generated text."""
    ids = pipeline.encode(TEXTS)
    with torch.inference_mode():
        logits = pipeline.model.logits(pipeline.model(torch.from_numpy(ids)[None]).vectors)
    return {
        "ids": ids.tolist(),
        "last_logits": logits[0, -1].tolist(),
        "nats": pipeline.mean_nll(ids),
        "greedy": pipeline(["Not ", ""], GenerationOptions(length=10, temperature=0.0)),
    }


def translations(pipeline: Translator) -> dict:
    """Texts, their mean negative log-likelihood as their own translations, and their best translations with scores."""
    sources, targets = pipeline.encode_source(TEXTS), pipeline.encode_target(TEXTS)
    results = pipeline.translate(TEXTS, TranslationOptions(beam_size=3, n_best=2))
    return {
        "texts": TEXTS,
        "nats": pipeline.mean_nll(sources, targets),
        "translations": [[[one.text, one.score] for one in result.candidates] for result in results],
    }


def labels(pipeline: Tagger) -> dict:
    """Texts, the labels of their words, and the mean negative log-likelihood of each of two labels for all words."""
    tagged = pipeline(TEXTS)
    rows = pipeline.encode([text.tokens for text in tagged])
    nats = [
        pipeline.mean_nll(rows, SequenceArray.from_sequences([[label] * len(text.tokens) for text in tagged]))
        for label in range(2)
    ]
    return {"texts": TEXTS, "labels": [text.labels for text in tagged], "nats": nats}


def feature_processor() -> FeatureProcessor:
    columns = FeatureColumns("steps", ("x", "y"), "label", ("person", "trial"), "time", "person")
    return FeatureProcessor(names=("x", "y"), mean=(0.5, -2.0), std=(2.0, 0.5), missing=(True, False), columns=columns)


def sequence_classifier() -> SequenceClassifier:
    model = FeatureClassifier(
        embedding=FeatureProjection(3, 4, dropout=0.1),
        encoder=RecurrentEncoder(4, 3, cell="lstm", bidirectional=True),
        pooling=ConcatPooling(6, bidirectional=True),
        head=OutputHead(18, 3, dropout=0.2),
        labels=["left", "right", "up"],
        max_length=3,
        truncate="tail",
    )
    return SequenceClassifier(model, feature_processor())


def sequence_regressor() -> SequenceRegressor:
    model = FeatureRegressor(
        embedding=FeatureProjection(3, 4),
        encoder=RecurrentEncoder(4, 3, cell="gru"),
        pooling=LastPooling(3),
        head=OutputHead(3, 1),
        mean=20.0,
        std=4.0,
    )
    return SequenceRegressor(model, feature_processor())


def answers_for_arrays(pipeline: SequenceClassifier | SequenceRegressor) -> dict:
    """Sequences, where null is a missing value, and the probabilities or numbers of them."""
    arrays = [np.array(rows, dtype=float) for rows in SEQUENCES]
    answers = pipeline(arrays)
    if isinstance(pipeline, SequenceClassifier):
        answers = [one.probabilities for one in answers]
    return {"sequences": SEQUENCES, "answers": answers}


def forecasts(forecaster: Forecaster) -> dict:
    rows = [{"times": one.times, "quantiles": one.quantiles.tolist()} for one in forecaster(SERIES)]
    return {"table": SERIES, "forecasts": rows}


def transcripts(pipeline: SpeechPipeline) -> dict:
    """Waveforms, and their two best texts with scores and confidence."""
    sweeps = [np.sin(np.arange(samples) ** 1.6 / 40).round(3).tolist() for samples in (700, 300, 40)]
    waveforms = [np.array(sweep, np.float32) for sweep in sweeps]
    results = list(pipeline.transcribe(waveforms, TranscriptionOptions(beam_size=4, n_best=2)))
    return {
        "waveforms": sweeps,
        "alternatives": [[list(one) for one in result.alternatives] for result in results],
        "confidences": [result.confidence for result in results],
    }


def vectors(pipeline: TextEncoder) -> dict:
    """Texts and the contextual vectors of their words."""
    return {text: array.tolist() for text, array in zip(TEXTS, pipeline(TEXTS), strict=True)}


if __name__ == "__main__":
    main()
