"""Dropout that grows weaker."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from nlprnn.modules import Embedding, OutputHead, RecurrentEncoder
from nlprnn.training.dropout_schedule import annealed_dropout
from nlprnn.training.schedules import linear_after


class Everything(nn.Module):
    """Each kind of dropout that there is."""

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


def test_without_what_is_left_the_model_reads_as_in_evaluation(model):
    with annealed_dropout(model) as scale:
        assert not torch.equal(model(IDS), model(IDS))
        scale(0.0)
        torch.testing.assert_close(model(IDS), model.eval()(IDS))


@pytest.mark.parametrize("factor", [0.0, 0.3, 1.0])
def test_every_probability_is_scaled_and_comes_back(model, factor):
    before = str(model), {name: vars(module).copy() for name, module in model.named_modules()}

    def interrupted():
        with annealed_dropout(model) as scale:
            for tried in (0.7, factor):  # of the full one each time
                scale(tried)
            assert model.encoder.weight_dropout == model.embedding.word_dropout == 0.5 * factor
            assert model.encoder._locked.probability == model.head.layers[0].p == 0.5 * factor
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert (str(model), {name: vars(module) for name, module in model.named_modules()}) == before


def test_dropout_is_scaled_as_the_training_goes_on(tmp_path, tiny):
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
