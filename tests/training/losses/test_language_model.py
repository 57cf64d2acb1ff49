from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from nlprnn.batching import StreamBatch
from nlprnn.models import LanguageModel
from nlprnn.modules import Embedding, LockedDropout, RecurrentEncoder
from nlprnn.training.losses import language_model_loss


@pytest.fixture(params=["lstm", "gru"])
def language_model(request):
    torch.manual_seed(0)
    return LanguageModel(embedding=Embedding(7, 4), encoder=RecurrentEncoder(4, 4, cell=request.param))


IDS = torch.randint(0, 7, (2, 13), generator=torch.Generator().manual_seed(0))


def window(begin, end):
    return StreamBatch(IDS[:, begin:end], IDS[:, begin + 1 : end + 1])


def test_windows_with_carried_state_equal_the_whole_text(language_model):
    whole = language_model_loss()(language_model, window(0, 12), None)
    losses, state = [], None
    for begin in (0, 4, 8):
        output = language_model_loss()(language_model, window(begin, begin + 4), state)
        losses.append(output.loss)
        state = output.state
    torch.testing.assert_close(torch.stack(losses).mean(), whole.loss)
    torch.testing.assert_close(state, whole.state)
    logits = language_model.logits(language_model(IDS[:, :12]).vectors)
    picked = logits.log_softmax(dim=2).gather(2, IDS[:, 1:, None])
    torch.testing.assert_close(whole.loss, -picked.mean())
    assert whole.tokens == 24


def test_carried_state_is_a_detached_tuple(language_model):
    state = language_model_loss()(language_model, window(0, 4), None).state
    assert type(state) is tuple  # as a checkpoint holds it
    assert not any(part.requires_grad for part in state if part is not None)
    language_model_loss()(language_model, window(4, 8), state).loss.backward()  # would need the first graph


def test_carried_state_changes_the_loss(language_model):
    state = language_model_loss()(language_model, window(0, 4), None).state
    carried = language_model_loss()(language_model, window(4, 8), state).loss
    assert not torch.equal(language_model_loss()(language_model, window(4, 8), None).loss, carried)


def test_label_smoothing_matches_torch(language_model):
    logits = language_model.logits(language_model(IDS[:, :12]).vectors)
    expected = functional.cross_entropy(logits.flatten(0, 1), IDS[:, 1:].flatten(), label_smoothing=0.2)
    torch.testing.assert_close(
        language_model_loss(label_smoothing=0.2)(language_model, window(0, 12), None).loss, expected
    )


def test_activation_regularization_is_a_mean_square(language_model):
    """AR of the outputs after dropout, TAR of the difference between successive outputs before it."""
    language_model._dropout = LockedDropout(0.5)

    def loss(**weights):
        torch.manual_seed(1)
        return language_model_loss(**weights)(language_model, window(0, 12), None).loss

    torch.manual_seed(1)
    output = language_model(IDS[:, :12])
    size = (output.dropped**2).sum() / output.dropped.numel()
    change = ((output.outputs[:, 1:] - output.outputs[:, :-1]) ** 2).sum() / output.outputs[:, 1:].numel()
    torch.testing.assert_close(loss(ar_alpha=2.0), loss() + 2 * size)
    torch.testing.assert_close(loss(tar_beta=3.0), loss() + 3 * change)
    weights = list(language_model.encoder.parameters())
    for penalty in ("ar_alpha", "tar_beta"):
        plain, penalized = (torch.autograd.grad(loss(**{penalty: w}), weights) for w in (0.0, 1.0))
        assert not any(torch.allclose(a, b) for a, b in zip(plain, penalized, strict=True))


def test_window_of_one_token_has_no_temporal_regularization(language_model):
    plain, penalized = (language_model_loss(tar_beta=w)(language_model, window(0, 1), None).loss for w in (0.0, 1.0))
    assert torch.equal(plain, penalized)
