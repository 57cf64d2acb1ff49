"""Translation: an attention sequence-to-sequence model on any table of sentence pairs."""

from __future__ import annotations

import click
import torch

from nlprnn import Translator
from nlprnn.experiment.command import recipe
from nlprnn.experiment.run import Run
from nlprnn.metrics import BLEU, CHRF, LOSS
from nlprnn.models import Seq2Seq
from nlprnn.modules import AttentionDecoder, Bridge, Embedding, RecurrentEncoder
from nlprnn.modules.attention import ATTENTIONS, Attention
from nlprnn.tasks.bleu import BLEU_TOKENIZERS
from nlprnn.tasks.translation import SentencePairs
from nlprnn.text import BPETokenizer, SentencePieceTokenizer
from nlprnn.training.losses.translation import translation_loss
from nlprnn.training.schedules import linear_after
from nlprnn.training.trainer import Trainer

SIZE, SHARE, RATE = click.IntRange(min=1), click.FloatRange(0, 1), click.FloatRange(min=0)
POSITIVE, PROBABILITY = click.FloatRange(min=0, min_open=True), click.FloatRange(0, 1, max_open=True)
SAMPLE = {
    "max_minutes": 1.5,
    "batch_tokens": 512,
    "learning_rate": 4e-3,
    "embedding_size": 128,
    "encoder_size": 128,
    "decoder_size": 256,
    "dropout": 0.1,
    "embedding_dropout": 0.0,
    "word_dropout": 0.0,
}
# Of a thousand greedy translations chrF is known more exactly than BLEU.
METRICS = {"chrf": CHRF, "bleu": BLEU, "loss": LOSS}
TOKENIZERS = {"sentencepiece": SentencePieceTokenizer, "bpe": BPETokenizer}


@recipe("translation", dataset="translation", epochs=30, sample=SAMPLE)
@click.option("--source", help="Field with the text to translate; guessed if not given.")
@click.option("--target", help="Field with its translation; guessed if not given.")
@click.option("--tokenizer", type=click.Choice(list(TOKENIZERS)), default="sentencepiece", help="Kind of sub-words.")
@click.option("--vocab-size", type=SIZE, default=4000, help="Sub-words of both languages together.")
@click.option("--max-length", type=click.IntRange(min=2), default=256, help="Sub-words read of a sentence.")
@click.option("--embedding-size", type=SIZE, default=256, help="Width of a sub-word's vector.")
@click.option("--cell", type=click.Choice(["lstm", "gru", "rnn"]), default="lstm", help="Recurrent cell.")
@click.option("--encoder-size", type=SIZE, default=256, help="Width of an encoder layer, in each direction.")
@click.option("--encoder-layers", type=SIZE, default=1, help="Recurrent layers of the encoder.")
@click.option("--decoder-size", type=SIZE, default=512, help="Width of a decoder layer.")
@click.option("--decoder-layers", type=SIZE, default=1, help="Recurrent layers of the decoder.")
@click.option("--attention", type=click.Choice(list(ATTENTIONS)), default="general", help="Kind of attention.")
@click.option("--input-feeding", is_flag=True, help="Feed what attention said back; training goes token by token.")
@click.option("--dropout", type=PROBABILITY, default=0.3, help="Between layers and on what the decoder says.")
@click.option("--embedding-dropout", type=PROBABILITY, default=0.2, help="On sub-word vectors, one mask a sentence.")
@click.option("--word-dropout", type=PROBABILITY, default=0.1, help="Sub-words made unknown in training.")
@click.option("--final-dropout", type=SHARE, default=0.2, help="Part of dropout left in the end; falls from half-time.")
@click.option("--label-smoothing", type=PROBABILITY, default=0.1, help="Probability spread over all sub-words.")
@click.option("--r-drop", type=RATE, default=0.0, help="Weight of R-Drop, which doubles the time.")
@click.option("--batch-tokens", type=SIZE, default=2048, help="Most sub-words of a batch, both sides, with padding.")
@click.option("--learning-rate", type=POSITIVE, default=2e-3, help="Highest rate, after warm-up.")
@click.option("--select-by", type=click.Choice(list(METRICS)), default="chrf", help="What picks the best weights.")
@click.option("--tokenize", type=click.Choice(BLEU_TOKENIZERS), default="13a", help="How BLEU finds words: zh, ...")
@click.option("--patience", type=SIZE, default=10, help="Epochs without a better score after which training ends.")
def main(
    run: Run,
    source: str | None,
    target: str | None,
    tokenizer: str,
    vocab_size: int,
    max_length: int,
    embedding_size: int,
    cell: str,
    encoder_size: int,
    encoder_layers: int,
    decoder_size: int,
    decoder_layers: int,
    attention: str,
    input_feeding: bool,
    dropout: float,
    embedding_dropout: float,
    word_dropout: float,
    final_dropout: float,
    label_smoothing: float,
    r_drop: float,
    batch_tokens: int,
    learning_rate: float,
    select_by: str,
    tokenize: str,
    patience: int,
) -> None:
    """Train a translator from one language to another.

    \b
    python recipes/translation.py
    python recipes/translation.py --dataset multi30k --source en --target de --max-minutes 60
    """
    pairs = SentencePairs.load(run, source, target, tokenize)
    sub_words = TOKENIZERS[tokenizer].train(pairs.texts(), vocab_size=vocab_size)
    embedding = Embedding(
        sub_words.vocab_size,
        embedding_size,
        std=embedding_size**-0.5,
        word_dropout=word_dropout,
        locked_dropout=embedding_dropout,
    )
    encoder = RecurrentEncoder(
        embedding_size, encoder_size, cell=cell, num_layers=encoder_layers, bidirectional=True, dropout=dropout
    )
    decoder = AttentionDecoder(
        embedding_size,
        decoder_size,
        embedding_size,
        attention=_attention(attention, decoder_size, encoder.output_size),
        cell=cell,
        num_layers=decoder_layers,
        input_feeding=input_feeding,
        dropout=dropout,
    )
    bridge = Bridge(encoder.output_size, decoder_size, num_layers=decoder_layers, cell=cell)
    model = Seq2Seq(source_embedding=embedding, encoder=encoder, bridge=bridge, decoder=decoder, max_length=max_length)
    run.say(f"{sub_words.vocab_size:,} sub-words; {sum(p.numel() for p in model.parameters()):,} parameters")
    translator = Translator(model, sub_words)
    if not run.resume:
        translator.save(run.folder)

    trainer = Trainer(
        model,
        torch.optim.AdamW(model.parameters(), lr=learning_rate, weight_decay=0.01, fused=True),
        pairs.batches(translator, batch_tokens),
        translation_loss(label_smoothing=label_smoothing, r_drop=r_drop),
        pairs.validation(translator),
        metric=METRICS[select_by],
        folder=run.folder,
        options=run.training_options(warmup=0.03, ema=0.998, patience=patience, dropout=linear_after(final_dropout)),
    )
    pairs.finish(translator, trainer.fit(resume=run.resume))


def _attention(name: str, query_size: int, memory_size: int) -> Attention:
    try:
        return ATTENTIONS[name](query_size, memory_size)
    except ValueError as error:
        sizes = f"--decoder-size {query_size} and --encoder-size {memory_size // 2} in two directions"
        raise click.UsageError(f"--attention {name} does not fit {sizes}: {error}") from error


if __name__ == "__main__":
    main()
