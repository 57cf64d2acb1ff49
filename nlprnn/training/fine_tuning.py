"""How a pretrained model is tuned without forgetting: its early layers learn later, and slower (ULMFiT)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import nn

LAYER_DECAY = 2.6
"""How much slower each part learns than the one above it (Howard & Ruder 2018)."""


def discriminative_groups(
    parts: Sequence[nn.Module | Sequence[nn.Module]], learning_rate: float, *, unfreeze: float = 0.0
) -> list[dict[str, Any]]:
    """Make an optimizer's groups: discriminative rates and gradual unfreezing (Howard & Ruder 2018, "ULMFiT").

    Args:
        parts: of the model, from the head down to the embedding; the modules of one learn alike.
        learning_rate: of the first part; each next one has it divided by `LAYER_DECAY`.
        unfreeze: each part begins to learn by so much of the training after the one above it; 0 = all at once. The
            `Trainer` keeps a group's rate at zero until its `begins`.

    Returns:
        what `torch.optim` takes: `params`, `lr` and `begins`, progress in 0 to 1, of each group.

    Raises:
        ValueError: the last part would never learn.
    """
    if not 0.0 <= unfreeze * (len(parts) - 1) < 1.0:
        raise ValueError(f"with unfreeze {unfreeze} the last of {len(parts)} parts never learns: make it smaller")
    groups = []
    for depth, part in enumerate(parts):
        modules = [part] if isinstance(part, nn.Module) else part
        parameters = [parameter for module in modules for parameter in module.parameters() if parameter.requires_grad]
        groups.append({"params": parameters, "lr": learning_rate / LAYER_DECAY**depth, "begins": depth * unfreeze})
    return groups
