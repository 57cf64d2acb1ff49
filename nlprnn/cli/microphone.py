"""Live transcription of the microphone."""

from __future__ import annotations

import queue
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from nlprnn.cli.text_io import on_one_line
from nlprnn.errors import NlprnnError

if TYPE_CHECKING:
    from nlprnn.pipelines import SpeechPipeline, TranscriptionOptions

_BLOCK_SECONDS = 0.1


def transcribe_microphone(recognizer: SpeechPipeline[Any], options: TranscriptionOptions) -> None:
    """Print what is spoken into the microphone, until Ctrl-C; then the final transcript.

    Raises:
        ModelError: the model needs the whole recording.
        NlprnnError: sounddevice is not installed, or there is no microphone.
    """
    stream, rate = recognizer.stream(options), recognizer.processor.features.sample_rate
    try:
        sounddevice: Any = import_module("sounddevice")
    except (ImportError, OSError) as error:
        raise NlprnnError("--microphone needs sounddevice: pip install sounddevice") from error
    blocks: queue.Queue[Any] = queue.Queue()
    shown = ""
    try:
        with sounddevice.InputStream(
            samplerate=rate,
            channels=1,
            blocksize=round(_BLOCK_SECONDS * rate),
            callback=lambda block, *_: blocks.put(block[:, 0].copy()),
        ):
            click.echo("Listening, Ctrl-C ends it.", err=True)
            while True:
                text = stream.accept(blocks.get())
                if text != shown:
                    click.echo(f"\r{on_one_line(text)}", nl=False)
                    shown = text
    except KeyboardInterrupt:
        click.echo()
    except sounddevice.PortAudioError as error:
        raise NlprnnError(f"there is no microphone that can be opened ({error})") from error
    click.echo(on_one_line(stream.finish().text))
