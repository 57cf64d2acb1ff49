"""What reading tables leaves as it was."""

from __future__ import annotations

import logging

import datasets
import pytest

from nlprnn.data.table import quiet_datasets


@pytest.mark.parametrize("shown", [True, False])
def test_progress_bars_and_log_are_as_before(shown):
    datasets.enable_progress_bars() if shown else datasets.disable_progress_bars()
    level = logging.getLogger("datasets").level
    try:
        with quiet_datasets():
            assert datasets.are_progress_bars_disabled()
            assert logging.getLogger("datasets").level == logging.CRITICAL
        assert datasets.are_progress_bars_disabled() is not shown
        assert logging.getLogger("datasets").level == level
    finally:
        datasets.enable_progress_bars()
