"""Fine-tuning of a pretrained model without forgetting: discriminative rates and gradual unfreezing (ULMFiT)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import nn

LAYER_DECAY = 2.6
"""Factor by which each layer's learning rate is below that of the layer above (Howard & Ruder 2018)."""


def discriminative_groups(
    layers: Sequence[nn.Module | Sequence[nn.Module]], learning_rate: float, *, unfreeze: float = 0.0
) -> list[dict[str, Any]]:
    """Return parameter groups with discriminative rates and gradual unfreezing (Howard & Ruder 2018, "ULMFiT").

    Args:
        layers: of the model, from the head down to the embedding; the modules of one entry share a group.
        learning_rate: of the first layer; each next one has it divided by `LAYER_DECAY`.
        unfreeze: fraction of the training between the unfreezing of a layer and of the next one; 0 = all train from
            the start. The `Trainer` keeps a group's rate at zero until its `start_progress`.

    Returns:
        groups for a `torch.optim` optimizer: `params`, `lr` and `start_progress` (0 to 1) of each.

    Raises:
        ValueError: the last layer would never be unfrozen.
    """
    if not 0.0 <= unfreeze * (len(layers) - 1) < 1.0:
        raise ValueError(f"with unfreeze {unfreeze} the last of {len(layers)} layers never trains: make it smaller")
    groups = []
    for depth, layer in enumerate(layers):
        modules = [layer] if isinstance(layer, nn.Module) else layer
        parameters = [parameter for module in modules for parameter in module.parameters() if parameter.requires_grad]
        rate, start = learning_rate / LAYER_DECAY**depth, depth * unfreeze
        groups.append({"params": parameters, "lr": rate, "start_progress": start})
    return groups
