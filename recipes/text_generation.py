"""Text generation, character by character: a recurrent language model on any text."""

from __future__ import annotations

import shlex

import click
import torch

from nlprnn import Generator
from nlprnn.cli.options import recipe
from nlprnn.cli.run import Run
from nlprnn.data.batching import StreamBatches
from nlprnn.data.sources import load_text
from nlprnn.errors import DataError
from nlprnn.models import LanguageModel
from nlprnn.modules import Embedding, RecurrentEncoder
from nlprnn.pipelines import GenerationOptions
from nlprnn.text import CharacterTokenizer
from nlprnn.training.losses import language_model_loss
from nlprnn.training.metrics import LOSS
from nlprnn.training.trainer import Trainer


@recipe("text_generation", dataset="stories", epochs=8, sample={"max_minutes": 1.2})
@click.option("--text-field", help="Field with the text, where the data set is a table.")
@click.option("--cell", type=click.Choice(["lstm", "gru", "rnn"]), default="lstm", help="Recurrent cell.")
@click.option("--hidden-size", type=click.IntRange(min=1), default=512, help="Width of a recurrent layer.")
@click.option("--embedding-size", type=click.IntRange(min=1), default=128, help="Width of a character's vector.")
@click.option("--layers", type=click.IntRange(min=1), default=2, help="Recurrent layers.")
@click.option("--dropout", type=click.FloatRange(0, 1, max_open=True), default=0.3, help="On each layer's output.")
@click.option("--batch-size", type=click.IntRange(min=1), default=32, help="Streams of text side by side.")
@click.option("--window", type=click.IntRange(min=2), default=128, help="Characters that the gradient goes back.")
@click.option(
    "--learning-rate", type=click.FloatRange(min=0, min_open=True), default=3e-3, help="Highest rate, after warm-up."
)
@click.option("--prompt", default="Once upon a time", help="What the sample at the end begins with.")
def main(
    run: Run,
    text_field: str | None,
    cell: str,
    hidden_size: int,
    embedding_size: int,
    layers: int,
    dropout: float,
    batch_size: int,
    window: int,
    learning_rate: float,
    prompt: str,
) -> None:
    """Train a character-level language model and let it write.

    Scores are nats per character over the whole held-out text, read in one go with the state carried on.

    \b
    python recipes/text_generation.py
    python recipes/text_generation.py --dataset my_novel.txt --max-minutes 30
    """
    texts = load_text(run.dataset, text_field=text_field)
    tokenizer = CharacterTokenizer.train(texts["train"])

    generator = Generator(
        LanguageModel(
            embedding=Embedding(tokenizer.vocab_size, embedding_size),
            encoder=RecurrentEncoder(embedding_size, hidden_size, cell=cell, num_layers=layers, locked_dropout=dropout),
            output_dropout=dropout,
        ),
        tokenizer,
    )
    ids = {split: generator.encode(documents) for split, documents in texts.items()}
    for split, needed in (("train", 2 * batch_size), ("validation", 2)):
        if len(ids[split]) < needed:
            raise DataError(f"the {split} text of {run.dataset} has under {needed} characters: give more text")
    size = sum(parameter.numel() for parameter in generator.model.parameters())
    run.say(f"{len(ids['train']):,} characters, {tokenizer.vocab_size - 4} distinct; {size:,} parameters")

    if not run.resume:
        generator.save(run.folder)
    trainer = Trainer(
        generator.model,
        torch.optim.AdamW(generator.model.parameters(), lr=learning_rate, weight_decay=0.01, fused=True),
        StreamBatches(ids["train"], batch_size=batch_size, length=window, seed=run.seed),
        language_model_loss(),
        lambda model: {"loss": Generator(model, tokenizer).nats(ids["validation"], streams=32)},
        metric=LOSS,
        folder=run.folder,
        options=run.training_options(warmup=0.02, patience=5, ema=0.995),
    )
    summary = trainer.fit(resume=run.resume)

    scores = {split: {"loss": generator.nats(ids[split])} for split in texts if split != "train"}
    click.echo(f"\n{prompt}" + "".join(generator.stream(prompt, GenerationOptions(length=400, seed=run.seed))))
    run.finish(scores, summary=summary, use=f"nlprnn generate --model MODEL --prompt {shlex.quote(prompt)}")


if __name__ == "__main__":
    main()
