"""Counts of the server in the text format of Prometheus."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from itertools import accumulate

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
_MEMORY = 0.9
"""Of the running mean of the time of a text."""


class Histogram:
    """Counts of values by upper bounds.

    Args:
        bounds: in ascending order.
    """

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def add(self, value: float) -> None:
        """Count a value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value

    def lines(self, name: str, labels: str = "") -> list[str]:
        """Return the lines of a histogram; `labels` as `path="/classify"`."""
        of, separator = f"{{{labels}}}" if labels else "", "," if labels else ""
        bounds = [*map(str, self.bounds), "+Inf"]
        totals = list(accumulate(self.counts))
        buckets = [
            f'{name}_bucket{{{labels}{separator}le="{bound}"}} {total}'
            for bound, total in zip(bounds, totals, strict=True)
        ]
        return [*buckets, f"{name}_sum{of} {self.sum:g}", f"{name}_count{of} {totals[-1]}"]


class Metrics:
    """Counts since the server began. All but the batches are changed in its event loop alone.

    Attributes:
        waiting: texts that wait or are being answered.
        streams: texts that are being streamed.
        seconds_per_text: running mean of the time that a text takes in its batch.
    """

    def __init__(self) -> None:
        self.waiting = 0
        self.streams = 0
        self.seconds_per_text = 0.0
        self._requests: Counter[tuple[str, int]] = Counter()
        self._seconds: dict[str, Histogram] = {}
        self._batches = Histogram(_SIZES)
        self._failed = 0

    def add_request(self, path: str, status: int, seconds: float) -> None:
        """Count a request to one of the server's own paths."""
        self._requests[path, status] += 1
        self._seconds.setdefault(path, Histogram(_SECONDS)).add(seconds)

    def add_batch(self, size: int, seconds: float) -> None:
        """Count a batch."""
        self._batches.add(size)
        self.seconds_per_text = _MEMORY * self.seconds_per_text + (1 - _MEMORY) * seconds / size

    def add_failures(self, count: int) -> None:
        """Count texts for which a model failed."""
        self._failed += count

    def render(self) -> str:
        """Return all counts."""
        lines = ["# HELP nlprnn_requests_total Requests by path and status.", "# TYPE nlprnn_requests_total counter"]
        lines += [
            f'nlprnn_requests_total{{path="{path}",status="{status}"}} {count}'
            for (path, status), count in sorted(self._requests.items())
        ]
        lines += ["# HELP nlprnn_request_seconds Time to the answer.", "# TYPE nlprnn_request_seconds histogram"]
        for path, histogram in sorted(self._seconds.items()):
            lines += histogram.lines("nlprnn_request_seconds", f'path="{path}"')
        lines += ["# HELP nlprnn_batch_texts Texts of a batch.", "# TYPE nlprnn_batch_texts histogram"]
        lines += self._batches.lines("nlprnn_batch_texts")
        for name, kind, text, value in (
            ("nlprnn_failed_texts_total", "counter", "Texts for which a model failed.", self._failed),
            ("nlprnn_waiting_texts", "gauge", "Texts that wait or are being answered.", self.waiting),
            ("nlprnn_streams", "gauge", "Texts that are being streamed.", self.streams),
        ):
            lines += [f"# HELP {name} {text}", f"# TYPE {name} {kind}", f"{name} {value}"]
        return "\n".join(lines) + "\n"
