"""Building of a speech recognizer from its training clips: alphabet, features, network."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import Any

import torch

from nlprnn.audio import FeatureOptions, Normalization, extract_features
from nlprnn.batching import SequenceArray
from nlprnn.errors import OptionError
from nlprnn.models import SpeechRecognizer, SpeechSeq2Seq
from nlprnn.modules import (
    AdditiveAttention,
    AttentionDecoder,
    Bridge,
    ConvSubsampling,
    Embedding,
    OutputHead,
    RecurrentEncoder,
)
from nlprnn.pipelines import Recognizer, Seq2SeqRecognizer, SpeechPipeline, SpeechProcessor
from nlprnn.tasks.speech.data import as_floats
from nlprnn.tasks.speech.options import SpeechOptions
from nlprnn.tasks.speech.recordings import Recordings
from nlprnn.text import BPETokenizer, CharacterTokenizer, Tokenizer, WordTokenizer
from nlprnn.training.losses import attention_transcript_loss, ctc_loss
from nlprnn.training.protocols import ComputeLoss

AnyRecognizer = SpeechPipeline[Any]
"""A `Recognizer` or a `Seq2SeqRecognizer`."""

_CLIPS_A_WORD = 4
"""Clips of each word, on average, from which words count as a closed list."""

_CLIPS_A_UNIT = 12
"""Occurrences of each word, on average, from which words are learnt as wholes."""


def train_alphabet(transcripts: Sequence[str], options: SpeechOptions) -> Tokenizer:
    """Return the tokenizer of transcripts: of characters, subwords or words."""
    texts = [text for text in transcripts if text]
    units = options.units
    if units == "auto":
        words = Counter(chain.from_iterable(text.split() for text in texts))
        units = "words" if words.total() >= _CLIPS_A_UNIT * len(words) else "characters"
    if units == "characters":
        return CharacterTokenizer.train(texts)
    if units == "words":
        return WordTokenizer.train(texts, lowercase=options.lowercase)
    return BPETokenizer.train(texts, vocab_size=options.vocab_size, lowercase=options.lowercase)


def build_processor(
    train: Recordings, waveforms: SequenceArray, sample_rate: int, options: SpeechOptions
) -> SpeechProcessor:
    """Return the processor that training clips define.

    Args:
        train: the training clips.
        waveforms: (samples,) int16 of each, for the statistics of the features.
        sample_rate: of the waveforms, in Hz.
        options: of the recipe.

    Raises:
        OptionError: features are normalized by speakers, who are not known.
    """
    features, normalization = options.feature_options(sample_rate), None
    if options.normalize == "training":
        normalization = Normalization.of(extract_features(as_floats(row), features) for row in waveforms)
    elif options.normalize == "speaker":
        normalization = _of_any_speaker(train.speakers, waveforms, features)
    words = single_words(train.transcripts)
    return SpeechProcessor(
        features=features,
        tokenizer=train_alphabet(train.transcripts, options),
        statistics=options.normalize,
        normalization=normalization,
        lowercase=options.lowercase,
        words=words,
        one_word=bool(words) and options.concatenate == 1,
    )


def _of_any_speaker(speakers: Sequence[str], waveforms: SequenceArray, options: FeatureOptions) -> Normalization:
    """Return the average of the normalizations of speakers."""
    if not speakers:
        raise OptionError("--normalize speaker needs to know who speaks: name the column with --speaker-field")
    rows = {name: [row for row, speaker in enumerate(speakers) if speaker == name] for name in sorted(set(speakers))}
    return Normalization.average(
        [Normalization.of(extract_features(as_floats(waveforms[row]), options) for row in of) for of in rows.values()]
    )


def build_recognizer(processor: SpeechProcessor, token_frames: float, options: SpeechOptions) -> AnyRecognizer:
    """Return an untrained recognizer.

    Args:
        processor: features and alphabet.
        token_frames: frames of the training clips for each token, after subsampling.
        options: of the recipe.
    """
    size = processor.features.size
    subsampling = None
    if options.channels:
        subsampling = ConvSubsampling(size, options.channels, strides=(options.subsampling, 1))
    encoder = RecurrentEncoder(
        subsampling.output_size if subsampling else size,
        options.hidden_size,
        cell=options.cell,
        num_layers=options.num_layers,
        bidirectional=options.bidirectional,
        dropout=options.dropout,
    )
    if options.decoder == "attention":
        return Seq2SeqRecognizer(_with_attention(encoder, subsampling, processor, options), processor)
    return Recognizer(_with_ctc(encoder, subsampling, processor, token_frames, options), processor)


def _with_ctc(
    encoder: RecurrentEncoder,
    subsampling: ConvSubsampling | None,
    processor: SpeechProcessor,
    token_frames: float,
    options: SpeechOptions,
) -> SpeechRecognizer:
    """Return a network with CTC, whose blank is as likely as in the training clips.

    Without that a network learns for its first hundred updates that most frames are blanks.
    """
    head = OutputHead(encoder.output_size, processor.tokenizer.vocab_size, dropout=options.dropout)
    odds = max(1.0, token_frames - 1.0) * (head.output_size - 1)  # of the blank to each token
    output_layer = head.layers[-1]
    assert isinstance(output_layer, torch.nn.Linear)
    with torch.no_grad():
        output_layer.bias[processor.blank] = math.log(odds)
    return SpeechRecognizer(encoder=encoder, head=head, subsampling=subsampling, blank=processor.blank)


def _with_attention(
    encoder: RecurrentEncoder, subsampling: ConvSubsampling | None, processor: SpeechProcessor, options: SpeechOptions
) -> SpeechSeq2Seq:
    """Return a network with one layer that decodes, of the same size and cell as the encoder's."""
    size, tokenizer = options.hidden_size, processor.tokenizer
    attention = AdditiveAttention(size, encoder.output_size)
    decoder = AttentionDecoder(size, size, size, attention=attention, cell=options.cell, dropout=options.dropout)
    return SpeechSeq2Seq(
        encoder=encoder,
        bridge=Bridge(encoder.output_size, size, cell=options.cell),
        embedding=Embedding(tokenizer.vocab_size, size, padding_id=tokenizer.pad_id, unknown_id=tokenizer.unk_id),
        decoder=decoder,
        head=OutputHead(size, tokenizer.vocab_size),
        subsampling=subsampling,
        bos_id=tokenizer.bos_id,
        eos_id=tokenizer.eos_id,
    )


def loss_of(recognizer: AnyRecognizer) -> ComputeLoss:
    """Return the loss that a recognizer is trained with, on a `TranscribedBatch`."""
    return ctc_loss if isinstance(recognizer, Recognizer) else attention_transcript_loss


def outputs_per_token(processor: SpeechProcessor, transcripts: Sequence[str], waveforms: SequenceArray) -> float:
    """Return the frames of clips for each token of their transcripts."""
    tokens = sum(map(len, processor.tokenizer.encode_batch(list(transcripts))))
    return len(waveforms.values) / processor.features.hop_length / max(1, tokens)


def single_words(transcripts: Sequence[str]) -> tuple[str, ...]:
    """Return the words of clips that have one each, of a list that is short beside the clips; () of other clips."""
    words = sorted({text for text in transcripts if text})
    is_list = _CLIPS_A_WORD * len(words) <= len(transcripts) and not any(" " in word for word in words)
    return tuple(words) if is_list else ()
