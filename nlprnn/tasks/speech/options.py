"""Speech recognition: options."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from nlprnn.audio.augmentation import Augmentation
from nlprnn.audio.feature_options import FeatureOptions
from nlprnn.errors import OptionError
from nlprnn.experiment.options import FROM_DATA, option
from nlprnn.experiment.reading_options import LabelReadingOptions
from nlprnn.experiment.run_options import PlannedOptions
from nlprnn.experiment.search_range import Between, OneOf
from nlprnn.experiment.streaming_options import NOT_STREAMED
from nlprnn.modules.sizes import MOST_LAYERS


@dataclass(frozen=True, kw_only=True)
class SpeechOptions(LabelReadingOptions, PlannedOptions):
    """Options of speech recognition; `--help` describes each option."""

    section: ClassVar[str] = "Speech"
    absent: ClassVar[Mapping[str, str]] = NOT_STREAMED | dict.fromkeys(
        ("init_from", "mix_in", "mix_share"),
        "alphabet and sound features of a recognizer are fitted to its recordings; train on the old and the new "
        "recordings together",
    )

    dataset: str = option(
        "speech", help="Dataset: a sample's name, a Hub id, a folder of clips by word, or a table of paths and texts."
    )
    audio_field: str | None = option(None, auto="guessed", help="Column of the sound: paths, bytes or samples.")
    text_field: str | None = option(None, auto="guessed", help="Column of the transcript.")
    speaker_field: str | None = option(None, auto="guessed", help="Column of the speaker.")
    hold_out: Literal["auto", "speakers", "clips"] = option(
        "auto", help="What is held out where splits are missing: whole speakers, or clips; auto = speakers if known."
    )
    lowercase: bool = option(True, help="Conversion of transcripts to lower case.")
    concatenate: int = option(
        1,
        min=1,
        max=100,
        help="Number of clips of one speaker that are concatenated, at most: others in each epoch, so that clips of "
        "single words teach connected words.",
    )
    units: Literal["auto", "characters", "words", "subwords"] = option(
        "auto", help="Unit of the model's outputs; auto = words of a short list, characters of any other text."
    )
    vocab_size: int = option(500, min=260, help="Vocabulary size of --units subwords.")
    sample_rate: int | None = option(
        None, min=1000, max=192_000, auto="that of the first clip, at most 16000", help="Sample rate, in Hz."
    )
    features: Literal["log_mel", "mfcc"] = option("log_mel", help="Features of a frame.")
    preset: Literal["speech", "kaldi"] = option("speech", help="Preset of all constants of the features.")
    num_mels: int = option(40, min=2, max=512, help="Number of mel filters.")
    deltas: int = option(0, min=0, max=2, help="Number of derivatives over time that are appended to the features.")
    normalize: Literal["training", "speaker", "utterance", "none"] = option(
        "training",
        help="Statistics that normalize the features: of all training clips, of all clips of a speaker, to whom "
        "transcription adapts with --adapt, or of each clip.",
    )
    decoder: Literal["ctc", "attention"] = option(
        "ctc",
        help="Decoder: CTC, or attention, which writes token after token and has no times, lists of words or streams.",
    )
    channels: int = option(8, min=0, help="Number of channels of the convolutions before the encoder; 0 = none.")
    subsampling: int = option(2, min=1, max=3, help="Subsampling of the frames by the convolutions.")
    cell: Literal["lstm", "gru", "rnn", "mingru", "minlstm"] = option("lstm", help="Recurrent cell.")
    hidden_size: int = option(
        64, min=1, help="Hidden size of a recurrent layer, in each direction.", tune=OneOf(48, 64, 96, 128)
    )
    num_layers: int = option(2, min=1, max=MOST_LAYERS, help="Number of recurrent layers.")
    bidirectional: bool = option(True, help="Both directions; one alone can transcribe a stream while it is spoken.")
    dropout: float = option(
        0.2,
        min=0,
        below=1,
        help="Dropout probability between recurrent layers and before the output layer.",
        tune=Between(0.1, 0.5),
    )
    speed: float = option(
        0.1, min=0, max=0.5, help="Change of the speed and pitch of training clips, at most.", tune=Between(0.0, 0.3)
    )
    warp: float = option(
        0.05, min=0, max=0.5, help="Change of the vocal tract's length in training, at most.", tune=Between(0.0, 0.2)
    )
    noise: float = option(0.2, min=0, max=1, help="Probability of noise in a training clip.")
    silence: float = option(
        0.03, min=0, max=1, help="Probability that a training clip is replaced by silence or noise, and has no text."
    )
    pad: float = option(0.1, min=0, max=5, help="Silence before and after a training clip in seconds, at most.")
    frequency_masks: int = option(1, min=0, help="Number of masks over bands of features (SpecAugment).")
    time_masks: int = option(0, min=0, help="Number of masks over frames (SpecAugment).")
    ema: float | None = option(0.99, min=0, below=1, help="Decay of the exponential moving average of the weights.")
    batch_size: int | None = option(None, min=1, auto=FROM_DATA, help="Batch size, in clips.", tune=OneOf(16, 32, 64))

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.normalize == "utterance" and not self.bidirectional:
            raise OptionError("--normalize utterance needs the whole clip: a stream takes --normalize training")
        if self.channels == 0 and self.subsampling > 1:
            raise OptionError("--subsampling is that of the convolutions: give --subsampling 1 with --channels 0")

    @property
    def fields(self) -> dict[str, str | None]:
        """The column of each role that the user names, or None."""
        return {"audio": self.audio_field, "transcript": self.text_field, "speaker": self.speaker_field}

    def feature_options(self, sample_rate: int) -> FeatureOptions:
        """Return the definition of the features at a sample rate in Hz.

        Raises:
            OptionError: they do not fit each other.
        """
        make = FeatureOptions.kaldi if self.preset == "kaldi" else FeatureOptions.speech
        changes: dict[str, Any] = {"num_mels": self.num_mels, "deltas": self.deltas}
        return make(self.features, sample_rate=sample_rate, **changes)

    def evaluation_command(self, split: str) -> str:
        """Return the command that evaluates the model, `MODEL`, on a split of its dataset."""
        words = ["--dataset", self.dataset, "--split", split]
        flags = {
            "--audio-field": self.audio_field,
            "--text-field": self.text_field,
            "--speaker-field": self.speaker_field,
            "--label-names": self.label_names,
        }
        words += [word for flag, value in flags.items() if value is not None for word in (flag, value)]
        return f"nlprnn evaluate --model MODEL {shlex.join(words)}"

    def augmentation(self) -> Augmentation:
        """Return the random changes of training clips."""
        return Augmentation(
            speed=self.speed,
            warp=self.warp,
            noise=self.noise,
            silence=self.silence,
            pad=self.pad,
            frequency_masks=self.frequency_masks,
            time_masks=self.time_masks,
        )
