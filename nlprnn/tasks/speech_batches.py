"""Batches of clips, each clip changed at random whenever it is read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nlprnn.audio import Augmentation
from nlprnn.batching import BucketBatches, SequenceArray, TranscribedBatch
from nlprnn.pipelines.speech_processor import SpeechProcessor
from nlprnn.tasks.speech_data import as_floats


class ClipBatches(BucketBatches[TranscribedBatch]):
    """Batches of clips of similar length with the tokens of their transcripts.

    What changes a clip depends on seed, epoch and clip alone, so that a run resumes exactly.

    Args:
        waveforms: (samples,) int16 of each clip.
        transcripts: what is spoken.
        processor: sound to features, transcripts to tokens.
        augmentation: random changes.
        batch_size: most clips of a batch.
        seed: of order and changes.
    """

    def __init__(
        self,
        waveforms: SequenceArray,
        transcripts: Sequence[str],
        processor: SpeechProcessor,
        augmentation: Augmentation,
        *,
        batch_size: int,
        seed: int,
    ) -> None:
        super().__init__(waveforms.lengths, self._clips, max_tokens=2**62, max_rows=batch_size, seed=seed)
        self._waveforms = waveforms
        self._targets = SequenceArray.from_sequences(processor.tokenizer.encode_batch(list(transcripts)))
        self._processor = processor
        self._augmentation = augmentation

    def _clips(self, rows: np.ndarray) -> TranscribedBatch:
        features = SequenceArray.from_sequences(map(self._features, rows.tolist()), dtype=np.float32)
        return TranscribedBatch(*features.pad(np.arange(len(rows))), *self._targets.pad(rows))

    def _features(self, row: int) -> np.ndarray:
        rng = np.random.default_rng([self.seed, self.epoch, row])
        waveform = as_floats(self._waveforms[row])
        features = self._augmentation.features(waveform, self._processor.features, rng)
        return self._augmentation.spec_augment(self._processor.normalize(features), rng)
