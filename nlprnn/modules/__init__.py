"""Modules: each an `nn.Module` that knows its sizes, and nothing of models, data or training.

Shapes, here and everywhere: B batch, T time, S source length, E embedding size, H hidden size, D directions, L layers,
V vocabulary, N rows of a step. The mask is bool, True = real token.
"""

from nlprnn.modules.attention import (
    AdditiveAttention,
    Attention,
    DotAttention,
    GeneralAttention,
    Memory,
    MultiHeadAttention,
)
from nlprnn.modules.bridge import Bridge
from nlprnn.modules.character_embedding import CharacterEmbedding
from nlprnn.modules.conv_subsampling import ConvSubsampling
from nlprnn.modules.crf import LinearChainCRF
from nlprnn.modules.decoder import AttentionDecoder, DecoderState
from nlprnn.modules.dropout import LockedDropout
from nlprnn.modules.embedding import Embedding
from nlprnn.modules.feature_projection import FeatureProjection
from nlprnn.modules.heads import OutputHead
from nlprnn.modules.pooling import AttentionPooling, ConcatPooling, LastPooling, MaxPooling, MeanPooling
from nlprnn.modules.protocols import Head, InputEmbedding, Pooling, SequenceEncoder
from nlprnn.modules.recurrent import RecurrentEncoder
from nlprnn.modules.state import RecurrentState
from nlprnn.serialization.registry import register

register(AdditiveAttention, DotAttention, GeneralAttention, MultiHeadAttention)
register(CharacterEmbedding, Embedding, LockedDropout, OutputHead, RecurrentEncoder)
register(AttentionPooling, ConcatPooling, LastPooling, MaxPooling, MeanPooling)
register(AttentionDecoder, Bridge, ConvSubsampling, FeatureProjection, LinearChainCRF)

__all__ = [
    "AdditiveAttention",
    "Attention",
    "AttentionDecoder",
    "AttentionPooling",
    "Bridge",
    "CharacterEmbedding",
    "ConcatPooling",
    "ConvSubsampling",
    "DecoderState",
    "DotAttention",
    "Embedding",
    "FeatureProjection",
    "GeneralAttention",
    "Head",
    "InputEmbedding",
    "LastPooling",
    "LinearChainCRF",
    "LockedDropout",
    "MaxPooling",
    "MeanPooling",
    "Memory",
    "MultiHeadAttention",
    "OutputHead",
    "Pooling",
    "RecurrentEncoder",
    "RecurrentState",
    "SequenceEncoder",
]
