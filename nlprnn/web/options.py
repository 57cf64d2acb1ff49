"""Options of the server, and of the requests to each kind of model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from nlprnn.decoding.defaults import BEAM_SIZE, LENGTH, LENGTH_PENALTY, TEMPERATURE
from nlprnn.devices import DEVICES
from nlprnn.experiment.options import Options, option
from nlprnn.experiment.quantization_options import QuantizationOptions


@dataclass(frozen=True, kw_only=True)
class ServeOptions(QuantizationOptions):
    """Where the server listens, how it gathers batches, and its limits."""

    section: ClassVar[str] = "Server"

    host: str = option("127.0.0.1", help="Address to listen on; 0.0.0.0 for all of the machine.")
    port: int = option(8000, min=0, max=65535, help="Port to listen on; 0 for any free one.")
    max_batch: int = option(64, min=1, max=4096, help="Number of texts of concurrent requests in one batch, at most.")
    batch_ms: float = option(3.0, min=0, max=1000, help="Milliseconds that a text waits for others to share its batch.")
    max_queue: int = option(512, min=1, help="Number of texts that wait, above which requests are refused (429).")
    max_streams: int = option(16, min=1, help="Number of texts that are streamed at a time, at most (429).")
    max_length: int = option(20_000, min=1, help="Length of a text in characters, at most (422).")
    max_texts: int = option(256, min=1, help="Number of texts of one request, at most (422).")
    max_tokens: int = option(2_000, min=1, help="Number of tokens to generate in one request, at most (422).")
    max_body_kb: int = option(1_024, min=1, help="Size of the body of a request in kilobytes, at most (413).")
    timeout: float = option(30.0, above=0, help="Seconds for the answer to a request (504), and for its body (408).")
    idle_timeout: int = option(15, min=1, help="Seconds after which a connection without a request is closed.")
    device: str = option("auto", choices=DEVICES, help="Device to run on.")
    threads: int | None = option(None, min=1, max=1024, auto="all cores", help="Number of CPU threads.")


@dataclass(frozen=True, kw_only=True)
class NoOptions(Options):
    """Options of a request that has none."""


@dataclass(frozen=True, kw_only=True)
class ClassifyRequest(Options):
    """Options of a classification."""

    threshold: float | None = option(
        None, above=0, below=1, auto="the model's", help="Probability from which a text has a label, of several labels."
    )
    abstain: float | None = option(
        None, min=0, max=1, auto="the model's", help="Probability below which the label is `unsure`; 0 for never."
    )


@dataclass(frozen=True, kw_only=True)
class ExplainRequest(Options):
    """Options of an explanation."""

    label: str | None = option(None, auto="the most likely", help="Label to explain.")
    method: Literal["integrated-gradients", "gradient-x-input"] = option(
        "integrated-gradients", help="Attribution method."
    )


@dataclass(frozen=True, kw_only=True)
class TranslateRequest(Options):
    """Options of a translation."""

    beam: int = option(BEAM_SIZE, min=1, max=50, help="Beam size.")
    n_best: int = option(1, min=1, max=50, help="Number of different translations, at most the beam size.")
    length_penalty: float = option(LENGTH_PENALTY, min=0, max=5, help="Exponent of the length that divides a score.")
    attention: bool = option(False, help="Attention of each word of the translation to those of the sentence.")


@dataclass(frozen=True, kw_only=True)
class GenerateRequest(Options):
    """Options of generation."""

    length: int = option(LENGTH, min=1, help="Number of tokens to add, at most.")
    temperature: float = option(
        TEMPERATURE, min=0, max=100, help="Sampling temperature; 0 takes the most likely token."
    )
    top_k: int | None = option(None, min=1, help="Number of most likely tokens to sample from.")
    top_p: float | None = option(None, above=0, max=1, help="Nucleus size.")
    repetition_penalty: float = option(1.0, min=1, max=100, help="Penalty on recent tokens.")
    stop: tuple[str, ...] = option((), help="Texts at which generation ends.")
    seed: int | None = option(None, min=0, max=2**32 - 1, help="Random seed.")
    stream: bool = option(False, help="Server-sent events, a piece of the text each, as they are drawn.")
