from __future__ import annotations

import pytest

from nlprnn.modules import AttentionDecoder, Bridge, GeneralAttention, RecurrentEncoder
from nlprnn.modules.sizes import MOST_LAYERS

STACKS = {
    "encoder": lambda layers: RecurrentEncoder(2, 2, num_layers=layers),
    "bridge": lambda layers: Bridge(2, 2, num_layers=layers),
    "decoder": lambda layers: AttentionDecoder(2, 2, 2, attention=GeneralAttention(2, 2), num_layers=layers),
}


@pytest.mark.parametrize("layers", [0, MOST_LAYERS + 1, 10**6, 10**30])
@pytest.mark.parametrize("stack", STACKS)
def test_number_of_layers_is_bounded(stack, layers):
    with pytest.raises(ValueError, match=f"num_layers.* {layers}$"):
        STACKS[stack](layers)
