"""`nlprnn transcribe`: the text of recordings."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nlprnn.cli.load_model import load_as
from nlprnn.cli.text_io import on_one_line, print_json
from nlprnn.cli.verb import DEVICE, MODEL, json_option, verb
from nlprnn.errors import DataError, OptionError

if TYPE_CHECKING:
    from nlprnn.pipelines import SpeechPipeline, Transcript, TranscriptionOptions
    from nlprnn.pipelines.speech_pipeline import Sound

_ANY, _AUTO, _STDIN = "any", "auto", "-"
_REJECTED = "[rejected]"
_MODES = ("as_json", "timestamps", "srt")

_FILES = click.Argument(["files"], nargs=-1)
_TIMESTAMPS = click.Option(["--timestamps"], is_flag=True, help="Times of words: a line each, with start and end.")
_SRT = click.Option(["--srt"], is_flag=True, help="SubRip subtitles of one recording.")
_WORDS = click.Option(
    ["--words"], help='Words that alone are recognized, separated by commas, or a file of them; "any" = any text.'
)
_ONE_WORD = click.Option(["--one-word"], is_flag=True, help="At most one of the words in each recording.")
_HOTWORDS = click.Option(["--hotwords"], help="Phrases that get a bonus, separated by commas, or a file of them.")
_REJECT = click.Option(
    ["--reject"],
    help='Confidence, 0 to 1, below which a transcript is rejected; "auto" = that of validation.',
)
_BEAM = click.Option(
    ["--beam"], type=click.IntRange(1, 1000), default=16, help="Beam size; 1 takes the most likely alignment."
)
_N_BEST = click.Option(["--n-best"], type=click.IntRange(1, 1000), default=1, help="Number of texts, with --json.")
_LANGUAGE_MODEL = click.Option(
    ["--language-model"],
    metavar="MODEL",
    help="Language model of characters, of recipes/text_generation.py.",
)
_ADAPT = click.Option(
    ["--adapt"],
    type=click.Path(path_type=Path),
    multiple=True,
    help="Recordings of the speaker, a file or a folder of them, for a model of --normalize speaker; their texts need "
    "not be known.",
)
_ALPHA = click.Option(["--alpha"], type=float, default=0.5, help="Weight of the language model.")
_BETA = click.Option(["--beta"], type=float, default=0.0, help="Bonus of each token beside a language model, in nats.")
_PLOT = click.Option(
    ["--plot"],
    type=click.Path(path_type=Path),
    help="Picture (PNG, PDF or SVG) of the first 20 seconds: spectrogram, probabilities and words.",
)
_MICROPHONE = click.Option(
    ["--microphone"], is_flag=True, help="Live transcription of the microphone, until Ctrl-C; needs sounddevice."
)


@verb(
    MODEL,
    json_option("one object a recording"),
    _TIMESTAMPS,
    _SRT,
    _WORDS,
    _ONE_WORD,
    _REJECT,
    _ADAPT,
    _HOTWORDS,
    _BEAM,
    _N_BEST,
    _LANGUAGE_MODEL,
    _ALPHA,
    _BETA,
    _PLOT,
    _MICROPHONE,
    DEVICE,
    _FILES,
)
def transcribe(
    model: str,
    files: tuple[str, ...],
    device: str,
    microphone: bool,
    plot: Path | None,
    adapt: tuple[Path, ...],
    **values: Any,
) -> None:
    """Transcribe recordings, FILES ("-" = standard input): WAV, FLAC, OGG or MP3. One line out for each.

    \b
    nlprnn transcribe --model runs/speech recording.wav
    nlprnn transcribe --model runs/speech --words yes,no,stop --reject auto *.wav
    nlprnn transcribe --model runs/speech --adapt clips_of_anna/ anna.wav
    nlprnn transcribe --model runs/speech --srt talk.mp3 > talk.srt
    """
    from nlprnn.pipelines import SpeechPipeline

    if sum(values[mode] for mode in _MODES) > 1:
        raise click.UsageError("give one of --json, --timestamps and --srt")
    if bool(files) == microphone:
        raise click.UsageError("give FILES, - for standard input, or --microphone")
    if (values["srt"] or plot) and len(files) != 1:
        raise click.UsageError("--srt and --plot are of one recording: give one file")
    recognizer = load_as(SpeechPipeline, model, device)  # type: ignore[type-abstract]
    if adapt:
        recognizer = recognizer.adapted(_recordings(adapt))
    options = _options(recognizer, device, **values)
    if microphone:
        from nlprnn.cli.microphone import transcribe_microphone

        transcribe_microphone(recognizer, options)
        return
    if plot is not None:
        _plot(recognizer, Path(files[0]), plot, options)
    failed = 0
    for name in files:
        try:
            sound: Sound = sys.stdin.buffer.read() if name == _STDIN else Path(name)
            (transcript,) = recognizer.transcribe([sound], options)
        except DataError as error:
            if len(files) == 1:
                raise
            failed += 1
            click.echo(f"Error: {error}", err=True)
            continue
        _print(name, transcript, several=len(files) > 1, **{mode: values[mode] for mode in _MODES})
    if failed:
        raise DataError(f"{failed} of {len(files)} recordings could not be transcribed")


def _recordings(paths: tuple[Path, ...]) -> list[Sound]:
    """Return the sound files of files and folders, and of the folders in these.

    Raises:
        DataError: a folder has none.
    """
    from nlprnn.audio.files import is_audio_file

    recordings: list[Sound] = []
    for path in paths:
        inside = sorted(filter(is_audio_file, path.rglob("*"))) if path.is_dir() else [path]
        if not inside:
            raise DataError(f"{path} has no sound files: give WAV, FLAC, OGG or MP3")
        recordings += inside
    return recordings


def _plot(recognizer: SpeechPipeline[Any], sound: Path, plot: Path, options: TranscriptionOptions) -> None:
    """Plot the first segment of a recording.

    Raises:
        OptionError: the recognizer has no CTC, or the recording is not a file.
    """
    from nlprnn.interpret.speech_plot import plot_transcript
    from nlprnn.pipelines import Recognizer

    if not isinstance(recognizer, Recognizer) or str(sound) == _STDIN:
        raise OptionError("--plot shows the CTC probabilities of a file: give one, and a model of --decoder ctc")
    first = next(recognizer.split(sound))
    if not len(first.waveform):
        raise DataError(f"{sound} has no samples to plot")
    plot_transcript(recognizer, first.waveform, plot, replace(options, timestamps=True))


def _options(recognizer: SpeechPipeline[Any], device: str, **values: Any) -> TranscriptionOptions:
    from nlprnn.pipelines import Generator, TranscriptionOptions

    language_model = values["language_model"]
    words = values["words"]
    return TranscriptionOptions(
        beam_size=values["beam"],
        n_best=values["n_best"],
        words=None if words == _ANY else _listed(words, "--words"),
        one_word=values["one_word"],
        hotwords=_listed(values["hotwords"], "--hotwords"),
        language_model=load_as(Generator, language_model, device) if language_model else None,
        alpha=values["alpha"],
        beta=values["beta"],
        reject=_threshold(values["reject"], recognizer),
        timestamps=values["timestamps"] or values["srt"] or (values["as_json"] and recognizer.has_times),
    )


def _listed(text: str | None, option: str) -> list[str]:
    """Return phrases between commas, or the lines of a file.

    Raises:
        DataError: the file cannot be read, or is no text.
        OptionError: there are none.
    """
    from nlprnn.data.formats.lines import read_text

    if text is None:
        return []
    path = Path(text)
    is_file = "," not in text and path.is_file()
    pieces = read_text(path).splitlines() if is_file else text.split(",")
    phrases = [piece.strip() for piece in pieces if piece.strip()]
    if not phrases:
        raise OptionError(f"{option} {text} has no words: separate them by commas, or write one a line in the file")
    return phrases


def _threshold(text: str | None, recognizer: SpeechPipeline[Any]) -> float:
    """Return the confidence of `--reject`.

    Raises:
        OptionError: it is none, or the model has none.
    """
    if text is None:
        return 0.0
    if text == _AUTO:
        if recognizer.processor.reject is None:
            raise OptionError(
                "the model has no confidence for --reject auto, which clips of single words define: give one"
            )
        return recognizer.processor.reject
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= 1.0:
        raise OptionError(f"--reject is {text!r}: give auto, or a confidence from 0 to 1")
    return value


def _print(name: str, transcript: Transcript, *, several: bool, as_json: bool, timestamps: bool, srt: bool) -> None:
    from nlprnn.pipelines.transcript import subtitles

    if not transcript.text and not transcript.rejected and not as_json:
        place = "standard input" if name == _STDIN else name
        reason = "no speech" if transcript.is_silent else "none of the words"
        click.echo(f"{place}: {reason} is recognized", err=True)
    if as_json:
        record = asdict(transcript)
        alternatives = [{"text": text, "score": round(score, 4)} for text, score in transcript.alternatives]
        words, tokens = (list(map(_rounded, record[name])) for name in ("words", "tokens"))
        print_json(
            {
                "file": name,
                "text": transcript.text,
                "confidence": round(transcript.confidence, 6),
                "rejected": transcript.rejected,
                "speech": not transcript.is_silent,
                "seconds": round(transcript.seconds, 3),
                "words": words,
                "tokens": tokens,
                "alternatives": alternatives,
            }
        )
    elif srt:
        print(subtitles(transcript.words), end="")
    elif timestamps:
        for word in transcript.words:
            place = f"{name}  " if several else ""
            print(f"{place}{word.start:8.2f}  {word.end:8.2f}  {word.confidence:6.1%}  {on_one_line(word.text)}")
    else:
        text = _REJECTED if transcript.rejected else on_one_line(transcript.text)
        print(f"{name}  {text}" if several else text)


def _rounded(timed: dict[str, Any]) -> dict[str, Any]:
    return {name: round(value, 3) if isinstance(value, float) else value for name, value in timed.items()}
