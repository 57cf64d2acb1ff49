from __future__ import annotations

import pytest
import torch

from nlprnn.pipelines import GenerationOptions, text_windows
from nlprnn.pipelines.text_windows import final_state, read_windows

PROMPTS = ["The cat sat on the mat, and the dog did not.", "", "你好", "She said hello to all of them. ", "x"]


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn", "mingru"])
def test_state_after_windows_is_that_of_one_pass(make_generator, monkeypatch, cell):
    model = make_generator(cell=cell, num_layers=2).model.eval()
    lengths = torch.tensor([23, 1, 0, 8, 16])
    mask = torch.arange(23) < lengths[:, None]
    ids = torch.randint(4, model.vocab_size, mask.shape) * mask
    monkeypatch.setattr(text_windows, "MAX_TOKENS", 20)  # 4 columns of 5 rows
    with torch.inference_mode():
        expected = model(ids, mask)
        windows = list(read_windows(model, ids, mask))
        torch.testing.assert_close(final_state(model, ids, mask), expected.state)
    assert [(window.start, output.vectors.shape[1]) for window, output in windows] == [
        *((start, 4) for start in range(0, 20, 4)),
        (20, 3),
    ]
    for window, output in windows:
        torch.testing.assert_close(
            output.vectors * mask[:, window, None], expected.vectors[:, window] * mask[:, window, None]
        )


@pytest.mark.parametrize("tokenizer", ["character", "word", "bpe"])
def test_long_prompt_is_read_in_windows(make_generator, monkeypatch, tokenizer):
    generator, options = make_generator(tokenizer, num_layers=2), GenerationOptions(length=20, temperature=0.0)
    expected = generator(PROMPTS, options)
    monkeypatch.setattr(text_windows, "MAX_TOKENS", 7)
    assert generator(PROMPTS, options) == expected
    sizes = []
    generator.model.register_forward_hook(lambda module, inputs, output: sizes.append(inputs[0].numel()))
    assert "".join(generator.stream(PROMPTS[0], options)) == expected[0]
    assert max(sizes) <= 7
