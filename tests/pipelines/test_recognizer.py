"""Recognition of sound: independent of the batch, streams, times, closed word lists, rejection, language models."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import soundfile
import torch

import nlprnn
from nlprnn.audio import FeatureOptions, Normalization, extract_features
from nlprnn.audio.segments import split_at_pauses
from nlprnn.decoding.ctc import CTCSearch, prefix_beam_search
from nlprnn.decoding.ctc_alignment import ctc_log_likelihood
from nlprnn.errors import DataError, ModelError, OptionError
from nlprnn.models import LanguageModel, SpeechRecognizer
from nlprnn.modules import ConvSubsampling, Embedding, OutputHead, RecurrentEncoder
from nlprnn.pipelines import Generator, Recognizer, SpeechProcessor, TranscriptionOptions
from nlprnn.pipelines.speech_times import timed_words
from nlprnn.pipelines.transcript import TimedText, Transcript, concatenate, subtitles
from nlprnn.text import BPETokenizer, CharacterTokenizer, WordTokenizer

RATE = 4000
FEATURES = FeatureOptions.speech(sample_rate=RATE, num_mels=6)
WORDS = ["yes", "no", "stop"]


def make_recognizer(tokenizer=None, *, bidirectional=True, **options):
    """A recognizer with random weights, large enough that it writes something."""
    torch.manual_seed(0)
    tokenizer = tokenizer or CharacterTokenizer.train([*WORDS, "a b"])
    statistics = "utterance" if bidirectional else "training"
    normalization = None if bidirectional else Normalization(np.full(6, -8, np.float32), np.full(6, 3, np.float32))
    processor = SpeechProcessor(
        features=FEATURES, tokenizer=tokenizer, statistics=statistics, normalization=normalization, **options
    )
    subsampling = ConvSubsampling(6, 2)
    encoder = RecurrentEncoder(subsampling.output_size, 5, bidirectional=bidirectional)
    head = OutputHead(encoder.output_size, tokenizer.vocab_size)
    model = SpeechRecognizer(encoder=encoder, head=head, subsampling=subsampling)
    with torch.no_grad():
        for parameter in head.parameters():
            parameter.normal_(std=2.0)
        head.layers[-1].bias[:4] -= 4.0
    return Recognizer(model.eval(), processor)


def sounds(seconds=(0.5, 1.1, 0.05, 0.8)):
    rng = np.random.default_rng(0)
    return [(0.1 * rng.normal(size=int(length * RATE)).cumsum()).astype(np.float32) % 0.7 for length in seconds]


@pytest.fixture(scope="module")
def recognizer():
    return make_recognizer()


@pytest.mark.parametrize("beam_size", [1, 4])
def test_transcripts_do_not_depend_on_the_batch(recognizer, beam_size):
    options = TranscriptionOptions(beam_size=beam_size, timestamps=True)
    together = list(recognizer.transcribe(sounds(), options))
    alone = [next(recognizer.transcribe([sound], options)) for sound in sounds()]
    assert any(transcript.text for transcript in together)
    for one, other in zip(together, alone, strict=True):
        assert (one.text, one.seconds) == (other.text, other.seconds)
        assert one.confidence == pytest.approx(other.confidence, rel=1e-4)
        assert [(w.text, w.start, w.end) for w in one.words] == [(w.text, w.start, w.end) for w in other.words]


def test_call_takes_one_sound_or_several(recognizer, tmp_path):
    wave = sounds()[0]
    path = tmp_path / "a.wav"
    soundfile.write(path, wave, RATE, subtype="FLOAT")
    text = recognizer(wave)
    assert recognizer(path) == recognizer(str(path)) == recognizer(path.read_bytes()) == text
    assert recognizer([path, wave]) == [text, text]
    with pytest.raises(DataError, match="no such file"):
        recognizer(tmp_path / "b.wav")


def test_saved_recognizer_hears_the_same(recognizer, tmp_path):
    changed = Recognizer(
        recognizer.model, replace(recognizer.processor, reject=0.25, words=("no",), one_word=True, warp=1.1)
    )
    changed.save(tmp_path)
    loaded = nlprnn.load(tmp_path, device="cpu")
    assert isinstance(loaded, Recognizer)
    for name in ("features", "statistics", "lowercase", "reject", "words", "one_word", "warp"):
        assert getattr(loaded.processor, name) == getattr(changed.processor, name)
    assert loaded(sounds()) == changed(sounds())
    stream = make_recognizer(bidirectional=False)
    stream.save(tmp_path)
    assert np.array_equal(nlprnn.load(tmp_path).processor.normalization.mean, stream.processor.normalization.mean)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: content["features"].update(num_mels="six"), "wrong type"),
        (lambda content: content.pop("words"), "words"),
        (lambda content: content["normalization"].update(kind="room"), "statistics"),
        (lambda content: content["normalization"].update(kind="training", mean=[0.0], std=[1.0]), "not of 6"),
    ],
)
def test_damaged_processor_is_refused(recognizer, tmp_path, change, message):
    recognizer.save(tmp_path)
    path = tmp_path / "speech.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")
    (tmp_path / "checksums.json").unlink()
    with pytest.raises(ModelError, match=message):
        nlprnn.load(tmp_path)


def test_files_of_different_models_are_refused(recognizer):
    with pytest.raises(ModelError, match="different models"):
        Recognizer(recognizer.model, replace(recognizer.processor, features=FeatureOptions.speech(sample_rate=RATE)))


def test_confidence_is_the_probability_of_the_text(recognizer):
    (log_probs,) = recognizer.log_probs([recognizer.processor(sounds()[0])])
    options = TranscriptionOptions(beam_size=50, n_best=5)
    (transcript,) = recognizer.decode([log_probs], options)
    (hypotheses,) = prefix_beam_search(log_probs[None], np.array([len(log_probs)]), CTCSearch(beam_size=50, n_best=5))
    assert transcript.alternatives == tuple(
        (recognizer.processor.tokenizer.decode(one.tokens).strip(), one.score) for one in hypotheses
    )
    probability = np.exp(ctc_log_likelihood(log_probs, hypotheses[0].tokens))
    assert transcript.confidence == pytest.approx(probability)
    assert np.exp(hypotheses[0].log_prob) <= probability * (1 + 1e-9)


@pytest.mark.parametrize("kind", ["characters", "words", "subwords"])
def test_closed_list_gives_its_words_alone(kind):
    texts = [" ".join(WORDS), "yes no", "go away"] * 5
    tokenizers = {
        "characters": lambda: CharacterTokenizer.train(texts),
        "words": lambda: WordTokenizer.train(texts),
        "subwords": lambda: BPETokenizer.train(texts, vocab_size=280),
    }
    recognizer = make_recognizer(tokenizers[kind]())
    options = TranscriptionOptions(words=["yes", "no"])
    spoken = [one.text for one in recognizer.transcribe(sounds(), options)]
    assert set(" ".join(spoken).split()) <= {"yes", "no"}
    assert any(spoken)
    single = [one.text for one in recognizer.transcribe(sounds(), replace(options, one_word=True))]
    assert set(single) <= {"yes", "no", ""}


def test_unknown_letters_in_words_are_named(recognizer):
    with pytest.raises(OptionError, match=r"'quit'.* lack 'i', 'q', 'u'"):
        list(recognizer.transcribe(sounds(), TranscriptionOptions(words=["stop", "quit"])))
    with pytest.raises(OptionError, match="give words"):
        list(recognizer.transcribe(sounds(), TranscriptionOptions(one_word=True)))


def test_low_confidence_is_rejected(recognizer):
    accepted = list(recognizer.transcribe(sounds()))
    limit = max(one.confidence for one in accepted if one.text)
    for one, before in zip(recognizer.transcribe(sounds(), TranscriptionOptions(reject=limit)), accepted, strict=True):
        assert one.rejected == (before.confidence < limit)
        assert one.text == ("" if one.rejected else before.text)


def test_silence_differs_from_words_outside_the_list(recognizer):
    logits = np.full((9, recognizer.model.vocab_size), -5.0, np.float32)
    silence, other = logits.copy(), logits.copy()
    silence[:, recognizer.processor.blank] = 5.0
    other[:, recognizer.processor.tokenizer.encode("a")[0]] = 5.0
    log_probs = [row - np.logaddexp.reduce(row, axis=1, keepdims=True) for row in (silence, other)]
    options = TranscriptionOptions(words=["yes", "no"])
    assert [one.is_silent for one in recognizer.decode(log_probs, options)] == [True, False]
    rejecting = recognizer.decode(log_probs, replace(options, reject=0.5))
    assert [(one.text, one.rejected) for one in rejecting] == [("", False), ("", True)]


def test_hotwords_are_preferred(recognizer):
    plain = recognizer.transcribe(sounds())
    strong = recognizer.transcribe(sounds(), TranscriptionOptions(hotwords=["no"], hotword_bonus=30.0))
    assert sum(one.text.count("no") for one in strong) > sum(one.text.count("no") for one in plain)


def of_speakers(*, bidirectional=True):
    """A recognizer that normalizes by speakers."""
    recognizer = make_recognizer(bidirectional=bidirectional)
    average = Normalization(np.full(6, -8, np.float32), np.full(6, 3, np.float32))
    processor = replace(recognizer.processor, statistics="speaker", normalization=average)
    return Recognizer(recognizer.model, processor)


def test_recognizer_adapts_to_a_speaker():
    recognizer = of_speakers()
    long = np.concatenate([*sounds(), *sounds()])
    adapted = recognizer.adapted([long])
    frames = adapted.processor(long)
    assert frames.mean(axis=0) == pytest.approx(np.zeros(6), abs=1.0)  # the prior weighs a little
    quiet = recognizer.adapted([0.1 * long])
    assert quiet.processor(0.1 * long) == pytest.approx(frames, abs=1e-2)
    assert recognizer.adapted([np.zeros(RATE, np.float32), long]).processor.warp == adapted.processor.warp
    alone = recognizer.processor.adapted([extract_features(long, FEATURES)])
    assert recognizer.processor(long) == pytest.approx(alone(long), abs=1e-5)


def test_warp_of_a_speaker_is_the_most_likely(monkeypatch):
    recognizer = of_speakers()
    scores = {0.84: -1.0, 0.88: -8.0, 0.92: -2.0, 0.96: -3.0}  # the first is a priori unlikely
    scripted = iter([*scores.values(), *[-5.0] * 6])
    transcript = Transcript("no", 0.5, 1.0)
    monkeypatch.setattr(
        Recognizer,
        "transcribe_features",
        lambda *_: [replace(transcript, alternatives=(("no", next(scripted)),))],
    )
    processor = recognizer.adapted(sounds()[:1]).processor
    assert processor.warp == 0.92
    warped = extract_features(sounds()[0], FEATURES, warp=0.92)
    assert processor(sounds()[0]) == pytest.approx(processor.normalize(warped))


def test_many_recordings_of_a_speaker_are_sampled_from_all_of_them(monkeypatch):
    recognizer, used = of_speakers(), []
    monkeypatch.setattr(Recognizer, "_adapted_processor", lambda one, rows: used.extend(rows) or one.processor)
    recognizer.adapted(np.full(5, 1.0 + number, np.float32) for number in range(1000))
    numbers = np.array([waveform[0] for waveform in used])
    assert len(set(numbers)) == 200
    assert 400 < numbers.mean() < 600


def test_adaptation_needs_a_model_of_speakers_and_sound(recognizer):
    with pytest.raises(ModelError, match="--normalize speaker"):
        recognizer.adapted(sounds())
    with pytest.raises(DataError, match="nothing can be heard"):
        of_speakers().adapted([np.zeros(RATE, np.float32)])


def test_stream_of_a_speaker_equals_the_whole():
    recognizer = of_speakers(bidirectional=False)
    with pytest.raises(ModelError, match="--adapt"):
        recognizer.stream()
    processor = recognizer.processor.adapted([extract_features(sounds()[1], FEATURES)], warp=1.12)
    adapted = Recognizer(recognizer.model, processor)
    stream = adapted.stream()
    stream.accept(sounds()[1])
    stream.finish()
    padded = np.concatenate([sounds()[1], np.zeros(round(0.3 * RATE), np.float32)])
    assert stream.log_probs == pytest.approx(adapted.log_probs([processor(padded)])[0], abs=1e-5)


@pytest.mark.parametrize(
    ("hotwords", "one_word", "refused"),
    [
        (["no"], True, None),
        (["stop  NO"], False, None),
        (["stop no"], True, "'stop no'"),
        (["no", "on"], False, "'on'"),
    ],
)
def test_hotwords_that_a_closed_list_excludes_are_refused(hotwords, one_word, refused):
    recognizer = make_recognizer(lowercase=True, words=["no", "stop"])
    options = TranscriptionOptions(hotwords=hotwords, one_word=one_word)
    if refused is None:
        assert len(list(recognizer.transcribe(sounds(), options))) == 4
    else:
        with pytest.raises(OptionError, match=f"the bonus of {refused} has no effect where only "):
            list(recognizer.transcribe(sounds(), options))
    assert len(list(recognizer.transcribe(sounds(), replace(options, words=None, one_word=False)))) == 4


def test_times_lie_inside_the_recording_in_order(recognizer):
    for transcript in recognizer.transcribe(sounds(), TranscriptionOptions(timestamps=True)):
        assert [word.text for word in transcript.words] == transcript.text.split()
        ends = [time for token in transcript.tokens for time in (token.start, token.end)]
        assert ends == sorted(ends)
        assert all(0 <= time <= transcript.seconds + 0.03 for time in ends)
        assert "".join(token.text for token in transcript.tokens).strip() == transcript.text


def test_words_are_grouped_from_tokens():
    tokens = [TimedText(text, at, at + 1, 0.5) for at, text in enumerate(["a", "b", " ", "c", " d", "e"])]
    words = timed_words(tokens, "ab c de")
    assert [(word.text, word.start, word.end) for word in words] == [("ab", 0, 2), ("c", 3, 4), ("de", 4, 6)]
    assert timed_words(tokens, "another text") == ()


def test_long_recording_is_split_where_it_is_quiet():
    wave = np.ones(10 * RATE, np.float32)
    for at in (1.7, 3.6, 5.6, 7.5):
        wave[int(at * RATE) : int((at + 0.2) * RATE)] = 0.0
    blocks = np.split(wave, range(777, len(wave), 777))
    segments = list(split_at_pauses(blocks, RATE, seconds=2.0))
    assert np.array_equal(np.concatenate([segment.waveform for segment in segments]), wave)
    assert [segment.start for segment in segments] == np.cumsum([0, *(len(s.waveform) for s in segments[:-1])]).tolist()
    starts = [segment.start / RATE for segment in segments[1:5]]
    assert starts == pytest.approx([1.8, 3.7, 5.7, 7.6], abs=0.11)
    assert len(list(split_at_pauses([np.zeros(0, np.float32)], RATE))) == 1


def test_segments_become_one_transcript():
    first = Transcript("yes", 0.9, 2.0, words=(TimedText("yes", 0.1, 0.4, 0.9),))
    second = Transcript("no", 0.5, 1.5, words=(TimedText("no", 1.0, 1.2, 0.5),)).shifted(2.0)
    whole = concatenate([first, Transcript("", 0.1, 1.0, rejected=True), second])
    assert (whole.text, whole.confidence, whole.seconds, whole.rejected) == ("yes no", 0.5, 4.5, False)
    assert whole.words[1].start == 3.0
    assert subtitles(whole.words) == ("1\n00:00:00,100 --> 00:00:00,400\nyes\n\n2\n00:00:03,000 --> 00:00:03,200\nno\n")


@pytest.mark.parametrize("sizes", [[2000], [1, 0, 1999], [400] * 5])
def test_stream_equals_the_whole(sizes):
    recognizer = make_recognizer(bidirectional=False)
    wave = sounds([0.5])[0]
    stream = recognizer.stream()
    partial = [stream.accept(chunk) for chunk in np.split(wave, np.cumsum(sizes)[:-1])]
    transcript = stream.finish()
    padded = np.concatenate([wave, np.zeros(round(0.3 * RATE), np.float32)])
    (whole,) = recognizer.log_probs([recognizer.processor(padded)])
    assert stream.log_probs == pytest.approx(whole, abs=1e-5)
    assert transcript.text == recognizer.decode([whole])[0].text
    assert transcript.seconds == 0.5
    greedy = recognizer.decode([whole], TranscriptionOptions(beam_size=1))[0].text
    assert all(greedy.startswith(text) for text in partial)


def test_stream_of_a_bidirectional_model_is_refused(recognizer):
    with pytest.raises(ModelError, match="--no-bidirectional"):
        recognizer.stream()


def language_model(texts):
    tokenizer = CharacterTokenizer.train(texts)
    model = LanguageModel(embedding=Embedding(tokenizer.vocab_size, 4), encoder=RecurrentEncoder(4, 6), tied=False)
    return Generator(model.eval(), tokenizer)


def test_language_model_is_fused(recognizer):
    generator = language_model(["yesnostop ab\n"])
    model, tokenizer = generator.model, generator.tokenizer
    model.output_bias.data[tokenizer.encode("s")[0]] = 300.0  # a language of one letter
    options = TranscriptionOptions(language_model=generator, alpha=1.0)
    texts = [one.text for one in recognizer.transcribe(sounds(), options)]
    assert set("".join(texts)) <= {"s"}
    without = [one.text for one in recognizer.transcribe(sounds(), replace(options, alpha=0.0))]
    assert without == [one.text for one in recognizer.transcribe(sounds())]


def test_language_model_of_other_letters_is_refused(recognizer):
    with pytest.raises(ModelError, match="no token"):
        list(recognizer.transcribe(sounds(), TranscriptionOptions(language_model=language_model(["xyz"]))))
