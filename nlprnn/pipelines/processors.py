"""Processors in model folders: written and read by their kind."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from nlprnn.errors import ModelError
from nlprnn.serialization.atomic_files import write_json
from nlprnn.serialization.checksums import check_processor_files, read_versions
from nlprnn.serialization.model_files import damaged, missing, read_json
from nlprnn.serialization.registry import REGISTRY, Processor
from nlprnn.text.tokenizer import Tokenizer, load_tokenizer, tokenizer_class

PROCESSOR_FILE = "processor_config.json"
FORMAT_VERSION = 1


def check_processor(processor: Processor) -> None:
    """Check that loading will know the class of a processor.

    Raises:
        ModelError: the class is neither nlprnn's nor registered.
    """
    if type(processor) not in (REGISTRY.processors.get(processor.kind), tokenizer_class(processor.kind)):
        name = type(processor).__name__
        raise ModelError(
            f"cannot save a processor of class {name}, which loading would not know: call nlprnn.register({name}) first"
        )


def save_processor(processor: Processor, folder: Path) -> None:
    """Write a processor into a folder, with the kind by which `load_processor` finds its class.

    Args:
        processor: a tokenizer, which writes its kind itself, or any other processor. From the Hub come its files that
            end in .json, .safetensors or .model.
        folder: exists.

    Raises:
        OSError: the disk is full or the folder cannot be written.
    """
    processor.save(folder)
    if not isinstance(processor, Tokenizer):
        write_json(folder / PROCESSOR_FILE, {"format_version": FORMAT_VERSION, "kind": processor.kind})


def load_processor(folder: Path, classes: Iterable[type] = ()) -> Processor:
    """Read the processor of a model folder.

    Args:
        folder: of the model.
        classes: a user's processors, besides nlprnn's and the registered ones.

    Raises:
        ModelError: a file is missing or damaged, of a newer format, or names an unknown kind.
    """
    path = folder / PROCESSOR_FILE
    if not path.exists():
        if PROCESSOR_FILE in read_versions(folder)[0]:
            raise missing(path)
        return load_tokenizer(folder, classes)
    config, known = read_json(path), REGISTRY.extended(classes).processors
    version, kind = config.get("format_version"), config.get("kind")
    if not isinstance(version, int):
        raise damaged(path, "it has no format_version")
    if version > FORMAT_VERSION:
        raise ModelError(f"{path} was written by a newer nlprnn (format {version}): upgrade nlprnn to read it")
    if not isinstance(kind, str) or kind not in known:
        raise ModelError(f"{path} names the processor kind {kind!r}, which is unknown: call nlprnn.register first")
    processor = known[kind].load(folder)
    check_processor_files(folder)
    return processor
