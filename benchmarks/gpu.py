"""Check of a GPU against the CPU, and speed of training and search in each precision.

python benchmarks/gpu.py [--device cuda] [--seconds 4]
python benchmarks/gpu.py --device cpu --quick

It takes under five minutes. First all cells, attentions and a beam search give the results of the CPU. Then models of
nlprnn are trained beside those of plain PyTorch with cuDNN's layers (`plain_gpu.py`), on the same batches in the same
loop. Last, a run of a recipe that was begun on the CPU is resumed on the device.
"""

from __future__ import annotations

import math
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import click
import torch
from gpu_speed import Sizes, jobs, measure_search, measure_training
from torch import Tensor, nn

from nlprnn.batching import SequenceArray, to_device
from nlprnn.decoding import BeamOptions, beam_search
from nlprnn.devices import resolve_device
from nlprnn.errors import DeviceError
from nlprnn.models import Seq2Seq
from nlprnn.modules import AttentionDecoder, Bridge, Embedding, GeneralAttention, RecurrentEncoder
from nlprnn.modules.attention import ATTENTIONS
from nlprnn.pipelines.int8 import make_int8
from nlprnn.training.precision import PRECISIONS, check_precision

TOLERANCE = 2e-4
"""Largest difference of float32 results that counts as equal: sums are in another order."""

FULL = Sizes(vocab_size=8000, size=512, rows=128, longest=50, batches=8)
QUICK = Sizes(vocab_size=50, size=8, rows=4, longest=6, batches=2)


@click.command(context_settings={"show_default": True})
@click.option("--device", default="cuda", help="Device: cuda, mps or cpu.")
@click.option("--seconds", type=float, default=4.0, help="Seconds of each measurement of speed.")
@click.option("--quick", is_flag=True, help="Tiny sizes, and no resumed run: a test of this program.")
def main(device: str, seconds: float, quick: bool) -> None:
    """Print differences from the CPU, tokens per second of training, and sentences per second of beam search."""
    place, sizes = resolve_device(device), QUICK if quick else FULL
    name = torch.cuda.get_device_name(place) if place.type == "cuda" else place.type
    click.echo(f"{name}, torch {torch.__version__}, cuDNN {torch.backends.cudnn.version()}\n")
    largest = print_equality(place)
    print_int8(place)
    print_speed(place, sizes, seconds=0.05 if quick else seconds)
    if not quick:
        print_resume(place)
    if largest > TOLERANCE:
        raise click.ClickException(f"a result differs by {largest:.1e} from that of the CPU")


def print_equality(device: torch.device) -> float:
    """Print the largest differences of outputs and gradients from the CPU; return the largest of all."""
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = False
    largest = 0.0
    for name, compute in comparisons().items():
        expected, actual = compute(torch.device("cpu")), compute(device)
        difference = max(map(distance, expected, actual))
        largest = max(largest, difference)
        click.echo(f"{name:<34} largest difference {difference:.1e}")
    torch.backends.cudnn.allow_tf32 = True
    return largest


def distance(one: Tensor, other: Tensor) -> float:
    """Return the largest difference of two tensors; infinity where their shapes differ."""
    return float((one - other.cpu()).abs().max()) if one.shape == other.shape else math.inf


def comparisons() -> dict[str, Callable[[torch.device], list[Tensor]]]:
    """Return computations by name: of a device, the tensors to compare."""
    whole, ragged = (9, 9, 9, 9), (4, 9, 1, 6)
    cells: dict[str, Callable[[torch.device], list[Tensor]]] = {}
    for cell in ("lstm", "gru", "rnn", "mingru", "minlstm"):
        for kind, lengths in (("dense", whole), ("packed", ragged)):
            cells[f"{cell}, {kind}"] = lambda device, cell=cell, lengths=lengths: encode(device, cell, lengths)
    attentions: dict[str, Callable[[torch.device], list[Tensor]]] = {
        f"{name} attention": lambda device, name=name: attend(device, name) for name in ATTENTIONS
    }
    return {**cells, **attentions, "translation, loss and gradients": translate, "beam search, tokens": search}


def with_gradients(model: nn.Module, outputs: Tensor) -> list[Tensor]:
    """Return outputs, and the gradients of the weights for a sum of weighted outputs."""
    slopes = torch.linspace(-1.0, 1.0, outputs.numel(), device=outputs.device).view_as(outputs)
    return [outputs.detach(), *torch.autograd.grad((outputs * slopes).sum(), list(model.parameters()))]


