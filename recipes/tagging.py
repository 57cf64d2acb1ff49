"""Tagging: a bidirectional LSTM-CRF that finds names, or parts of speech, in sentences whose words have tags."""

from __future__ import annotations

from nlprnn.experiment import Run, recipe
from nlprnn.metrics import ACCURACY, F1
from nlprnn.models import TokenTagger
from nlprnn.modules import CharacterEmbedding, LinearChainCRF, OutputHead, RecurrentEncoder
from nlprnn.pipelines import Tagger
from nlprnn.tasks.adaptation.bundled_start import start_from_names
from nlprnn.tasks.adaptation.start import adapted_plan, open_start
from nlprnn.tasks.adaptation.tags import adapted_tagger, adapted_tags
from nlprnn.tasks.outside_penalty import fit_outside_penalty
from nlprnn.tasks.pretraining import init_from, pretrained_words
from nlprnn.tasks.tagging import TaggingOptions, tagged_batches
from nlprnn.tasks.tagging_plan import plan_tagging
from nlprnn.tasks.vocabulary import train_word_char_vocabulary
from nlprnn.training import SplitValidation, Trainer, adamw
from nlprnn.training.losses import tagging_loss


@recipe("tagging")
def main(run: Run, options: TaggingOptions) -> None:
    """Train a tagger of words, which finds spans such as names where tags mark them (B-PER, I-PER, O).

    \b
    python recipes/tagging.py
    python recipes/tagging.py --dataset corpus --token-field 1 --tag-field 4
    """
    # Data
    data = options.load()
    start, options = open_start(run, start_from_names(run, data, options), Tagger)
    data = adapted_tags(data, start, options)
    run.log_data(data.report)

    # Hyperparameters
    plan = run.choose(adapted_plan(plan_tagging(data, options, start), start, options))

    # Tokenizer and model
    def build() -> Tagger:
        vocabulary = train_word_char_vocabulary(
            data.splits["train"].tokens,
            min_frequency=plan.min_frequency,
            vectors=options.vectors,
            words=pretrained_words(options.init_from),
        )
        run.log(vocabulary.describe())
        embedding = vocabulary.embedding(
            plan.embedding_size,
            seed=None,
            locked_dropout=options.embedding_dropout,
            word_dropout=plan.word_dropout,
        )
        characters = None
        if options.characters != "none":
            characters = CharacterEmbedding(
                vocabulary.tokenizer.characters.vocab_size,
                plan.character_size,
                plan.character_size,
                network=options.characters,
                dropout=options.embedding_dropout,
                character_dropout=0.01,
            )
        encoder = RecurrentEncoder(
            embedding.output_size + (characters.output_size if characters else 0),
            plan.hidden_size,
            cell=options.cell,
            num_layers=options.num_layers,
            bidirectional=True,
            dropout=options.dropout,
        )
        model = TokenTagger(
            embedding=embedding,
            characters=characters,
            encoder=encoder,
            head=OutputHead(encoder.output_size, len(data.labels), dropout=options.dropout),
            crf=LinearChainCRF(len(data.labels), scheme_labels=data.labels) if options.crf else None,
            labels=data.labels,
            max_word_length=20,
        )
        if options.init_from:
            init_from(options.init_from, embedding, encoder, vocabulary.tokenizer.words)
        return Tagger(model, vocabulary.tokenizer)

    tagger = adapted_tagger(run, build, start, data, options, plan)
    model, tokenizer = tagger.model, tagger.tokenizer

    # Train
    encoded, splits = data.encode(tagger), run.scored(data.held_out)
    words, tags = encoded["train"]
    trainer = Trainer(
        model,
        adamw(model.parameters(), plan.learning_rate),
        tagged_batches(words, tags, batch_size=plan.batch_size, seed=options.seed),
        tagging_loss,
        SplitValidation(
            lambda averaged, rows: data.score(Tagger(averaged, tokenizer), "validation", encoded, rows),
            len(encoded["validation"][0]),
            final_rows=2 * sum(len(encoded[split][0]) for split in splits),
        ),
        metric=F1 if tagger.is_span_tagger else ACCURACY,
        folder=run.folder,
        options=run.training_options(warmup=0.05, **plan.length),
        callbacks=run.callbacks,
    )
    summary = trainer.fit(resume=run.resume)

    if tagger.is_span_tagger:
        validation = encoded["validation"][0], data.splits["validation"].tags
        run.log(fit_outside_penalty(tagger, *validation, tolerance=plan.tolerance).describe())
        run.save(tagger)

    # Evaluate
    sizes = {split: len(encoded[split][0]) for split in splits}
    final = run.score(lambda split, rows: data.score(tagger, split, encoded, rows), sizes)
    run.finish(final.scores, summary=summary, usage=['nlprnn tag --model MODEL "Emma Torsson flew to Lindford."'])


if __name__ == "__main__":
    main()
