from __future__ import annotations

from itertools import chain, islice

import pytest
import torch

from nlprnn.decoding import gumbel as module
from nlprnn.decoding.gumbel import gumbel_noise


def first(count, shape=(2, 3), **options):
    chance = torch.Generator().manual_seed(0)
    return torch.stack(list(islice(chain.from_iterable(gumbel_noise(shape, generator=chance, **options)), count)))


def test_moments_of_the_standard_gumbel_distribution():
    noise = first(50_000)
    assert noise.shape == (50_000, 2, 3)
    mean, variance = noise.mean(dim=0), noise.var(dim=0)
    assert (mean - 0.577216).abs().max() < 0.03  # Euler's constant
    assert (variance - torch.pi**2 / 6).abs().max() < 0.06
    assert torch.corrcoef(noise.flatten(1).T).fill_diagonal_(0).abs().max() < 0.02
    assert abs(float(torch.corrcoef(torch.stack([noise[1:, 0, 0], noise[:-1, 0, 0]]))[0, 1])) < 0.02


@pytest.mark.parametrize("block", [1, 6, 7, 600])
def test_blocks_do_not_repeat_noise(monkeypatch, block):
    monkeypatch.setattr(module, "_BLOCK", block)
    assert len(first(100).flatten().unique()) == 600


@pytest.mark.parametrize("each", [False, True])
@pytest.mark.parametrize("shape", [(1, 3), (2, 3), (5, 40_000)])
def test_a_block_is_one_step_or_of_bounded_memory(shape, each):
    generator = [torch.Generator() for _ in range(shape[0])] if each else None
    block = next(gumbel_noise(shape, generator=generator))
    limit = shape[0] * module._ROW_BLOCK if each else module._BLOCK
    assert len(block) == 1 or limit // 2 < block.numel() <= limit


@pytest.mark.parametrize("vocabulary", [3, 40_000])
def test_noise_of_a_row_depends_on_its_generator_alone(vocabulary):
    def of(*seeds):
        chances = [torch.Generator().manual_seed(seed) for seed in seeds]
        blocks = gumbel_noise((len(seeds), vocabulary), generator=chances)
        return torch.stack(list(islice(chain.from_iterable(blocks), 5)))

    several = of(4, 7, 4)
    assert several.shape == (5, 3, vocabulary)
    assert torch.equal(several[:, :1], of(4))
    assert torch.equal(several[:, 1:2], of(7))
    assert torch.equal(several[:, 2], several[:, 0])
    assert not torch.equal(several[:, 1], several[:, 0])


@pytest.mark.parametrize("temperature", [0.0, 0.5, 1e-40, 1e300])
def test_temperature_scales_and_forbidden_tokens_get_minus_inf(temperature):
    noise, plain = first(40, temperature=temperature, forbidden=[1]), first(40)
    assert torch.isneginf(noise[..., 1]).all()
    torch.testing.assert_close(noise[..., [0, 2]], plain[..., [0, 2]] * min(temperature, 1e30))
