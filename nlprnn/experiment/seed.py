"""Seeding of every random generator of a run."""

from __future__ import annotations

import random


def set_seed(seed: int, threads: int | None = None) -> None:
    """Seed Python, NumPy and torch, and set the number of CPU threads where one is given."""
    import numpy as np
    import torch

    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    if threads is not None:
        torch.set_num_threads(threads)
