"""`nlprnn evaluate`: the scores of a model of any kind on a data set."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from nlprnn.cli.beam_options import models_option, search_options
from nlprnn.cli.load_model import kind_of, load_any, load_translator
from nlprnn.cli.text_io import OutputFile, Separator
from nlprnn.devices import DEVICES
from nlprnn.errors import DataError
from nlprnn.friendly_command import FriendlyCommand
from nlprnn.tasks.bleu import BLEU_TOKENIZERS, check_tokenizer
from nlprnn.tasks.classification_evaluation import score_classifier, score_regressor
from nlprnn.tasks.evaluation import EvaluationRequest, EvaluationResult, log_split_size

if TYPE_CHECKING:
    from nlprnn.pipelines import Generator, Tagger, Translator

# Which options a kind of model takes beside those that all take.
_OPTIONS = {
    "Translator": ("source", "target", "beam", "length_penalty", "quantize", "lowercase", "tokenize", "out"),
    "Classifier": ("text_field", "label_field", "label_separator", "errors", "out"),
    "Regressor": ("text_field", "label_field", "out"),
    "Generator": ("text_field", "quantize"),
    "Tagger": ("token_field", "tag_field", "out"),
}
_INT8_STREAMS = 64
"""A text is read in so many pieces side by side with weights of eight bits, which read token by token."""


@click.command(cls=FriendlyCommand, context_settings={"show_default": True})
@models_option
@click.option("--dataset", required=True, help="Sample name, Hub id, folder or file.")
@click.option(
    "--split",
    type=click.Choice(["train", "validation", "test"]),
    help="Part to score; where there is none of that name, it is split off as the recipes do.  "
    "[default: all of a file; else test]",
)
@click.option("--text-field", help="Field with the text, or several (title,body); guessed if not given.")
@click.option("--label-field", help="Field with the label, labels or number; guessed if not given.")
@click.option(
    "--label-separator",
    type=Separator(),
    help="Between several labels in a string.  [default: ;]",
)
@click.option(
    "--errors", type=click.IntRange(min=0), default=0, help="List so many wrong labels, the most confident first."
)
@click.option("--token-field", help="Field with the words, or number of their column; guessed if not given.")
@click.option("--tag-field", help="Field with their tags, or number of the column; guessed if not given.")
@click.option("--source", help="Field with the text to translate; guessed if not given.")
@click.option("--target", help="Field with its translation; guessed if not given.")
@search_options
@click.option("--lowercase", is_flag=True, help="Compare translations without case.")
@click.option(
    "--tokenize",
    type=click.Choice(BLEU_TOKENIZERS),
    default="13a",
    help="How BLEU finds words: zh, ja-mecab and ko-mecab for these languages, char for others without spaces.",
)
@click.option("--out", type=OutputFile(), help="Write translations or labels to a file, one a row.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object with all scores.")
@click.option("--device", type=click.Choice(DEVICES), default="auto", help="Where the model runs.")
@click.pass_context
def evaluate(
    ctx: click.Context, models: tuple[str, ...], out: Path | None, as_json: bool, device: str, **options: Any
) -> None:
    """Score a model: BLEU and chrF of translations, F1 of labels and names, errors of numbers, bits of text.

    \b
    nlprnn evaluate --model runs/translation --dataset translation
    nlprnn evaluate --model runs/translation --model runs/translation-2 --dataset test.jsonl --source en --target de
    nlprnn evaluate --model runs/sentiment --dataset reviews.csv --text-field body --label-field stars
    nlprnn evaluate --model runs/sentiment --dataset reviews.csv --errors 10
    nlprnn evaluate --model runs/tagging --dataset names.conll --tag-field 4
    nlprnn evaluate --model runs/text_generation --dataset my_novel.txt --json
    """
    pipeline = load_any(models[0], device) if len(models) == 1 else load_translator(models, device)
    kind = type(pipeline).__name__
    for name in sorted(set().union(*_OPTIONS.values()) - set(_OPTIONS[kind])):
        if ctx.get_parameter_source(name) is not ParameterSource.DEFAULT:
            raise click.UsageError(
                f"--{name.replace('_', '-')} is of no use with {kind_of(pipeline)}, which {models[0]} is"
            )
    scorers: dict[str, Callable[[Any, EvaluationRequest], EvaluationResult]] = {
        "Translator": _score_translator,
        "Classifier": score_classifier,
        "Generator": _score_generator,
        "Regressor": score_regressor,
        "Tagger": _score_tagger,
    }
    report = scorers[kind](pipeline, EvaluationRequest(**options))
    for line in [json.dumps(report.scores, ensure_ascii=False)] if as_json else report.lines:
        click.echo(line)
    if out is not None:  # after the scores, which are not to be lost with a disk that is full
        from nlprnn.serialization.atomic_files import write_text

        write_text(out, "".join(" ".join(line.split()) + "\n" for line in report.outputs))


def _score_translator(translator: Translator, request: EvaluationRequest) -> EvaluationResult:
    from nlprnn.data import load_split
    from nlprnn.metrics import translation_scores
    from nlprnn.pipelines import TranslationOptions, Translator

    check_tokenizer(request.tokenize)
    part = load_split(request.dataset, {"source": request.source, "target": request.target}, split=request.split)
    sources, references = list(part.rows["source"]), list(part.rows["target"])
    log_split_size(part, "sentences")
    if request.quantize == "int8":
        translator = Translator.ensemble([translator], int8=True)
    search = TranslationOptions(beam_size=request.beam, length_penalty=request.length_penalty)
    translations = list(translator.translate(sources, search))
    cut = [row for row, translation in enumerate(translations) if translation.truncated]
    if cut:
        told = f"longer than the {translator.model.max_length - 1} tokens that the model reads: {len(cut)} sentences"
        click.echo(f"Warning: {told}; the first is {part.location(cut[0])}", err=True)
    found = [translation.text for translation in translations]
    scores = translation_scores(found, references, lowercase=request.lowercase, tokenize=request.tokenize)
    lines = [
        f"{name}  {scores[key]:6.2f}  {scores[f'{key}_signature']}"
        for name, key in (("BLEU", "bleu"), ("chrF", "chrf"))
    ]
    if request.quantize is None and len(translator.models) == 1:  # the loss is that of one model's whole weights
        targets = translator.encode_target(references)
        if long := int((targets.lengths > translator.model.max_length).sum()):
            limit = f"{translator.model.max_length - 1} tokens"
            click.echo(f"Warning: {long} references reach {limit}, behind which the loss reads none", err=True)
        scores["loss"] = translator.mean_nll(translator.encode_source(sources), targets)
        lines.append(f"loss  {scores['loss']:6.4f}  nats per token")
    return EvaluationResult(scores, lines, found)


def _score_tagger(tagger: Tagger, request: EvaluationRequest) -> EvaluationResult:
    from nlprnn.data import load_tagged_split
    from nlprnn.tasks.tagging_evaluation import tagging_report

    fields = {"token_field": request.token_field, "tag_field": request.tag_field}
    part = load_tagged_split(request.dataset, split=request.split, **fields)
    click.echo(f"{part.origin}: {len(part):,} sentences", err=True)
    return EvaluationResult(*tagging_report(tagger, part))


def _score_generator(generator: Generator, request: EvaluationRequest) -> EvaluationResult:
    from nlprnn.data import load_text_split

    documents = load_text_split(request.dataset, text_field=request.text_field, split=request.split)
    if not any(documents):
        raise DataError(f"{request.dataset}: there is no text to score")
    int8 = request.quantize == "int8"
    if int8:
        click.echo(f"Read in {_INT8_STREAMS} pieces side by side, each from no memory", err=True)
    score = generator.score(documents, int8=int8, streams=_INT8_STREAMS if int8 else 1)
    if score.unknown:
        share = f"{score.unknown:,} of {score.tokens:,} tokens"
        click.echo(f"Warning: {share} are unknown to the model, and scored as such", err=True)
    scores = {
        "nats_per_token": score.nats_per_token,
        "bits_per_token": score.nats_per_token / math.log(2),
        "nats_per_character": score.nats_per_character,
        "bits_per_character": score.bits_per_character,
        "perplexity": score.perplexity,
        "tokens": score.tokens,
        "characters": score.characters,
    }
    lines = [f"{name.replace('_', ' '):<18}  {value:,.6g}" for name, value in scores.items()]
    return EvaluationResult(scores, lines, [])
