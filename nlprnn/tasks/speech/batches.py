"""Batches of clips, each clip changed at random whenever it is read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nlprnn.audio import Augmentation
from nlprnn.audio.concatenation import concatenate_waveforms
from nlprnn.batching import BucketBatches, SequenceArray, TranscribedBatch
from nlprnn.pipelines.speech_processor import SpeechProcessor
from nlprnn.tasks.speech.concatenated_clips import ClipGroups, concatenate_transcripts
from nlprnn.tasks.speech.data import as_floats


class ClipBatches(BucketBatches[TranscribedBatch]):
    """Batches of clips of similar length with the tokens of their transcripts.

    What changes a clip depends on seed, epoch and clip alone, so that a run resumes exactly.

    Args:
        waveforms: (samples,) int16 of each clip.
        transcripts: what is spoken.
        processors: sound to features, transcripts to tokens: of each clip that of its speaker.
        augmentation: random changes.
        batch_size: most clips of a batch; of concatenated ones as many as have that number of clips on average.
        seed: of order and changes.
        clip_groups: clips that are concatenated, others in each epoch; None = none are.
    """

    def __init__(
        self,
        waveforms: SequenceArray,
        transcripts: Sequence[str],
        processors: Sequence[SpeechProcessor],
        augmentation: Augmentation,
        *,
        batch_size: int,
        seed: int,
        clip_groups: ClipGroups | None = None,
    ) -> None:
        clips_a_row = 1.0 if clip_groups is None else (1 + clip_groups.most) / 2
        rows = max(1, round(batch_size / clips_a_row))
        super().__init__(waveforms.lengths, self._clips, max_tokens=2**62, max_rows=rows, seed=seed)
        self._waveforms = waveforms
        self._transcripts = list(transcripts)
        self._processors = processors
        self._augmentation = augmentation
        self._clip_groups = clip_groups
        self._grouped_epoch: int | None = None
        self._groups = [np.array([row]) for row in range(len(waveforms))]

    def _plan(self) -> list[np.ndarray]:
        if self._clip_groups is not None and self._grouped_epoch != self.epoch:
            self._groups = self._clip_groups.groups(len(self._waveforms), self._rng())
            self._grouped_epoch = self.epoch
            self.lengths = np.array([self._waveforms.lengths[group].sum() for group in self._groups])
        return super()._plan()

    def _clips(self, rows: np.ndarray) -> TranscribedBatch:
        features, texts = zip(*(self._example(self._groups[row].tolist()) for row in rows), strict=True)
        clips = SequenceArray.from_sequences(features, dtype=np.float32)
        targets = SequenceArray.from_sequences(self._processors[0].tokenizer.encode_batch(list(texts)), dtype=np.int64)
        all_rows = np.arange(len(rows))
        return TranscribedBatch(*clips.pad(all_rows), *targets.pad(all_rows))

    def _example(self, group: Sequence[int]) -> tuple[np.ndarray, str]:
        """Return the changed features (T, F) float32 of clips that are concatenated, and their transcript."""
        rng = np.random.default_rng([self.seed, self.epoch, group[0]])
        processor = self._processors[group[0]]  # all clips of a group are of one speaker
        options = processor.features
        waveform = concatenate_waveforms([as_floats(self._waveforms[clip]) for clip in group], options.sample_rate, rng)
        text = concatenate_transcripts([self._transcripts[clip] for clip in group])
        silence = self._augmentation.silenced(waveform, options.sample_rate, rng)
        if silence is not None:
            waveform, text = silence, ""
        features = self._augmentation.features(waveform, options, rng)
        return self._augmentation.spec_augment(processor.normalize(features), rng), text
