"""Make the bundled model `teller` of a trained one: `python data/teller.py --model MODEL --corpus tales --out teller`.

The weights are stored in half precision, and the folder gets a guide: the words and the runs of words of the training
text, and names for its stand-ins.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import click
from grammars.tales import beings, settings
from grammars.tales.world import PRONOUNS
from tales import read_tales

from nlprnn.decoding.mention_rules import Introduction, MentionRules
from nlprnn.pipelines import Generator
from nlprnn.pipelines.text_guide import TextGuide

TOWNS = 200


def names() -> dict[str, tuple[str, ...]]:
    """Return the names that each stand-in may become."""
    towns = [start + end for start in settings.TOWN_STARTS for end in settings.TOWN_ENDS]
    by_stand_in = {settings.STAND_IN: tuple(Random(1).sample(towns, TOWNS))}
    for pronoun, known in (("she", beings.GIRLS), ("he", beings.BOYS)):
        by_stand_in |= dict.fromkeys(beings.STAND_INS[pronoun].values(), known)
    return by_stand_in


def rules() -> MentionRules:
    """Return who may be mentioned: one of each role, by a pronoun of a gender that is there, after an introduction."""
    people = {pronoun: tuple(stand_ins.values()) for pronoun, stand_ins in beings.STAND_INS.items()}
    kin = {pronoun: tuple(noun for noun in nouns if noun != "cousin") for pronoun, nouns in beings.KIN.items()}
    kinds = {pronoun: (beings.CHILDREN[pronoun], *kin[pronoun]) for pronoun in people}
    after = ("named", "called", "was", "of", "cousin", *kin["she"], *kin["he"])
    gendered = {
        "she": (*kinds["she"], "princess", "fairy", "mermaid", "queen", "witch", "widow", "washerwoman", "seamstress"),
        "he": (*kinds["he"], "prince", "king", "ferryman", "pedlar", "hermit"),
    }
    elders = {noun for nouns in beings.ELDERS.values() for noun in nouns}
    wonders = {noun for nouns in beings.WONDERS.values() for noun in nouns}
    introduced = {*beings.CHILDREN.values(), *beings.BEASTS, *beings.TRADES, *beings.ROGUES, *elders, *wonders}
    return MentionRules(
        groups=tuple(zip(*people.values(), strict=True)),
        agreements={
            form: (*people[pronoun], *kinds[pronoun])
            for pronoun, forms in PRONOUNS.items()
            for form in sorted(set(forms.values()))
        },
        introductions=(
            Introduction(people["she"], after, 1, confirmed_by=gendered["she"], contradicted_by=gendered["he"]),
            Introduction(people["he"], after, 1, confirmed_by=gendered["he"], contradicted_by=gendered["she"]),
            Introduction(tuple(sorted(introduced)), ("a", "an"), 3),
        ),
    )


@click.command()
@click.option("--model", type=click.Path(exists=True, path_type=Path), required=True, help="Trained model.")
@click.option("--corpus", type=click.Path(exists=True, path_type=Path), required=True, help="Folder of train.jsonl.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the model with its guide.")
def main(model: Path, corpus: Path, out: Path) -> None:
    """Store a model in half precision, with the guide of its training text."""
    guide = TextGuide.of(list(read_tales(corpus / "train.jsonl")), names=names(), rules=rules())
    trained = Generator.load(model, device="cpu")
    Generator(trained.model, trained.tokenizer, guide=guide).save(out, half=True)
    click.echo(f"{len(guide.words):,} words, {len(guide.runs.bits) / 1e6:.1f} MB of runs of words")


if __name__ == "__main__":
    main()
