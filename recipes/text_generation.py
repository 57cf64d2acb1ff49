"""Text generation, character by character, by sub-words or by words: a recurrent language model on any text."""

from __future__ import annotations

import shlex

import click
import torch

from nlprnn import Generator
from nlprnn.batching import StreamBatches
from nlprnn.data import load_text
from nlprnn.errors import DataError
from nlprnn.experiment.command import recipe
from nlprnn.experiment.run import Run
from nlprnn.metrics import LOSS
from nlprnn.models import LanguageModel
from nlprnn.modules import Embedding, RecurrentEncoder
from nlprnn.modules.recurrent_layer import CELLS, Cell
from nlprnn.pipelines import GenerationOptions
from nlprnn.text import BPETokenizer, CharacterTokenizer, Tokenizer, WordTokenizer
from nlprnn.training.losses.language_model import language_model_loss
from nlprnn.training.trainer import Trainer

SIZE = click.IntRange(min=1)
RATE, POSITIVE = click.FloatRange(min=0), click.FloatRange(min=0, min_open=True)
PROBABILITY = click.FloatRange(0, 1, max_open=True)
UNITS = {"char": "characters", "word": "words", "subword": "sub-words"}


@recipe("text_generation", dataset="stories", epochs=8, sample={"max_minutes": 1.2})
@click.option("--text-field", help="Field with the text, where the data set is a table.")
@click.option("--level", type=click.Choice(list(UNITS)), default="char", help="What a text is cut into.")
@click.option("--vocab-size", type=SIZE, default=8000, help="Words or sub-words; of characters all are taken.")
@click.option("--cell", type=click.Choice(CELLS), default="lstm", help="Recurrent cell.")
@click.option("--hidden-size", type=SIZE, default=512, help="Width of a recurrent layer.")
@click.option("--embedding-size", type=SIZE, default=128, help="Width of a token's vector.")
@click.option("--layers", type=SIZE, default=2, help="Recurrent layers; minimal cells want some 4 to 8.")
@click.option("--residual", is_flag=True, help="Residual connections and layer norm; minimal cells always have them.")
@click.option("--dropout", type=PROBABILITY, default=0.3, help="On each layer's output, one mask a stream.")
@click.option("--weight-dropout", type=PROBABILITY, default=0.0, help="On recurrent weights, one mask a batch.")
@click.option("--embedding-dropout", type=PROBABILITY, default=0.0, help="Of a token from a whole batch.")
@click.option("--activation", type=RATE, default=0.0, help="Penalty on large outputs of the last layer.")
@click.option("--temporal-activation", type=RATE, default=0.0, help="Penalty on their change from token to token.")
@click.option("--label-smoothing", type=PROBABILITY, default=0.0, help="Probability spread over all tokens.")
@click.option("--weight-decay", type=RATE, default=0.01, help="Pull of all weights towards zero.")
@click.option("--ema", type=PROBABILITY, default=0.995, help="Decay of the average of the weights; 0 = none.")
@click.option("--batch-size", type=SIZE, default=32, help="Streams of text side by side.")
@click.option("--window", type=click.IntRange(min=2), default=128, help="Tokens that the gradient goes back.")
@click.option("--learning-rate", type=POSITIVE, default=3e-3, help="Highest rate, after warm-up.")
@click.option("--prompt", default="Once upon a time", help="What the sample at the end begins with.")
def main(
    run: Run,
    text_field: str | None,
    level: str,
    vocab_size: int,
    cell: Cell,
    hidden_size: int,
    embedding_size: int,
    layers: int,
    residual: bool,
    dropout: float,
    weight_dropout: float,
    embedding_dropout: float,
    activation: float,
    temporal_activation: float,
    label_smoothing: float,
    weight_decay: float,
    ema: float,
    batch_size: int,
    window: int,
    learning_rate: float,
    prompt: str,
) -> None:
    """Train a language model and let it write.

    Scores are nats per token and bits per character over the whole held-out text, read in one go with the state
    carried on.

    \b
    python recipes/text_generation.py
    python recipes/text_generation.py --dataset my_novel.txt --max-minutes 30
    python recipes/text_generation.py --dataset folder_of_texts --level subword
    """
    texts = load_text(run.dataset, text_field=text_field)
    tokenizer = _trained_tokenizer(level, texts["train"], vocab_size)
    minimal = cell.startswith("min")
    if minimal and weight_dropout:
        raise click.UsageError(f"--weight-dropout needs recurrent weights, which --cell {cell} has none of")

    generator = Generator(
        LanguageModel(
            embedding=Embedding(tokenizer.vocab_size, embedding_size, row_dropout=embedding_dropout),
            encoder=RecurrentEncoder(
                embedding_size,
                hidden_size,
                cell=cell,
                num_layers=layers,
                locked_dropout=dropout,
                weight_dropout=weight_dropout,
                residual=residual or minimal,
                layer_norm=residual or minimal,
            ),
            output_dropout=dropout,
        ),
        tokenizer,
    )
    ids = {split: generator.encode(documents) for split, documents in texts.items()}
    unit = UNITS[level]
    for split, needed in (("train", 2 * batch_size), ("validation", 2)):
        if len(ids[split]) < needed:
            raise DataError(f"the {split} text of {run.dataset} has under {needed} {unit}: give more text")
    size = sum(parameter.numel() for parameter in generator.model.parameters())
    run.say(f"{len(ids['train']):,} {unit}, {tokenizer.vocab_size - 4:,} distinct; {size:,} parameters")

    if not run.resume:
        generator.save(run.folder)
    trainer = Trainer(
        generator.model,
        torch.optim.AdamW(generator.model.parameters(), lr=learning_rate, weight_decay=weight_decay, fused=True),
        StreamBatches(ids["train"], batch_size=batch_size, length=window, seed=run.seed),
        language_model_loss(
            label_smoothing=label_smoothing, activation=activation, temporal_activation=temporal_activation
        ),
        lambda model: {"loss": Generator(model, tokenizer).nats(ids["validation"], streams=32)},
        metric=LOSS,
        folder=run.folder,
        options=run.training_options(warmup=0.02, patience=5, ema=ema or None),
    )
    summary = trainer.fit(resume=run.resume)

    scores = {}
    for split in (split for split in texts if split != "train"):
        found = generator.score(texts[split])
        scores[split] = {"loss": found.nats_per_token, "bits_per_character": found.bits_per_character}
    click.echo(f"\n{prompt}" + "".join(generator.stream(prompt, GenerationOptions(length=400, seed=run.seed))))
    run.finish(scores, summary=summary, use=f"nlprnn generate --model MODEL --prompt {shlex.quote(prompt)}")


def _trained_tokenizer(level: str, texts: list[str], vocab_size: int) -> Tokenizer:
    if level == "char":
        return CharacterTokenizer.train(texts)
    if level == "word":
        return WordTokenizer.train(texts, vocab_size=vocab_size, lowercase=False)
    return BPETokenizer.train(texts, vocab_size=vocab_size)


if __name__ == "__main__":
    main()
