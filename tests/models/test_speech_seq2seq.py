"""Recognizer with an attention decoder: independent of padding, and step by step as in one pass."""

from __future__ import annotations

import pytest
import torch

from nlprnn.batching import TranscribedBatch
from nlprnn.models import SpeechSeq2Seq
from nlprnn.modules import (
    AdditiveAttention,
    AttentionDecoder,
    Bridge,
    ConvSubsampling,
    Embedding,
    OutputHead,
    RecurrentEncoder,
)
from nlprnn.training.losses import attention_transcript_loss

BOS, EOS = 2, 3


def recognizer(*, head_size=5, bos_id=BOS):
    subsampling = ConvSubsampling(7, 3)
    encoder = RecurrentEncoder(subsampling.output_size, 4, bidirectional=True)
    model = SpeechSeq2Seq(
        encoder=encoder,
        bridge=Bridge(8, 5),
        embedding=Embedding(9, 6),
        decoder=AttentionDecoder(6, 5, 5, attention=AdditiveAttention(5, 8)),
        head=OutputHead(head_size, 9),
        subsampling=subsampling,
        bos_id=bos_id,
        eos_id=EOS,
    )
    return model.eval()


def clips(lengths):
    mask = torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]
    return torch.randn(len(lengths), max(lengths), 7).masked_fill(~mask.unsqueeze(2), torch.nan), mask


def transcripts():
    targets = torch.tensor([[4, 5, 8], [7, 0, 0], [0, 0, 0]])
    return targets, targets > 0


def test_padding_changes_nothing():
    model, (features, mask), (targets, target_mask) = recognizer(), clips([12, 5, 9]), transcripts()
    together = attention_transcript_loss(model, TranscribedBatch(features, mask, targets, target_mask), None).loss
    alone = []
    for row, (frames, tokens) in enumerate([(12, 3), (5, 1), (9, 0)]):
        clip = TranscribedBatch(
            features[row : row + 1, :frames],
            mask[row : row + 1, :frames],
            targets[row : row + 1, :tokens],
            target_mask[row : row + 1, :tokens],
        )
        alone.append(attention_transcript_loss(model, clip, None).loss)
    assert torch.allclose(together, torch.stack(alone).mean(), atol=1e-5)


def test_steps_equal_one_pass():
    model, (features, mask), (targets, target_mask) = recognizer(), clips([12, 5, 9]), transcripts()
    inputs = torch.cat([torch.full((3, 1), BOS), targets], dim=1)
    real = torch.cat([torch.ones(3, 1, dtype=torch.bool), target_mask], dim=1)
    logits = model(features, mask, inputs, real)
    state, steps = model.encode(features, mask), []
    for tokens in inputs.unbind(1):
        log_probs, state = model.step(tokens, state)
        steps.append(log_probs)
    assert torch.allclose(torch.stack(steps, dim=1)[real], logits.log_softmax(dim=1), atol=1e-5)


def test_saved_model_gives_the_same_scores(tmp_path):
    model, (features, mask), (targets, target_mask) = recognizer(), clips([6, 5, 3]), transcripts()
    model.save_pretrained(tmp_path)
    loaded = SpeechSeq2Seq.from_pretrained(tmp_path)
    batch = TranscribedBatch(features, mask, targets, target_mask)
    losses = [attention_transcript_loss(one, batch, None).loss for one in (loaded, model)]
    assert torch.equal(*losses)
    assert (loaded.vocab_size, loaded.input_size, loaded.frames_per_output) == (9, 7, 2)


def test_modules_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="the decoder gives vectors of 5, the head takes 4"):
        recognizer(head_size=4)
    with pytest.raises(ValueError, match="begin 9 and end 3"):
        recognizer(bos_id=9)
