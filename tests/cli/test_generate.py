"""`nlprnn generate`, as a user calls it."""

from __future__ import annotations

import pytest

import nlprnn
from nlprnn import Generator
from nlprnn.pipelines import GenerationOptions

PROMPT = "Once upon"


@pytest.fixture
def generate(nlprnn_command, generator_folder):
    def call(*arguments, **options):
        result = nlprnn_command("generate", "--model", generator_folder, *arguments, **options)
        assert result.exit_code == 0, (result.output, result.exception)
        return result

    return call


def test_output_is_prompt_and_continuation(generate, generator_folder):
    text = generate("--prompt", PROMPT, "--length", 30, "--seed", 3, "--temperature", 1).stdout
    options = GenerationOptions(length=30, seed=3, temperature=1.0, whole_sentences=True)
    assert text == PROMPT + nlprnn.load(generator_folder)([PROMPT], options)[0] + "\n"


def test_seed_makes_text_reproducible(generate):
    texts = [generate("--prompt", PROMPT, "--length", 60, "--seed", seed).stdout for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]


@pytest.mark.parametrize("length", [1, 7, 200])
def test_length_counts_generated_tokens(generate, length):
    text = generate("--prompt", PROMPT, "--length", length, "--seed", 1, "--no-whole-sentences").stdout
    assert len(text) == len(PROMPT) + length + 1


def test_greedy_options_agree_without_a_seed(generate):
    options = [
        ("--temperature", "0"),
        ("--top-k", "1"),
        ("--top-p", "0.000001"),
        ("--temperature", "0", "--top-k", "3"),
    ]
    texts = {generate("--prompt", PROMPT, "--length", 40, *option).stdout for option in options}
    assert len(texts) == 1


@pytest.mark.parametrize("temperature", ["1e-300", "1e300", "1000"])
def test_extreme_temperatures_give_text(generate, temperature):
    text = generate("--prompt", PROMPT, "--length", 20, "--temperature", temperature, "--seed", 1).stdout
    assert text.startswith(PROMPT)
    assert len(text) > len(PROMPT) + 1


def test_num_samples_are_numbered_and_differ(generate):
    first = generate("--prompt", PROMPT, "--num-samples", 3, "--seed", 5, "--length", 50).stdout
    assert first == generate("--prompt", PROMPT, "--num-samples", 3, "--seed", 5, "--length", 50).stdout
    for number in (1, 2, 3):
        assert f"--- {number} ---\n{PROMPT}" in first
    single = generate("--prompt", PROMPT, "--seed", 5, "--length", 50).stdout
    assert f"--- 1 ---\n{single}" in first
    assert first.count(single) == 1


def test_each_of_several_prompts_gets_a_text(generate, fails, generator_folder):
    options = ("--length", 5, "--seed", 5)
    texts = generate("--prompt", "Once", "--prompt", "upon", *options).stdout
    assert texts.startswith("--- 1 ---\nOnce")
    assert "\n--- 2 ---\nupon" in texts
    assert generate("--prompt", "Once", *options).stdout in texts
    assert generate("--prompt", "upon", "--length", 5, "--seed", 6).stdout in texts
    alone = ["--prompt -", "alone"]
    fails("generate", "--model", generator_folder, "--prompt", "Once", "--prompt", "-", words=alone)


@pytest.mark.parametrize("arguments", [("--prompt", ""), ()])
def test_empty_prompt_starts_a_text(generate, arguments):
    assert len(generate(*arguments, "--length", 20, "--seed", 1, input=b"").stdout.strip("\n")) > 0


@pytest.mark.parametrize("arguments", [("--prompt", "-"), ()])
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_prompt_from_a_pipe(generate, arguments, end):
    piped = generate(*arguments, "--seed", 1, "--length", 20, input=(PROMPT + end).encode()).stdout
    assert piped == generate("--prompt", PROMPT, "--seed", 1, "--length", 20).stdout


def test_unknown_characters_give_a_warning(generate):
    result = generate("--prompt", "Once ☃ 好 ☃", "--length", 10, "--seed", 1)
    assert result.stdout.startswith("Once ☃ 好 ☃")
    warnings = result.stderr.splitlines()
    assert len(warnings) == 1
    assert "'☃'" in warnings[0]
    assert "'好'" in warnings[0]
    assert warnings[0].count("☃") == 1


def test_text_ends_before_the_stop_text(generate):
    options = ("--prompt", PROMPT, "--length", 200, "--seed", 1, "--temperature", 1)
    whole = generate(*options).stdout
    letter = whole[len(PROMPT) + 60]
    text = generate(*options, "--stop", letter, "--stop", "never in it").stdout
    assert text == PROMPT + whole[len(PROMPT) :].partition(letter)[0] + "\n"


