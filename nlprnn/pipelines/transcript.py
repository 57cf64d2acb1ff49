"""Transcript of a recording, with times and confidence."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class TimedText:
    """A word or a token, and when it is spoken.

    Attributes:
        text: the word, or the text of the token.
        start: in seconds from the beginning of the recording.
        end: in seconds.
        confidence: geometric mean of its probability in the frames that are aligned with it, 0 to 1.
    """

    text: str
    start: float
    end: float
    confidence: float


@dataclass(frozen=True)
class Transcript:
    """What was recognized in a recording, or in a segment of it.

    Attributes:
        text: "" where nothing was, or the transcript is rejected.
        confidence: probability of the text given the sound, 0 to 1: of several segments the least.
        words: with times; none where they were not requested.
        tokens: characters or other tokens, with times; none where they were not requested.
        seconds: length of the sound.
        alternatives: the best texts with their log-probabilities in nats, the first one `text`; one unless more were
            requested; none of several segments.
        rejected: whether the confidence is below the threshold.
    """

    text: str
    confidence: float
    seconds: float
    words: tuple[TimedText, ...] = ()
    tokens: tuple[TimedText, ...] = ()
    alternatives: tuple[tuple[str, float], ...] = ()
    rejected: bool = False

    @property
    def is_silent(self) -> bool:
        """Whether nothing is spoken: no text is more probable than all texts together."""
        return not self.text and not self.rejected and self.confidence >= 0.5

    def shifted(self, seconds: float) -> Transcript:
        """Return the transcript with times that begin later."""
        return replace(
            self,
            words=tuple(replace(one, start=one.start + seconds, end=one.end + seconds) for one in self.words),
            tokens=tuple(replace(one, start=one.start + seconds, end=one.end + seconds) for one in self.tokens),
        )


def concatenate(segments: list[Transcript]) -> Transcript:
    """Return the transcript of consecutive segments, whose times count from the beginning of the first.

    A rejected segment adds nothing to the text; where all are rejected, so is the whole.
    """
    if len(segments) == 1:
        return segments[0]
    kept = [segment for segment in segments if segment.text]
    return Transcript(
        text=" ".join(segment.text for segment in kept),
        confidence=min((segment.confidence for segment in kept or segments), default=1.0),
        seconds=sum(segment.seconds for segment in segments),
        words=tuple(word for segment in segments for word in segment.words),
        tokens=tuple(token for segment in segments for token in segment.tokens),
        rejected=not kept and any(segment.rejected for segment in segments),
    )


def subtitles(words: tuple[TimedText, ...], *, longest: float = 5.0, pause: float = 0.8) -> str:
    """Return words as SubRip subtitles (.srt).

    Args:
        words: with times.
        longest: seconds of a subtitle, at most, unless it is one word.
        pause: seconds between two words after which another subtitle begins.
    """
    groups: list[list[TimedText]] = []
    for word in words:
        if groups and word.end - groups[-1][0].start <= longest and word.start - groups[-1][-1].end <= pause:
            groups[-1].append(word)
        else:
            groups.append([word])
    blocks = (
        f"{number}\n{_clock(group[0].start)} --> {_clock(group[-1].end)}\n{' '.join(word.text for word in group)}\n"
        for number, group in enumerate(groups, start=1)
    )
    return "\n".join(blocks)


def _clock(seconds: float) -> str:
    milliseconds = round(1000 * seconds)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1000:02},{milliseconds % 1000:03}"
