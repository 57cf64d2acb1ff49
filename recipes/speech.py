"""Speech recognition: a recurrent network with CTC or attention writes what is spoken, or which word of a list."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from nlprnn.experiment import Run, recipe
from nlprnn.metrics import LOSS
from nlprnn.metrics.speech import wer_signature
from nlprnn.tasks.speech.batches import ClipBatches
from nlprnn.tasks.speech.concatenated_clips import ClipGroups
from nlprnn.tasks.speech.confusion import draw_confusions
from nlprnn.tasks.speech.data import SpeechData, learnable, report_odd_clips, report_unknown_letters
from nlprnn.tasks.speech.model import AnyRecognizer, build_processor, build_recognizer, loss_of, outputs_per_token
from nlprnn.tasks.speech.options import SpeechOptions
from nlprnn.tasks.speech.plan import plan_speech
from nlprnn.tasks.speech.rejection import fit_rejection
from nlprnn.tasks.speech.scores import evaluation_search, speech_scores
from nlprnn.tasks.speech.speakers import adapted_features, clip_features, clip_processors
from nlprnn.training import SplitValidation, Trainer, adamw, cosine
from nlprnn.training.perfect_validation import StopWhenPerfect


@recipe("speech")
def main(run: Run, options: SpeechOptions) -> None:
    """Train a speech recognizer.

    \b
    python recipes/speech.py
    python recipes/speech.py --dataset clips/           # clips/yes/1.wav, clips/no/1.wav and so on
    python recipes/speech.py --dataset recordings.csv   # with the columns path, text and perhaps speaker
    """
    # Data
    data = SpeechData.load(
        options.dataset,
        options.fields,
        options=options.read_options(),
        sample_rate=options.sample_rate,
        lowercase=options.lowercase,
        hold_out_by=options.hold_out,
    ).concatenated("validation", options.concatenate)
    run.log_data(data.report)
    waveforms = {split: data.waveforms(split) for split in ["train", *run.scored(data.held_out)]}
    train = data.splits["train"]
    report_odd_clips(train, waveforms["train"])

    # Hyperparameters
    plan = run.choose(plan_speech(len(train), len(waveforms["train"].values) / data.sample_rate, options))

    # Alphabet, features and model
    def build() -> AnyRecognizer:
        processor = build_processor(train, waveforms["train"], data.sample_rate, options)
        ratio = outputs_per_token(processor, train.transcripts, waveforms["train"]) / options.subsampling
        return build_recognizer(processor, ratio, options)

    network = run.pipeline(build)
    model, processor = network.model, network.processor
    report_unknown_letters(data, processor)
    rows = learnable(train, waveforms["train"], processor, model.frames_per_output)
    clips, learnt = waveforms.pop("train").select(rows), train.select(rows.tolist())
    features = {split: clip_features(processor, of, data.splits[split].speakers) for split, of in waveforms.items()}

    # Train
    def score(recognizer: AnyRecognizer, split: str, rows: np.ndarray | slice, beam_size: int) -> dict[str, Any]:
        references = np.array(data.splits[split].transcripts, dtype=object)[rows].tolist()
        search = evaluation_search(recognizer, beam_size=beam_size)
        scores = speech_scores(recognizer, features[split].select(rows), references, search)
        if scores["empty"] == 100.0:
            run.log(f"still nothing but blanks in all {len(references)} clips of {split}")
        return scores

    trainer = Trainer(
        model,
        adamw(model.parameters(), plan.learning_rate),
        ClipBatches(
            clips,
            learnt.transcripts,
            clip_processors(processor, clips, learnt.speakers),
            options.augmentation(),
            batch_size=plan.batch_size,
            seed=options.seed,
            clip_groups=ClipGroups(learnt.speakers, options.concatenate) if options.concatenate > 1 else None,
        ),
        loss_of(network),
        SplitValidation(
            lambda averaged, rows: score(type(network)(averaged, processor), "validation", rows, 4),
            len(features["validation"]),
            unit="clips",
            final_rows=2 * sum(map(len, features.values())),
        ),
        metric=LOSS,
        folder=run.folder,
        options=run.training_options(schedule=cosine, warmup=0.05, shown_scores=("wer", "loss"), **plan.length),
        callbacks=[*run.callbacks, StopWhenPerfect("wer", 0.0)],
    )
    summary = trainer.fit(resume=run.resume)

    # Rejection
    features = {split: adapted_features(network, of, data.splits[split].speakers) for split, of in waveforms.items()}
    if rejection := fit_rejection(network, features["validation"], data.splits["validation"].transcripts):
        run.log(rejection.describe())
        network = type(network)(model, replace(processor, reject=rejection.threshold))
        run.save(network)

    # Evaluate
    splits = run.scored(data.held_out)
    sizes = {split: len(features[split]) for split in splits}
    signature = {"wer_signature": wer_signature(lowercase=options.lowercase)}
    final = run.score(lambda split, rows: score(network, split, rows, 16) | signature, sizes)
    draw_confusions(network, features[splits[-1]], data.splits[splits[-1]].transcripts, run)
    usage = ["nlprnn transcribe --model MODEL recording.wav", options.evaluation_command(splits[-1])]
    run.finish(final.scores, summary=summary, usage=usage)


if __name__ == "__main__":
    main()
