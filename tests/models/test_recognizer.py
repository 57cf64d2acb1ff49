"""Speech recognizer: independent of padding, and chunk by chunk as in one piece."""

from __future__ import annotations

import pytest
import torch

from nlprnn.models import SpeechRecognizer
from nlprnn.modules import ConvSubsampling, OutputHead, RecurrentEncoder


def recognizer(*, strides=(2, 1), bidirectional=True, cell="lstm"):
    subsampling = ConvSubsampling(7, 3, strides=strides) if strides else None
    size = subsampling.output_size if subsampling else 7
    encoder = RecurrentEncoder(size, 4, cell=cell, num_layers=2, bidirectional=bidirectional)
    model = SpeechRecognizer(encoder=encoder, head=OutputHead(encoder.output_size, 5), subsampling=subsampling)
    return model.eval()


def padded(lengths, size=7):
    mask = torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]
    features = torch.randn(len(lengths), max(lengths), size)
    return features.masked_fill(~mask.unsqueeze(2), torch.nan), mask


@pytest.mark.parametrize("strides", [None, (1,), (2, 1), (3, 2)])
@pytest.mark.parametrize("cell", ["lstm", "mingru"])
def test_padding_changes_nothing(strides, cell):
    model, lengths = recognizer(strides=strides, cell=cell), [13, 1, 8, 12]
    features, mask = padded(lengths)
    log_probs, real = model(features, mask)
    assert torch.allclose(log_probs[real].exp().sum(dim=1), torch.ones(int(real.sum())))
    for row, length in enumerate(lengths):
        alone, _ = model(features[row : row + 1, :length], mask[row : row + 1, :length])
        assert alone.size(1) == real[row].sum() == -(-length // model.frames_per_output)
        assert torch.allclose(log_probs[row, : alone.size(1)], alone[0], atol=1e-5)


@pytest.mark.parametrize("strides", [None, (1,), (2, 1), (3, 2)])
@pytest.mark.parametrize("cell", ["lstm", "gru", "mingru"])
def test_chunks_equal_the_whole(strides, cell):
    model = recognizer(strides=strides, bidirectional=False, cell=cell)
    features = torch.randn(2, 17, 7)
    whole, _ = model(features, torch.ones(2, 17, dtype=torch.bool))
    state, chunks = model.initial_state(features), []
    for chunk in features.split([3, 1, 0, 6, 7], dim=1):
        log_probs, state = model.step(chunk, state)
        chunks.append(log_probs)
    log_probs, _ = model.step(features[:, :0], state, last=True)
    streamed = torch.cat([*chunks, log_probs], dim=1)
    assert streamed.shape == whole.shape
    assert torch.allclose(streamed, whole, atol=1e-5)


def test_bidirectional_recognizer_refuses_a_stream():
    model = recognizer()
    with pytest.raises(ValueError, match="--no-bidirectional"):
        model.step(torch.zeros(1, 3, 7), model.initial_state(torch.zeros(1, 0)))


def test_saved_recognizer_gives_the_same_scores(tmp_path):
    model = recognizer()
    model.save_pretrained(tmp_path)
    features, mask = padded([9, 5])
    assert torch.equal(SpeechRecognizer.from_pretrained(tmp_path)(features, mask)[0], model(features, mask)[0])


def test_modules_that_do_not_fit_are_refused():
    encoder = RecurrentEncoder(8, 4)
    with pytest.raises(ValueError, match="subsampling gives vectors"):
        SpeechRecognizer(encoder=encoder, head=OutputHead(4, 5), subsampling=ConvSubsampling(7, 3))
    with pytest.raises(ValueError, match="the head takes 5"):
        SpeechRecognizer(encoder=encoder, head=OutputHead(5, 5))
    with pytest.raises(ValueError, match="the blank is 5"):
        SpeechRecognizer(encoder=encoder, head=OutputHead(4, 5), blank=5)
    with pytest.raises(ValueError, match="strides"):
        ConvSubsampling(7, 3, strides=(4,))
