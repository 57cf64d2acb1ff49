from __future__ import annotations

import os
import signal

import pytest

from nlprnn.training.checkpoint_folder import checkpoint_files, read_newest_checkpoint
from nlprnn.training.files import CHECKPOINT_FOLDER
from nlprnn.training.signals import StopSignal, TrainingInterrupted


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signal_saves_ends_and_restores_the_handlers(tmp_path, tiny, number, exit_code):
    handlers = [signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)]
    loss = tiny.at_call(4, lambda: os.kill(os.getpid(), number), tiny.squared_error)
    with pytest.raises(TrainingInterrupted, match="everything is saved") as stopped:
        tiny.linear_trainer(tmp_path, loss=loss).fit()
    assert read_newest_checkpoint(tmp_path / CHECKPOINT_FOLDER)[1]["state"]["step"] == 4
    assert [signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)] == handlers
    assert stopped.value.exit_code == exit_code


def test_second_ctrl_c_stops_immediately(tmp_path, tiny):
    handler = signal.getsignal(signal.SIGINT)

    def twice():
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        tiny.linear_trainer(tmp_path, loss=tiny.at_call(4, twice, tiny.squared_error)).fit()
    assert list(checkpoint_files(tmp_path / CHECKPOINT_FOLDER)) == [0]
    assert signal.getsignal(signal.SIGINT) is handler


def test_second_sigterm_still_saves():
    with StopSignal() as stop:
        assert not stop.requested
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.requested
