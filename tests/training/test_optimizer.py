from __future__ import annotations

import subprocess
import sys

import torch
from torch import nn

from nlprnn.training import adamw, discriminative_groups

COMPILER_LEFT_ALONE = """
import sys
from torch import nn
from nlprnn.training import adamw
layer = nn.Linear(2, 2)
optimizer = adamw(layer.parameters(), 0.1)
layer.weight.sum().backward()
optimizer.step()
optimizer.zero_grad()
optimizer.load_state_dict(optimizer.state_dict())
sys.exit("torch._dynamo" in sys.modules)
"""


def test_adamw_is_fused_and_keeps_the_rates_of_groups():
    layers = [nn.Linear(2, 2), nn.Linear(2, 2)]
    optimizer = adamw(discriminative_groups(layers, 0.26), 1.0, weight_decay=0.1)
    assert [round(group["lr"], 9) for group in optimizer.param_groups] == [0.26, 0.1]
    assert all(group["fused"] and group["weight_decay"] == 0.1 for group in optimizer.param_groups)
    assert adamw(layers[0].parameters(), 0.5).param_groups[0]["lr"] == 0.5


def test_a_step_is_that_of_pytorch():
    ours, theirs = nn.Linear(3, 2), nn.Linear(3, 2)
    theirs.load_state_dict(ours.state_dict())
    optimizers = [
        adamw(ours.parameters(), 0.1),
        torch.optim.AdamW(theirs.parameters(), lr=0.1, weight_decay=0.01, fused=True),
    ]
    for inputs in torch.randn(4, 5, 3):
        for layer, optimizer in zip((ours, theirs), optimizers, strict=True):
            optimizer.zero_grad()
            layer(inputs).square().sum().backward()
            optimizer.step()
    assert torch.equal(ours.weight, theirs.weight)
    assert torch.equal(ours.bias, theirs.bias)


def test_training_does_not_import_the_compiler_of_pytorch():
    subprocess.run([sys.executable, "-c", COMPILER_LEFT_ALONE], check=True)
