"""Arrays of sequences, length buckets and batches."""

from nlprnn.batching.adaptive_batches import PendingStream, adaptive_batches
from nlprnn.batching.batches import BucketBatches, LabelledBatch, PairBatch, StreamBatch, StreamBatches
from nlprnn.batching.length_buckets import length_buckets
from nlprnn.batching.row_lengths import to_device
from nlprnn.batching.sequence_array import SequenceArray
from nlprnn.batching.streamed_batches import StreamedBucketBatches, StreamedTextBatches
from nlprnn.batching.transcribed_batch import TranscribedBatch
from nlprnn.batching.word_chars import TaggedBatch, WordCharArray, WordCharBatch

__all__ = [
    "BucketBatches",
    "LabelledBatch",
    "PairBatch",
    "PendingStream",
    "SequenceArray",
    "StreamBatch",
    "StreamBatches",
    "StreamedBucketBatches",
    "StreamedTextBatches",
    "TaggedBatch",
    "TranscribedBatch",
    "WordCharArray",
    "WordCharBatch",
    "adaptive_batches",
    "length_buckets",
    "to_device",
]