def padded(device: torch.device, lengths: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Return random ids (B, T) int64 and their mask (B, T) bool, with known row lengths."""
    generator = torch.Generator().manual_seed(1)
    rows = [torch.randint(4, 30, (length,), generator=generator).numpy() for length in lengths]
    ids, mask = SequenceArray.from_sequences(rows).pad(torch.arange(len(rows)).numpy())
    return to_device(ids, device), to_device(mask, device)


def encode(device: torch.device, cell: str, lengths: tuple[int, ...]) -> list[Tensor]:
    """Run two bidirectional layers."""
    torch.manual_seed(0)
    encoder = RecurrentEncoder(32, 32, cell=cell, num_layers=2, bidirectional=True).to(device)  # type: ignore[arg-type]
    x = torch.randn(len(lengths), max(lengths), 32, generator=torch.Generator().manual_seed(2)).to(device)
    return with_gradients(encoder, encoder(x, padded(device, lengths)[1])[0])


def attend(device: torch.device, name: str) -> list[Tensor]:
    """Attend to a memory with padding."""
    torch.manual_seed(0)
    attention = ATTENTIONS[name](32, 32).to(device)
    _, mask = padded(device, (4, 9, 1, 6))
    memory, queries = (torch.randn(4, size, 32, generator=torch.Generator().manual_seed(2)) for size in (9, 5))
    contexts, weights = attention(queries.to(device), attention.memory(memory.to(device), mask))
    return [contexts.detach(), weights.detach()]


def translator(device: torch.device) -> Seq2Seq:
    """Return a small translator of random weights."""
    torch.manual_seed(0)
    encoder = RecurrentEncoder(32, 16, bidirectional=True)
    return Seq2Seq(
        source_embedding=Embedding(30, 32, std=0.5),
        encoder=encoder,
        bridge=Bridge(32, 32),
        decoder=AttentionDecoder(32, 32, 32, attention=GeneralAttention(32, 32)),
    ).to(device)


def translate(device: torch.device) -> list[Tensor]:
    """Compute the vectors of a batch of sentence pairs."""
    model = translator(device)
    vectors = model(*padded(device, (4, 9, 1, 6)), *padded(device, (7, 3, 5, 2)))
    return with_gradients(model, model.logits(vectors))


def search(device: torch.device) -> list[Tensor]:
    """Search for translations: the tokens of each hypothesis, and -1 after it."""
    model = translator(device).eval()
    source, mask = padded(device, (4, 9, 1, 6))
    with torch.inference_mode():
        state = model.encode(source, mask)
    begin = torch.full((4,), 2, device=device)
    options = BeamOptions(eos_id=3, max_length=12, beam_size=4, n_best=2)
    sentences = beam_search(model.step, begin, state, options=options, attention=lambda state: state.attention)
    return [torch.tensor([token for sentence in sentences for one in sentence for token in (*one.tokens, -1)])]


def print_int8(device: torch.device) -> None:
    """Print whether int8 weights are near those of float32, or why there are none."""
    model = translator(device).eval()
    state = model.encode(*padded(device, (4, 9, 1, 6)))
    tokens = torch.full((4,), 2, device=device)
    try:
        step = make_int8(model.compiled_step, device)
    except DeviceError as error:
        click.echo(f"{'int8':<34} refused: {error}\n")
        return
    with torch.inference_mode():
        difference = float((step(tokens, state)[0] - model.step(tokens, state)[0]).abs().max())
    click.echo(f"{'int8, log-probabilities':<34} largest difference {difference:.1e}\n")


def print_speed(device: torch.device, sizes: Sizes, *, seconds: float) -> None:
    """Print speed, time without a kernel, waits of a step and peak memory of training, and the speed of beam search."""
    header = f"{'training':<18}{'precision':<10}{'tokens/s':>12}{'plain':>12}{'ratio':>7}"
    click.echo(f"{header}{'no kernel':>11}{'waits':>7}{'memory':>10}")
    for name, job in jobs(sizes).items():
        for precision in PRECISIONS:
            try:
                check_precision(precision, device)
            except DeviceError as error:
                click.echo(f"{name:<18}{precision:<10}{error}")
                continue
            ours, plain = (measure_training(make, job, device, precision, seconds) for make in (job.nlprnn, job.plain))
            speed = f"{ours.tokens:>12,.0f}{plain.tokens:>12,.0f}{ours.tokens / plain.tokens:>7.2f}"
            idle = "-" if ours.idle is None else f"{ours.idle:.0%}"
            waits = "-" if ours.waits is None else f"{ours.waits:.1f}"
            click.echo(f"{name:<18}{precision:<10}{speed}{idle:>11}{waits:>7}{ours.memory / 2**20:>7,.0f} MB")
    rate = measure_search(sizes, device, seconds)
    click.echo(f"\nbeam search of size 5, {sizes.size} units, fp32: {rate:,.1f} sentences/s\n")


def print_resume(device: torch.device) -> None:
    """Begin a run on the CPU, and resume it on the device."""
    recipe = Path(__file__).parents[1] / "recipes" / "sentiment.py"
    words, opinions = ("film", "story", "actor", "music"), ("good", "bad")
    with tempfile.TemporaryDirectory() as folder:
        data, run = Path(folder) / "reviews.csv", Path(folder) / "run"
        rows = [f"the {words[n % 4]} number {n} is {opinions[n % 2]},{opinions[n % 2]}" for n in range(400)]
        data.write_text("\n".join(["text,label", *rows]), encoding="utf-8")
        command = [sys.executable, str(recipe), "--out", str(run)]
        for options in (
            ["--epochs", "2", "--device", "cpu", "--dataset", str(data)],
            ["--epochs", "4", "--device", device.type, "--resume"],
        ):
            done = subprocess.run([*command, *options], check=False, capture_output=True, text=True)
            if done.returncode:
                raise click.ClickException(f"{shlex.join([*command, *options])} failed:\n{done.stderr}")
    validation = next(line for line in done.stdout.splitlines() if line.startswith("validation"))
    click.echo(f"run of two epochs on the CPU, resumed for two on {device.type}: {validation}")


if __name__ == "__main__":
    main()
