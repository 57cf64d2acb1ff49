"""Sound: files, features, normalization, augmentation. Importing this package loads nothing; using a name does."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nlprnn.audio.augmentation import Augmentation
    from nlprnn.audio.feature_options import FeatureOptions
    from nlprnn.audio.features import extract_features
    from nlprnn.audio.files import read_audio, stream_audio
    from nlprnn.audio.frame_stream import FrameStream
    from nlprnn.audio.normalization import Normalization
    from nlprnn.audio.resampling import resample

_MODULES = {
    "Augmentation": "augmentation",
    "FeatureOptions": "feature_options",
    "FrameStream": "frame_stream",
    "Normalization": "normalization",
    "extract_features": "features",
    "read_audio": "files",
    "resample": "resampling",
    "stream_audio": "files",
}

__all__ = [
    "Augmentation",
    "FeatureOptions",
    "FrameStream",
    "Normalization",
    "extract_features",
    "read_audio",
    "resample",
    "stream_audio",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
