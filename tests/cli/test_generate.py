"""`nlprnn generate`, as a user calls it."""

from __future__ import annotations

import pytest

import nlprnn
from nlprnn.pipelines import GenerationOptions

PROMPT = "Once upon"


@pytest.fixture
def generate(nlprnn_command, generator_folder):
    def call(*arguments, **options):
        result = nlprnn_command("generate", "--model", generator_folder, *arguments, **options)
        assert result.exit_code == 0, (result.output, result.exception)
        return result

    return call


def test_the_text_is_the_prompt_and_what_the_model_says(generate, generator_folder):
    text = generate("--prompt", PROMPT, "--length", 30, "--seed", 3, "--temperature", 1).stdout
    said = nlprnn.load(generator_folder)([PROMPT], GenerationOptions(length=30, seed=3, temperature=1.0))[0]
    assert text == PROMPT + said + "\n"


def test_a_seed_repeats_the_text_and_another_gives_another(generate):
    texts = [generate("--prompt", PROMPT, "--length", 60, "--seed", seed).stdout for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]


@pytest.mark.parametrize("length", [1, 7, 200])
def test_length_counts_the_tokens_that_are_added(generate, length):
    text = generate("--prompt", PROMPT, "--length", length, "--seed", 1).stdout
    assert len(text) == len(PROMPT) + length + 1


def test_temperature_zero_and_one_candidate_need_no_seed(generate):
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


def test_several_texts_are_numbered_differ_and_repeat_with_the_seed(generate):
    first = generate("--prompt", PROMPT, "--num", 3, "--seed", 5, "--length", 50).stdout
    assert first == generate("--prompt", PROMPT, "--num", 3, "--seed", 5, "--length", 50).stdout
    for number in (1, 2, 3):
        assert f"--- {number} ---\n{PROMPT}" in first
    single = generate("--prompt", PROMPT, "--seed", 5, "--length", 50).stdout
    assert f"--- 1 ---\n{single}" in first
    assert first.count(single) == 1


@pytest.mark.parametrize("arguments", [("--prompt", ""), ()])
def test_without_a_prompt_the_model_begins_by_itself(generate, arguments):
    assert len(generate(*arguments, "--length", 20, "--seed", 1, input=b"").stdout.strip("\n")) > 0


@pytest.mark.parametrize("arguments", [("--prompt", "-"), ()])
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_pipe_gives_the_prompt(generate, arguments, end):
    piped = generate(*arguments, "--seed", 1, "--length", 20, input=(PROMPT + end).encode()).stdout
    assert piped == generate("--prompt", PROMPT, "--seed", 1, "--length", 20).stdout


def test_unknown_characters_are_named_and_the_text_goes_on(generate):
    result = generate("--prompt", "Once ☃ 好 ☃", "--length", 10, "--seed", 1)
    assert result.stdout.startswith("Once ☃ 好 ☃")
    warnings = result.stderr.splitlines()
    assert len(warnings) == 1
    assert "'☃'" in warnings[0]
    assert "'好'" in warnings[0]
    assert warnings[0].count("☃") == 1


def test_a_stop_text_ends_the_text_before_it(generate):
    options = ("--prompt", PROMPT, "--length", 200, "--seed", 1, "--temperature", 1)
    whole = generate(*options).stdout
    letter = whole[len(PROMPT) + 60]
    text = generate(*options, "--stop", letter, "--stop", "never in it").stdout
    assert text == PROMPT + whole[len(PROMPT) :].partition(letter)[0] + "\n"


def test_a_stop_text_may_be_a_new_line(generate, generator_folder):
    text = generate("--prompt", PROMPT, "--length", 400, "--seed", 1, "--temperature", 2, "--stop", "\\n").stdout
    assert text.count("\n") == 1


def test_eight_bits_and_a_repetition_penalty_give_text(generate):
    for option in (("--quantize", "int8"), ("--repetition-penalty", "1.3")):
        text = generate("--prompt", PROMPT, "--length", 40, "--seed", 1, *option).stdout
        assert len(text) == len(PROMPT) + 41


def test_a_conversation_goes_on_from_each_line_with_texts_that_differ(generate):
    options = ("--length", 30, "--seed", 1, "--temperature", 1)
    talk = generate("--interactive", *options, input=b"Once\nOnce\r\n").stdout
    first, second = (part for part in talk.split("\n\n") if part)
    assert first.startswith("Once")
    assert second.startswith("Once")
    assert first != second
    assert generate("--interactive", *options, input=b"Once\nOnce\n").stdout == talk
    assert generate("--prompt", "Once", *options).stdout in talk


def test_a_conversation_begins_with_the_prompt_that_is_given(generate):
    talk = generate("--interactive", "--prompt", "Once", "--length", 5, input=b"upon\n").stdout
    assert talk.startswith("Once")
    assert "\nupon" in talk


def test_known_characters_give_no_warning(generate):
    assert generate("--prompt", "Once upon", "--length", 5).stderr == ""


def test_very_many_unknown_characters_give_a_short_warning(generate):
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
        ("--num", "0"),
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
def test_a_value_out_of_range_is_an_error_that_names_the_option(fails, generator_folder, option, value):
    fails("generate", "--model", generator_folder, option, value, input=b"", words=[option])


def test_other_mistakes_are_one_sentence(fails, generator_folder, classifier_folder, tmp_path):
    fails("generate", "--model", generator_folder, "--temprature", "1", words=["--temprature", "--temperature"])
    fails("generate", "--model", classifier_folder, input=b"", words=[classifier_folder, "nlprnn classify"])
    fails("generate", "--model", tmp_path / "none", input=b"", words=[tmp_path / "none"])
    fails("generate", "--model", generator_folder, "--prompt", "-", input=b"\xff", words=["standard input", "UTF-8"])
    fails("generate", "Once upon", input=b"", words=["Once upon"])
    fails("generate", "--interactive", "--prompt", "-", input=b"", words=["--interactive", "--prompt"])


def test_a_gpu_that_is_not_there_is_one_sentence(fails, generator_folder, monkeypatch):
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    fails("generate", "--model", generator_folder, "--device", "cuda", input=b"", words=["cuda", "cpu"])


def test_the_bundled_model_tells_without_a_model_given(nlprnn_command):
    from nlprnn.resources import bundled_model_folder

    result = nlprnn_command("generate", "--prompt", "Once upon a time", "--length", 80, "--seed", 1)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Once upon a time")
    assert len(result.stdout) > 80
    assert (bundled_model_folder() / "README.md").is_file()
