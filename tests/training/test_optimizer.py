from __future__ import annotations

from torch import nn

from nlprnn.training import adamw, discriminative_groups


def test_adamw_is_fused_and_keeps_the_rates_of_groups():
    layers = [nn.Linear(2, 2), nn.Linear(2, 2)]
    optimizer = adamw(discriminative_groups(layers, 0.26), 1.0, weight_decay=0.1)
    assert [round(group["lr"], 9) for group in optimizer.param_groups] == [0.26, 0.1]
    assert all(group["fused"] and group["weight_decay"] == 0.1 for group in optimizer.param_groups)
    assert adamw(layers[0].parameters(), 0.5).param_groups[0]["lr"] == 0.5
