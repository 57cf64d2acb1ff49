"""Translation: an attention sequence-to-sequence model on any table of sentence pairs."""

from __future__ import annotations

import shlex

import numpy as np

from nlprnn.experiment import Run, recipe
from nlprnn.models import Seq2Seq
from nlprnn.modules import AttentionDecoder, Bridge, Embedding, RecurrentEncoder
from nlprnn.pipelines import Translator
from nlprnn.tasks.adaptation.pairs import adapted_pairs, adapted_translator
from nlprnn.tasks.adaptation.start import adapted_plan, open_start
from nlprnn.tasks.bleu import check_bleu_tokenizer
from nlprnn.tasks.sentence_pairs import TranslatedPairs
from nlprnn.tasks.translation import METRICS, TranslatorOptions, translation_validation
from nlprnn.tasks.translation_plan import plan_translation
from nlprnn.text import BPETokenizer, SentencePieceTokenizer
from nlprnn.training import Trainer, adamw, linear_after
from nlprnn.training.losses import translation_loss


@recipe("translation")
def main(run: Run, options: TranslatorOptions) -> None:
    """Train a translator from one language to another.

    \b
    python recipes/translation.py
    python recipes/translation.py --dataset multi30k --source en --target de --max-minutes 60
    """
    # Data
    check_bleu_tokenizer(options.bleu_tokenizer)
    start, options = open_start(run, options, Translator)
    pairs = adapted_pairs(options.load(), start, options)
    run.log_data(pairs.report)

    # Hyperparameters
    plan = run.choose(adapted_plan(plan_translation(pairs, options), start, options))

    # Tokenizer, shared by both languages, and model
    def build() -> Translator:
        kind = BPETokenizer if options.tokenizer == "bpe" else SentencePieceTokenizer
        tokenizer = kind.train(pairs.texts(), vocab_size=plan.vocab_size)
        run.log(f"{tokenizer.vocab_size:,} subwords")
        size = plan.embedding_size
        embedding = Embedding(
            tokenizer.vocab_size,
            size,
            std=size**-0.5,
            word_dropout=plan.word_dropout,
            locked_dropout=plan.embedding_dropout,
        )
        encoder = RecurrentEncoder(
            size,
            plan.encoder_size,
            cell=options.cell,
            num_layers=options.encoder_layers,
            bidirectional=True,
            dropout=plan.dropout,
        )
        decoder = AttentionDecoder(
            size,
            plan.decoder_size,
            size,
            attention=options.build_attention(plan.decoder_size, encoder.output_size),
            cell=options.cell,
            num_layers=options.decoder_layers,
            input_feeding=options.input_feeding,
            dropout=plan.dropout,
        )
        bridge = Bridge(encoder.output_size, plan.decoder_size, num_layers=options.decoder_layers, cell=options.cell)
        model = Seq2Seq(
            source_embedding=embedding, encoder=encoder, bridge=bridge, decoder=decoder, max_length=options.max_length
        )
        return Translator(model, tokenizer)

    translator = adapted_translator(run, build, start, pairs, options)

    # Train
    batches = pairs.batches(translator, max_tokens=plan.batch_tokens, seed=options.seed)
    if truncated := pairs.count_truncated(batches, options.max_length):
        run.log(f"{truncated:,} pairs to train on reach --max-length {options.max_length}, where they are truncated")
    trainer = Trainer(
        translator.model,
        adamw(translator.model.parameters(), plan.learning_rate),
        batches,
        translation_loss(label_smoothing=options.label_smoothing, r_drop=options.r_drop),
        translation_validation(translator, pairs, run.scored(pairs.held_out), bleu_tokenizer=options.bleu_tokenizer),
        metric=METRICS[options.select_by],
        folder=run.folder,
        options=run.training_options(
            warmup=0.03, dropout=linear_after(options.final_dropout_scale), ema=plan.ema, **plan.length
        ),
        callbacks=run.callbacks,
    )
    summary = trainer.fit(resume=run.resume)

    # Evaluate
    translated: dict[str, TranslatedPairs] = {}

    def score(split: str, rows: np.ndarray | slice) -> dict[str, float | str]:
        translated[split] = pairs.translate(translator, split, rows)
        return translated[split].scores(options.bleu_tokenizer)

    final = run.score(score, {split: pairs.size(split) for split in run.scored(pairs.held_out)})
    for split, result in translated.items():
        run.write_text(f"{split}.hypotheses.txt", "".join(f"{line}\n" for line in result.hypotheses))
    print(result.examples(5))
    first = next(filter(str.strip, result.sources), "")
    run.finish(final.scores, summary=summary, usage=[f"nlprnn translate --model MODEL -- {shlex.quote(first)}"])


if __name__ == "__main__":
    main()
