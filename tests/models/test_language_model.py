from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from nlprnn.models import LanguageModel
from nlprnn.modules import Embedding, RecurrentEncoder

CELLS = ["lstm", "gru", "rnn", "mingru", "minlstm"]


def score(model, *arguments, **options):
    """What the output layer makes of a reading."""
    return model.logits(model(*arguments, **options).vectors)


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("cell", CELLS)
def test_steps_equal_one_pass(make_language_model, cell, tied):
    model = make_language_model(cell=cell, tied=tied, num_layers=2).double()
    ids = torch.randint(0, 9, (2, 6))
    logits, final = score(model, ids), model(ids).state
    state = model.initial_state(2)
    assert state.hidden.dtype == torch.double
    for t in range(6):
        scores, state = model.step(ids[:, t], state)
        torch.testing.assert_close(scores, logits[:, t].log_softmax(dim=1), rtol=0, atol=1e-10)
    torch.testing.assert_close(state.hidden, final.hidden, rtol=0, atol=1e-10)
    again = score(model, ids[:, 4:], state=model(ids[:, :4]).state)
    torch.testing.assert_close(again, logits[:, 4:], rtol=0, atol=1e-10)


@pytest.mark.parametrize("cell", CELLS)
def test_batch_and_padding_invariance(make_language_model, batch, cell):
    model = make_language_model(cell=cell).double()
    ids, mask = batch
    logits, state = score(model, ids, mask), model(ids, mask).state
    single, single_state = score(model, ids[2:, :2]), model(ids[2:, :2]).state
    torch.testing.assert_close(logits[2:, :2], single, rtol=0, atol=1e-10)
    torch.testing.assert_close(state.hidden[2:], single_state.hidden, rtol=0, atol=1e-10)
    assert not state.hidden[1].any()


def test_model_is_causal(make_language_model):
    model = make_language_model(num_layers=2).double()
    ids = torch.randint(0, 9, (1, 6))
    other = ids.clone()
    other[0, 3:] = (other[0, 3:] + 1) % 9
    torch.testing.assert_close(score(model, ids)[:, :3], score(model, other)[:, :3], rtol=0, atol=0)
    assert not torch.equal(score(model, ids)[:, 3:], score(model, other)[:, 3:])


@pytest.mark.parametrize("hidden_size", [3, 5], ids=["as-wide", "projected"])
def test_tied_weight_is_one_parameter(make_language_model, hidden_size):
    model = make_language_model(hidden_size=hidden_size).double()
    names = [name for name, parameter in model.named_parameters() if 9 in parameter.shape]
    assert names == ["output_bias", "embedding.weight"]
    assert not any("output_weight" in name for name in model.state_dict())

    ids, targets = torch.randint(1, 9, (2, 4)), torch.randint(1, 9, (2, 4))
    functional.cross_entropy(score(model, ids).flatten(0, 1), targets.flatten()).backward()

    free = make_language_model(hidden_size=hidden_size, tied=False).double()
    weights = model.state_dict()
    if hidden_size != 3:  # let the free model's wider output layer do what projection and table do together
        weight = weights["embedding.weight"] @ weights.pop("projection.weight") * hidden_size**0.5 / 3**0.5
        shift = weights["embedding.weight"] @ weights.pop("projection.bias") / 3**0.5
        weights["output_bias"] = weights["output_bias"] + shift
    else:
        weight = weights["embedding.weight"]
    free.load_state_dict({**weights, "output_weight": weight})
    loss = functional.cross_entropy(score(free, ids).flatten(0, 1), targets.flatten())
    loss.backward()
    torch.testing.assert_close(score(free, ids), score(model, ids), rtol=0, atol=1e-10)
    if hidden_size == 3:
        both = free.embedding.weight.grad + free.output_weight.grad
        torch.testing.assert_close(model.embedding.weight.grad, both, rtol=0, atol=1e-10)
    assert not torch.allclose(model.embedding.weight.grad, free.embedding.weight.grad)


def test_output_dropout_is_locked(make_language_model):
    model = make_language_model(output_dropout=0.5)
    ids = torch.full((2, 4), 3)
    assert torch.equal(score(model, ids), score(model, ids))
    model.train()
    assert not torch.equal(score(model, ids), score(model, ids))


def test_bidirectional_encoder_is_refused():
    with pytest.raises(ValueError, match="bidirectional=False"):
        LanguageModel(embedding=Embedding(9, 3), encoder=RecurrentEncoder(3, 4, bidirectional=True))


@pytest.mark.parametrize("size", [2, 5])
def test_mismatched_sizes_are_refused(size):
    with pytest.raises(ValueError, match=rf"of {size}.*takes 3"):
        LanguageModel(embedding=Embedding(9, size), encoder=RecurrentEncoder(3, 4))


def test_unknown_text_start_is_refused():
    with pytest.raises(ValueError, match="choose bos or line_end"):
        LanguageModel(embedding=Embedding(9, 3), encoder=RecurrentEncoder(3, 4), text_start="newline")


def test_tied_output_layer_needs_all_vectors():
    embedding, encoder = Embedding(9, 1, num_trained=4, pretrained_dim=2), RecurrentEncoder(3, 5)
    with pytest.raises(ValueError, match="of each of 9 tokens, the embedding has 4"):
        LanguageModel(embedding=embedding, encoder=encoder)
    LanguageModel(embedding=embedding, encoder=encoder, tied=False)


def test_initial_model_scores_near_chance():
    """Logits of random weights have about unit scale, so an initial model scores at about the entropy of chance."""
    model = LanguageModel(embedding=Embedding(200, 64), encoder=RecurrentEncoder(64, 64)).eval()
    ids = torch.randint(1, 200, (8, 50))
    loss = functional.cross_entropy(score(model, ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten())
    assert loss.item() == pytest.approx(torch.tensor(200.0).log().item(), abs=0.4)
