"""`torch.export` of modules and models: the checks of masks that depend on data are out of the way."""

from __future__ import annotations

import pytest
import torch

from nlprnn.modules import RecurrentEncoder
from nlprnn.modules.cpu import fast_paths


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_exported_encoder_equals_the_module(cell, batch):
    _, mask = batch
    encoder, x = RecurrentEncoder(3, 4, cell=cell, bidirectional=True).eval(), torch.randn(3, 5, 3)
    with torch.no_grad():
        program = torch.export.export(encoder, (x, mask))
        other = torch.arange(5) < torch.tensor([2, 5, 1])[:, None]  # another padding than the traced one
        for rows in (mask, other):
            torch.testing.assert_close(program.module()(x, rows)[0], encoder(x, rows)[0])


def test_exported_classifier_equals_the_model(make_text_classifier, batch):
    model, (ids, mask) = make_text_classifier(), batch
    with torch.no_grad(), fast_paths(False):
        program = torch.export.export(model, (ids, mask))
        full = torch.ones_like(mask)
        for rows in (mask, full):
            torch.testing.assert_close(program.module()(ids, rows), model(ids, rows))