def test_stop_text_may_be_a_line_end(generate, generator_folder):
    text = generate("--prompt", PROMPT, "--length", 400, "--seed", 1, "--temperature", 2, "--stop", "\\n").stdout
    assert text.count("\n") == 1


@pytest.mark.parametrize(
    ("given", "stop"),
    [
        (r"\n", "\n"),
        (r"\n\n", "\n\n"),
        (r"\t|", "\t|"),
        (r"\nThe", "\nThe"),
        ("\n", "\n"),
        (r"\newpage", r"\newpage"),
        (r"end\n\textbf{", "end\n" + r"\textbf{"),
        (r"\\newpage", r"\newpage"),
        (r"\\n", r"\n"),
        (r"\d | ", r"\d | "),
        ("ends in \\", "ends in \\"),
    ],
)
def test_escapes_of_stop_texts(generate, monkeypatch, given, stop):
    seen = []
    original = Generator.stream

    def watch(self, prompt, options):
        seen.append(options.stop)
        return original(self, prompt, options)

    monkeypatch.setattr(Generator, "stream", watch)
    result = generate("--prompt", PROMPT, "--length", 3, "--stop", given)
    assert seen == [(stop,)]
    assert ("is read as written" in result.stderr) == (given in (r"\newpage", r"end\n\textbf{"))


def test_int8_and_repetition_penalty_give_text(generate):
    for option in (("--quantize", "int8"), ("--repetition-penalty", "1.3")):
        text = generate("--prompt", PROMPT, "--length", 40, "--seed", 1, "--no-whole-sentences", *option).stdout
        assert len(text) == len(PROMPT) + 41


def test_interactive_continues_each_line(generate):
    options = ("--length", 30, "--seed", 1, "--temperature", 1)
    talk = generate("--interactive", *options, input=b"Once\nOnce\r\n").stdout
    first, second = (part for part in talk.split("\n\n") if part)
    assert first.startswith("Once")
    assert second.startswith("Once")
    assert first != second
    assert generate("--interactive", *options, input=b"Once\nOnce\n").stdout == talk
    assert generate("--prompt", "Once", *options).stdout in talk


def test_interactive_starts_with_the_prompt(generate):
    talk = generate("--interactive", "--prompt", "Once", "--length", 5, input=b"upon\n").stdout
    assert talk.startswith("Once")
    assert "\nupon" in talk


def test_known_characters_give_no_warning(generate):
    assert generate("--prompt", "Once upon", "--length", 5).stderr == ""


def test_unknown_characters_warning_is_short(generate):
    prompt = "".join(chr(0x4E00 + number) for number in range(5_000))
    assert len(generate("--prompt", prompt, "--length", 5).stderr) < 300


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--temperature", "-1"),
        ("--temperature", "nan"),
        ("--temperature", "inf"),
        ("--temperature", "hot"),
        ("--top-k", "0"),
        ("--top-p", "0"),
        ("--top-p", "1.5"),
        ("--top-p", "nan"),
        ("--length", "0"),
        ("--num-samples", "0"),
        ("--seed", "-1"),
        ("--seed", "99999999999999999999"),
        ("--device", "tpu"),
        ("--prompt", "\udcff"),
        ("--stop", "\udcff"),
        ("--stop", ""),
        ("--repetition-penalty", "0.9"),
        ("--quantize", "int4"),
    ],
)
def test_value_out_of_range_names_the_option(fails, generator_folder, option, value):
    fails("generate", "--model", generator_folder, option, value, input=b"", words=[option])


def test_other_mistakes(fails, generator_folder, classifier_folder, tmp_path):
    fails("generate", "--model", generator_folder, "--temprature", "1", words=["--temprature", "--temperature"])
    fails("generate", "--model", classifier_folder, input=b"", words=[classifier_folder, "nlprnn classify"])
    fails("generate", "--model", tmp_path / "none", input=b"", words=[tmp_path / "none"])
    fails("generate", "--model", generator_folder, "--prompt", "-", input=b"\xff", words=["standard input", "UTF-8"])
    fails("generate", "Once upon", input=b"", words=["Once upon"])
    fails("generate", "--interactive", "--prompt", "-", input=b"", words=["--interactive", "--prompt"])


def test_missing_gpu(fails, generator_folder, monkeypatch):
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    fails("generate", "--model", generator_folder, "--device", "cuda", input=b"", words=["cuda", "cpu"])


def test_bundled_model_is_the_default(nlprnn_command):
    result = nlprnn_command("generate", "--prompt", "Once upon a time", "--length", 80, "--seed", 1)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Once upon a time")
    assert len(result.stdout) > 80
    assert result.stderr.startswith("Model: teller ")
