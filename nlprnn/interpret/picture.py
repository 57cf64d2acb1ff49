"""Pictures in files: format by suffix, house look, and nothing half-written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from nlprnn.errors import OptionError
from nlprnn.interpret.attention_plot import PLOT_FORMATS
from nlprnn.path_kinds import kind_of_path
from nlprnn.picture_style import LIGHT, Theme
from nlprnn.serialization.atomic_files import replacing

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def check_picture(path: Path) -> None:
    """Raise an error for a picture that cannot be drawn, before the work that it would show.

    Args:
        path: of the file; its suffix, one of `PLOT_FORMATS`, is its format.

    Raises:
        OptionError: the suffix is another, the path is a folder or leads through a file, or matplotlib is not
            installed (extra `plot`).
    """
    if path.suffix[1:].lower() not in PLOT_FORMATS:
        raise OptionError(f"{path} is no name of a picture: choose one that ends in .{', .'.join(PLOT_FORMATS)}")
    if path.is_dir():
        raise OptionError(f"{path} is a folder: choose a file in it, such as {path / 'picture.png'}")
    for parent in path.parents:
        if parent.exists() and not parent.is_dir():
            kind = kind_of_path(parent)
            raise OptionError(f"{path} cannot be written, for {parent} is {kind}: choose another folder")
    try:
        import matplotlib.figure  # noqa: F401 - whether it is installed
    except ImportError as error:
        raise OptionError('a picture needs matplotlib: pip install "nlprnn[plot]"') from error


@contextmanager
def picture(path: Path, inches: tuple[float, float], *, theme: Theme = LIGHT) -> Iterator[Figure]:
    """Yield an empty figure, which is written when it is drawn.

    Args:
        path: of the file; its suffix, one of `PLOT_FORMATS`, is its format.
        inches: width and height.
        theme: colours.

    Raises:
        OptionError: `check_picture` refuses the path, or matplotlib is not installed.
        OSError: the disk is full or the folder cannot be written.
    """
    check_picture(path)
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=inches, layout="constrained", facecolor=theme.background)
    FigureCanvasAgg(figure)
    yield figure
    with replacing(path) as temporary:
        figure.savefig(temporary, format=path.suffix[1:].lower(), dpi=150)
