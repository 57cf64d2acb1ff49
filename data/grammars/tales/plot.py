"""Plot: the titles, the wish and its answer, and the stages of one kind of tale."""

from __future__ import annotations

from dataclasses import dataclass, field

from grammars.tales.beings import ROGUES


@dataclass(frozen=True)
class Plot:
    """One kind of tale; of each stage a tale draws one variant that fits its state.

    The stages come between wish and ending, with journeys, meetings and obstacles among them.
    """

    name: str
    titles: tuple[str, ...]
    wishes: tuple[tuple[str, str], ...]
    """What the hero wants (an infinitive without "to"), and the clause that answers it at the end."""
    trouble: tuple[str, ...]
    attempt: tuple[str, ...]
    turn: tuple[str, ...]
    ending: tuple[str, ...]
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Further slots, each drawn once for a tale; `craft|ware` draws two that belong together."""
    holders: dict[str, str] = field(default_factory=dict)
    """Role of the actor who has each thing in the beginning."""
    rogues: tuple[str, ...] = ROGUES
    """Kinds of those who bar the way of the hero."""
    sites: tuple[str, ...] = ()
    """Places that `{q}` may be; by default any."""
    at_home: bool = False
    """Whether the tale can happen without a journey."""
