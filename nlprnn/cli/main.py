"""The `nlprnn` command. The module of a verb is imported when the verb is called, so that help is instant."""

from __future__ import annotations

import gc
from importlib import import_module

import click

from nlprnn.friendly_command import FriendlyMain
from nlprnn.version import __version__

_OBJECTS_BETWEEN_COLLECTIONS = 10_000
"""Importing PyTorch makes 260,000 objects, none of them garbage; a collection every 700 costs up to 0.15 s."""

# Verb -> its help in one line. A verb is a click command of that name in the module of that name.
_VERBS = {
    "calibrate": "Make the probabilities of a classifier honest.",
    "classify": "Label texts with a trained classifier.",
    "compare": "Compare runs: options that differ, scores, curves.",
    "datasets": "List public data sets, or build the folder of one.",
    "evaluate": "Score a trained model on a dataset.",
    "explain": "Show the contribution of each token to a label.",
    "forecast": "Continue series of numbers with a trained forecaster.",
    "export": "Export a trained model as ONNX, checked against it.",
    "generate": "Continue a prompt with a language model.",
    "info": "Describe a model folder: model, size, scores.",
    "rate": "Predict a number for texts with a trained regressor.",
    "recipes": "List the training scripts, or copy one to change it.",
    "runs": "List runs with their state, length and scores.",
    "score": "Compute the log-likelihood of texts under a language model.",
    "serve": "Serve models over HTTP, with a page to try them on.",
    "tag": "Tag names, or each word, in texts with a trained tagger.",
    "transcribe": "Transcribe recordings with a speech recognizer.",
    "translate": "Translate sentences with a trained model.",
    "tune": "Search for good options of a recipe within a time budget.",
}


class LazyGroup(FriendlyMain, click.Group):
    """A group that lists its verbs with their help without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all verbs."""
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a verb."""
        if cmd_name not in _VERBS:
            return None
        verb: click.Command = getattr(import_module(f"nlprnn.cli.{cmd_name}"), cmd_name)
        return verb

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the verb; an unknown one is an error that names the nearest."""
        if args and args[0] not in _VERBS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], _VERBS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(_VERBS)}"
            ctx.fail(f"no such command {args[0]!r}: {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of verbs without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_VERBS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="nlprnn")
def main() -> None:
    """Recurrent networks on text.

    \b
    nlprnn generate --prompt "Once upon a time"
    nlprnn classify --model runs/sentiment "Not at all boring."
    nlprnn recipes
    """
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)


if __name__ == "__main__":
    main()
