"""Example scripts that run an exported model with onnxruntime, without nlprnn or PyTorch."""

from __future__ import annotations

from collections.abc import Mapping

_START = '''"""{summary}, with onnxruntime alone: python example.py "{text}" """

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
{tokenizer_import}

folder = Path(__file__).parent
config = json.loads((folder / "export.json").read_text(encoding="utf-8"))
{tokenizer}
'''

_TOKENIZERS: Mapping[str, tuple[str, str]] = {
    "tokenizer.json": (
        "from tokenizers import Tokenizer",
        'tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))\n'
        "encode = lambda text: tokenizer.encode(text, add_special_tokens=False).ids\n"
        "decode = lambda ids: tokenizer.decode(ids)",
    ),
    "tokenizer.model": (
        "from sentencepiece import SentencePieceProcessor",
        'tokenizer = SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))\n'
        "encode, decode = tokenizer.encode, tokenizer.decode",
    ),
    "characters": (
        "",
        'characters = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["characters"]\n'
        "numbers = {character: number for number, character in enumerate(characters, start=4)}\n"
        "encode = lambda text: [numbers.get(character, 1) for character in text]\n"
        'decode = lambda ids: "".join(characters[number - 4] for number in ids if number > 3)',
    ),
}

_SESSION = """session = onnxruntime.InferenceSession(str(folder / "model.onnx"))
"""

_BATCH = (
    _SESSION
    + """rows = [encode(text) for text in sys.argv[1:]]
lengths = np.array([len(row) for row in rows])
ids = np.zeros((len(rows), max(1, lengths.max())), dtype=np.int64)
for row, values in zip(ids, rows):
    row[: len(values)] = values
"""
)

_ENDS: Mapping[str, tuple[str, str, str]] = {
    "classifier": (
        "Labels of texts",
        "Not at all boring.",
        _BATCH
        + """probabilities = session.run(["probabilities"], {"ids": ids, "lengths": lengths})[0]
for text, row in zip(sys.argv[1:], probabilities):
    labels = [config["labels"][row.argmax()]] if row.max() >= (config["abstain"] or 0) else ["unsure"]
    if config["multi_label"]:
        labels = [label for label, is_likely in zip(config["labels"], row >= config["threshold"]) if is_likely]
    print(f"{', '.join(labels)}  {row.max():.1%}  {text}")
""",
    ),
    "regressor": (
        "Numbers of texts",
        "The staff was superb.",
        _BATCH
        + """numbers = session.run(["numbers"], {"ids": ids, "lengths": lengths})[0]
for text, number in zip(sys.argv[1:], numbers):
    print(f"{number:8.4g}  {text}")
""",
    ),
    "tagger": (
        "Labels of words",
        "Emma flew to Lindford",
        _SESSION
        + """words = sys.argv[1].split()
ids = [[tokenizer.encode(word, add_special_tokens=False).ids[0] for word in words]]
inputs = {"ids": np.array(ids), "lengths": np.array([len(words)])}
if config["max_word_length"]:
    numbers = {one: number for number, one in enumerate(config["characters"], start=4)}
    spelling = [[numbers.get(one, 1) for one in word][: config["max_word_length"]] for word in words]
    width = max(map(len, spelling))
    inputs["characters"] = np.array([row + [0] * (width - len(row)) for row in spelling])
    inputs["indices"] = np.arange(len(words))[None]
scores = session.run(["emissions"], inputs)[0][0] - config["outside_penalty"]
crf = {name: np.array(value) for name, value in config["crf"].items()}
best, origins = scores[0] + crf["start"], []
for emission in scores[1:]:  # the algorithm of Viterbi
    sums = best[:, None] + crf["transitions"]
    origins.append(sums.argmax(axis=0))
    best = sums.max(axis=0) + emission
path = [(best + crf["end"]).argmax()]
for origin in reversed(origins):
    path.insert(0, origin[path[0]])
print(" ".join(f"{word}/{config['labels'][label]}" for word, label in zip(words, path)))
""",
    ),
    "translator": (
        "Translation of a sentence by the most likely token of each step",
        "A dog runs.",
        """encoder = onnxruntime.InferenceSession(str(folder / "encoder.onnx"))
decoder = onnxruntime.InferenceSession(str(folder / "decoder.onnx"))
ids = np.array([[*encode(sys.argv[1])[: config["max_length"] - 1], config["eos_id"]]])
lengths = np.array([ids.shape[1]])
state = dict(zip([one.name for one in encoder.get_outputs()], encoder.run(None, {"ids": ids, "lengths": lengths})))
state |= {"lengths": lengths, "tokens": np.array([config["bos_id"]])}
if config["input_feed"]:
    state["input_feed"] = np.zeros((1, config["input_feed"]), dtype=np.float32)
written = []
while len(written) < 2 * ids.shape[1] + 10:
    step = dict(zip([one.name for one in decoder.get_outputs()], decoder.run(None, state)))
    token = int(step["log_probabilities"][0].argmax())
    if token == config["eos_id"]:
        break
    written.append(token)
    state |= {name.removeprefix("next_"): value for name, value in step.items() if name.startswith("next_")}
    state["tokens"] = np.array([token])
print(decode(written))
""",
    ),
    "generator": (
        "Continuation of a text",
        "Once upon a time",
        _SESSION
        + """shape = (1, config["num_layers"], config["hidden_size"])
state = {name: np.zeros(shape, dtype=np.float32) for name in config["states"]}
ids, generator = [*config["text_start"], *encode(sys.argv[1])], np.random.default_rng(1)
for _ in range(200):
    outputs = session.run(None, {"ids": np.array([ids if isinstance(ids, list) else [ids]]), **state})
    log_probabilities, *after = outputs
    state = dict(zip(config["states"], after))
    noise = generator.gumbel(size=log_probabilities.shape[-1])
    ids = int((log_probabilities[0, -1] / 0.8 + noise).argmax())  # a sample at temperature 0.8
    if ids == config["eos_id"]:
        break
    print(decode([ids]), end="", flush=True)
print()
""",
    ),
}


def example_script(kind: str, tokenizer_file: str) -> str:
    """Return a script that runs a model.

    Args:
        kind: "classifier", "regressor", "tagger", "translator" or "generator".
        tokenizer_file: "tokenizer.json" of the library tokenizers, "tokenizer.model" of SentencePiece, or "characters".
    """
    summary, text, end = _ENDS[kind]
    tokenizer_import, tokenizer = _TOKENIZERS[tokenizer_file]
    start = _START.format(summary=summary, text=text, tokenizer_import=tokenizer_import, tokenizer=tokenizer)
    return start.replace("onnxruntime\n\n\nfolder", "onnxruntime\n\nfolder") + end
