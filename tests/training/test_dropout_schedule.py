from __future__ import annotations

import pytest
import torch
from torch import nn

from nlprnn.models import LanguageModel, Seq2Seq
from nlprnn.modules import (
    AttentionDecoder,
    Bridge,
    CharacterEmbedding,
    Embedding,
    GeneralAttention,
    OutputHead,
    RecurrentEncoder,
)
from nlprnn.training import linear_after
from nlprnn.training.dropout_schedule import DropoutSchedule


class Everything(nn.Module):
    """Each kind of dropout of a text model."""

    def __init__(self):
        super().__init__()
        rates = {"word_dropout": 0.5, "dropout": 0.5, "locked_dropout": 0.5, "row_dropout": 0.5}
        self.embedding = Embedding(9, 8, **rates)
        self.encoder = RecurrentEncoder(8, 8, num_layers=2, dropout=0.5, locked_dropout=0.5, weight_dropout=0.5)
        self.head = OutputHead(8, 3, hidden_size=8, dropout=0.5)

    def forward(self, ids):
        return self.head(self.encoder(self.embedding(ids))[0][:, -1])


@pytest.fixture
def model():
    torch.manual_seed(0)
    return Everything().train()


IDS = torch.arange(2, 9).view(1, 7)


def probabilities(model):
    return {name: vars(module).copy() for name, module in model.named_modules()}


@pytest.mark.parametrize("factor", [0.0, 0.3, 1.0])
def test_probabilities_are_scaled_and_restored(model, factor):
    before = str(model), probabilities(model)

    def interrupted():
        with DropoutSchedule(model) as schedule:
            for value in (0.7, factor):  # of the full probability each time
                schedule.scale(value)
            assert model.encoder.weight_dropout == model.embedding.word_dropout == 0.5 * factor
            assert model.encoder._locked.probability == model.head.layers[0].p == 0.5 * factor
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert (str(model), probabilities(model)) == before


class Odd(nn.Module):
    """A user's module, with names that must not matter."""

    dropout_probabilities = ("rate",)

    def __init__(self):
        super().__init__()
        self.rate = 0.4
        self.dropout = 0.8  # not a probability that the module names
        self.layers = nn.ModuleList([nn.Dropout(0.2), nn.Dropout2d(0.2), nn.LSTM(2, 2, 2, dropout=0.2)])


def test_user_modules_and_pytorch_layers_are_scaled():
    model = Odd()
    with DropoutSchedule(model) as schedule:
        schedule.scale(0.5)
        assert (model.rate, model.dropout) == (0.2, 0.8)
        assert [layer.p for layer in model.layers[:2]] == [0.1, 0.1]
        assert model.layers[2].dropout == 0.1


def translator():
    decoder = AttentionDecoder(4, 4, 4, attention=GeneralAttention(4, 4), num_layers=2, dropout=0.5, weight_dropout=0.5)
    model = Seq2Seq(
        source_embedding=Embedding(9, 4),
        target_embedding=Embedding(9, 4),
        encoder=RecurrentEncoder(4, 4),
        bridge=Bridge(4, 4, num_layers=2),
        decoder=decoder,
    )
    mask = torch.ones(1, 7).bool()
    return model, (IDS, mask, IDS, mask)


MODELS = {
    "classifier": lambda: (Everything(), (IDS,)),
    "characters": lambda: (CharacterEmbedding(9, 4, 4, dropout=0.5, character_dropout=0.5), (IDS,)),
    "language model": lambda: (
        LanguageModel(embedding=Embedding(9, 4), encoder=RecurrentEncoder(4, 4), output_dropout=0.5),
        (IDS,),
    ),
    "translator": translator,
}


@pytest.mark.parametrize("kind", MODELS)
def test_factor_0_equals_evaluation(kind):
    """Every probability of the package is scaled: at 0 no random number is drawn any more."""
    torch.manual_seed(0)
    model, inputs = MODELS[kind]()

    def run():
        output = model(*inputs)
        return output if isinstance(output, torch.Tensor) else output[0]

    with DropoutSchedule(model.train()) as schedule:
        assert not torch.equal(run(), run())
        schedule.scale(0.0)
        before = torch.get_rng_state()
        without = run()
        assert torch.equal(torch.get_rng_state(), before)
        torch.testing.assert_close(without, model.eval() and run())


def test_trainer_scales_dropout_by_its_schedule(tmp_path, tiny):
    seen = []
    schedule = linear_after(0.2)

    def watch(model, batch, state):
        seen.append(model.embedding.dropout)
        return loss(model, batch, state)

    trainer = tiny.classifier_trainer(tmp_path, epochs=2, dropout=schedule)
    loss, trainer.compute_loss = trainer.compute_loss, watch
    trainer.fit()
    assert seen == pytest.approx([0.1 * schedule(step / 16) for step in range(1, 17)])
    assert trainer.model.embedding.dropout == 0.1
