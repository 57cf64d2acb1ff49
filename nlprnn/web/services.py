"""What a served model answers: for each kind of pipeline its operations, from texts to values that JSON can hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from nlprnn.errors import ModelError, OptionError
from nlprnn.experiment.options import Options
from nlprnn.pipelines import (
    Classifier,
    GenerationOptions,
    Generator,
    Prediction,
    RatedText,
    Regressor,
    TaggedText,
    Tagger,
    Translation,
    TranslationOptions,
    Translator,
)
from nlprnn.web.options import ClassifyRequest, ExplainRequest, GenerateRequest, NoOptions, TranslateRequest

if TYPE_CHECKING:
    from nlprnn.pipelines.loading import AnyPipeline

Answer = dict[str, Any]

_SENTENCE = "Slow at first, but the ending is superb."


@dataclass(frozen=True)
class Operation:
    """What a model does with texts.

    Attributes:
        name: the last component of its address, "classify".
        options: of a request.
        answer: function of texts and options that returns an answer for each.
        summary: one line, for the description of the server.
        example: a text to try.
    """

    name: str
    options: type[Options]
    answer: Callable[[Sequence[str], Any], list[Answer]]
    summary: str
    example: str


@dataclass(frozen=True)
class Service:
    """A model that is served under a name.

    Attributes:
        name: in requests.
        kind: such as "classifier".
        pipeline: the model.
        operations: by name; the first is that of the page.
        facts: what clients may know of it: labels, scores.
    """

    name: str
    kind: str
    pipeline: AnyPipeline
    operations: Mapping[str, Operation]
    facts: Mapping[str, Any]


def make_service(name: str, pipeline: AnyPipeline, *, quantize: str | None = None) -> Service:
    """Return the service of a pipeline.

    Args:
        name: in requests.
        pipeline: the model.
        quantize: "int8" = answers with int8 weights; explanations, which need derivatives, keep those of the model.

    Raises:
        ModelError: it is of a kind that is not served, or not with int8 weights.
        DeviceError: the model is not on a CPU with int8 kernels.
    """
    for kind, (noun, make) in _KINDS.items():
        if isinstance(pipeline, kind):
            pipeline.model.eval()
            answering = pipeline if quantize is None else pipeline.quantized()
            operations = {operation.name: operation for operation in make(answering)}
            if isinstance(pipeline, Classifier):
                operations["explain"] = _explanation(pipeline)
            labels = getattr(pipeline.model, "labels", None)
            facts = {"parameters": sum(one.numel() for one in pipeline.model.parameters()), "scores": pipeline.scores}
            return Service(name, noun, pipeline, operations, facts | ({"labels": list(labels)} if labels else {}))
    raise ModelError(f"{name} is a {type(pipeline).__name__}, which is not served: give a model for texts")


def _text_facts(answer: Prediction | RatedText | TaggedText | Translation) -> Answer:
    """Return how much of its text an answer is about."""
    return {"unknown_words": round(answer.unknown_words, 4), "empty": answer.empty}


def _classifier(pipeline: Classifier) -> list[Operation]:
    def classify(texts: Sequence[str], options: ClassifyRequest) -> list[Answer]:
        try:
            predictions = pipeline.predict_iter(texts, threshold=options.threshold, abstain=options.abstain)
        except ValueError as error:  # an option that is not for this model
            raise OptionError(str(error)) from error
        return [
            {
                **({"labels": list(one.labels)} if pipeline.model.multi_label else {}),
                "label": one.label,
                "probability": round(one.probability, 6),
                "probabilities": {label: round(value, 6) for label, value in one.probabilities.items()},
                **_text_facts(one),
            }
            for _, one in predictions
        ]

    return [Operation("classify", ClassifyRequest, classify, "Label texts, with probabilities.", _SENTENCE)]


def _explanation(pipeline: Classifier) -> Operation:
    def explain(texts: Sequence[str], options: ExplainRequest) -> list[Answer]:
        from nlprnn.interpret.saliency import explain
        from nlprnn.interpret.segments import segments

        if options.label is not None and options.label not in pipeline.model.labels:
            raise OptionError(f"label: the model has no label {options.label!r}")
        return [
            {
                "prediction": one.prediction,
                "label": one.label,
                "probability": round(one.probability, 6),
                "segments": [
                    {"text": piece.text, "score": piece.score, "strength": round(piece.strength, 4)}
                    for piece in segments(one)
                ],
                "logit": one.logit,
                "baseline": one.baseline,
            }
            for one in explain(pipeline, texts, method=options.method, label=options.label)
        ]

    return Operation("explain", ExplainRequest, explain, "Score each token for or against a label.", _SENTENCE)


def _regressor(pipeline: Regressor) -> list[Operation]:
    def rate(texts: Sequence[str], options: NoOptions) -> list[Answer]:
        return [
            {
                "number": float(pipeline.format(one.number, extra_digits=4)),
                **_text_facts(one),
            }
            for one in pipeline.rate(texts)
        ]

    return [Operation("rate", NoOptions, rate, "Predict a number for texts.", "The staff was superb.")]


def _tagger(pipeline: Tagger) -> list[Operation]:
    def tag(texts: Sequence[str], options: NoOptions) -> list[Answer]:
        return [
            {
                "tokens": one.tokens,
                "labels": one.labels,
                "offsets": one.offsets,
                "spans": [asdict(span) for span in one.spans],
                **_text_facts(one),
            }
            for one in pipeline(texts)
        ]

    summary = "Tag names, or each word; offsets count characters (code points)."
    return [Operation("tag", NoOptions, tag, summary, "Emma Torsson flew to Lindford on Monday.")]


def _translator(pipeline: Translator) -> list[Operation]:
    def translate(texts: Sequence[str], options: TranslateRequest) -> list[Answer]:
        if options.n_best > options.beam:
            raise OptionError(f"n_best {options.n_best} needs a beam of {options.n_best} or more, got {options.beam}")
        search = TranslationOptions(
            beam_size=options.beam,
            n_best=options.n_best,
            length_penalty=options.length_penalty,
            attention=options.attention,
        )
        return [_translated(pipeline, one, options) for one in pipeline.translate(texts, search)]

    return [Operation("translate", TranslateRequest, translate, "Translate sentences.", "A dog runs in the garden.")]


def _translated(pipeline: Translator, translation: Translation, options: TranslateRequest) -> Answer:
    candidates = [{"translation": one.text, "score": round(one.score, 6)} for one in translation.candidates]
    answer: Answer = {
        **candidates[0],
        **({"candidates": candidates} if options.n_best > 1 else {}),
        "truncated": translation.truncated,
        **_text_facts(translation),
    }
    if options.attention and translation.candidates[0].ids:
        from nlprnn.interpret.word_alignment import word_attention

        words = word_attention(pipeline, translation)
        weights = [[round(value, 4) for value in row] for row in words.weights.tolist()]
        answer["attention"] = {"source": words.source, "target": words.target, "weights": weights}
    return answer


def _generator(pipeline: Generator) -> list[Operation]:
    def generate(prompts: Sequence[str], options: GenerateRequest) -> list[Answer]:
        # Each by itself: among equal prompts with one seed, only the first has the text that it has alone.
        return [{"text": pipeline([prompt], generation_options(options))[0]} for prompt in prompts]

    def score(texts: Sequence[str], options: NoOptions) -> list[Answer]:
        return [
            {
                "nats": one.nll,
                "bits_per_character": one.bits_per_character,
                "perplexity": one.perplexity,
                "tokens": one.tokens,
                "unknown_tokens": one.unknown,
            }
            for one in pipeline.score_each(texts)
        ]

    example = "Once upon a time"
    return [
        Operation("generate", GenerateRequest, generate, "Continue prompts.", example),
        Operation("score", NoOptions, score, "Compute the log-likelihood of texts.", example),
    ]


def generation_options(options: GenerateRequest) -> GenerationOptions:
    """Return the options of sampling of a request.

    Raises:
        OptionError: a stop text is empty.
    """
    if not all(options.stop):
        raise OptionError("stop: a text is empty")
    names = ("length", "temperature", "top_k", "top_p", "repetition_penalty", "stop", "seed")
    return GenerationOptions(**{name: getattr(options, name) for name in names})


_KINDS: Mapping[type, tuple[str, Callable[[Any], list[Operation]]]] = {
    Classifier: ("classifier", _classifier),
    Regressor: ("regressor", _regressor),
    Tagger: ("tagger", _tagger),
    Translator: ("translator", _translator),
    Generator: ("generator", _generator),
}
