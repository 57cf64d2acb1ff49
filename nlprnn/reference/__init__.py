"""Recurrent networks in NumPy with their derivatives written out: the textbook, and the proof of the modules.

Float64, one layer, one direction, and nothing that the equations do not need. Read `cells` (one time step), `layer`
(back-propagation through time), `networks` (outputs), `losses`, `optimizers`, and `gradient_check`. The tests compare
every gradient with central differences and with PyTorch's automatic ones.
"""

from nlprnn.reference.activations import Activation, Array, activation, sigmoid, softmax
from nlprnn.reference.cells import CELLS, GRU, LSTM, Cell, SimpleRNN, State, Weights
from nlprnn.reference.gradient_check import central_differences, relative_error
from nlprnn.reference.layer import LayerGradients, LayerRun, Mask, run_backward, run_forward
from nlprnn.reference.losses import cross_entropy, squared_error
from nlprnn.reference.networks import WEIGHT_NAMES, EncoderDecoder, ManyToOne, Network, NetworkRun
from nlprnn.reference.optimizers import Adam, GradientDescent, clip_by_norm, clip_by_value, global_norm

__all__ = [
    "CELLS",
    "GRU",
    "LSTM",
    "WEIGHT_NAMES",
    "Activation",
    "Adam",
    "Array",
    "Cell",
    "EncoderDecoder",
    "GradientDescent",
    "LayerGradients",
    "LayerRun",
    "ManyToOne",
    "Mask",
    "Network",
    "NetworkRun",
    "SimpleRNN",
    "State",
    "Weights",
    "activation",
    "central_differences",
    "clip_by_norm",
    "clip_by_value",
    "cross_entropy",
    "global_norm",
    "relative_error",
    "run_backward",
    "run_forward",
    "sigmoid",
    "softmax",
    "squared_error",
]
