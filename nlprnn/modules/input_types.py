"""Types of what a recurrent module reads: padded batches with a mask, and states that are batch first.

PyTorch's recurrent modules take other types: a `PackedSequence`, and a state as a tensor or a tuple of tensors with the
layers first. With equal sizes the latter would be read wrongly without an error, so the type decides.
"""

from __future__ import annotations

from torch import Tensor
from torch.nn.utils.rnn import PackedSequence


def check_padded_batch(x: object, mask: object = None) -> None:
    """Check that an input is a tensor, and the mask a tensor or None.

    Raises:
        TypeError: one is not; the message has the conversion.
    """
    if isinstance(x, PackedSequence):
        raise TypeError(
            "the input is a PackedSequence, needed is a padded batch with its mask: take x, lengths = "
            "pad_packed_sequence(packed, batch_first=True) and mask = torch.arange(x.size(1)) < lengths[:, None]"
        )
    if not isinstance(x, Tensor):
        raise TypeError(f"the input is a {type(x).__name__}, needed is a torch.Tensor")
    if mask is not None and not isinstance(mask, Tensor):
        raise TypeError(
            f"the mask is a {type(mask).__name__}, needed is a torch.Tensor of bool, or None; a state, such as a "
            "RecurrentState, comes after the mask"
        )


def check_state_type(state: object, needed: type) -> None:
    """Check that a state is of the class that a module takes, `RecurrentState` or `DecoderState`.

    Raises:
        TypeError: it is of another; the message has the conversion.
    """
    if isinstance(state, needed):
        return
    source = "decoder.initial_state(encoded, mask, recurrent) gives it"
    if needed.__name__ == "RecurrentState":
        source = (
            "RecurrentState(hidden, cell) holds tensors with the batch first, and RecurrentState.from_torch(state) "
            "converts what nn.LSTM, nn.GRU and nn.RNN take, with the layers first"
        )
    raise TypeError(f"the state is a {type(state).__name__}, needed is a {needed.__name__}: {source}")
