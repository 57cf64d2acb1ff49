"""`nlprnn serve`: models over HTTP, and a page to try them on."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import click

from nlprnn.cli.load_model import load_any
from nlprnn.cli.verb import verb
from nlprnn.errors import NlprnnError, escape_controls
from nlprnn.web.options import ServeOptions

_NEEDED = ("starlette", "uvicorn")


@verb(click.Argument(["models"], nargs=-1, required=True, metavar="MODEL..."), ServeOptions)
def serve(models: tuple[str, ...], options: ServeOptions) -> None:
    """Serve each MODEL, a folder or Hub id, over HTTP, with a page to try it on. NAME=MODEL gives it a name.

    Requests are JSON; texts of concurrent requests are answered in one batch. GET / is the page, /openapi.json the
    description, /health and /metrics are for operators. Ctrl-C ends it after the requests that are being answered.

    \b
    nlprnn serve runs/sentiment runs/translation
    nlprnn serve reviews=runs/sentiment --port 9000 --threads 2
    curl localhost:8000/classify -H "Content-Type: application/json" -d '{"text": "Not at all boring."}'
    """
    if missing := [name for name in _NEEDED if find_spec(name) is None]:
        raise NlprnnError(f'nlprnn serve needs {" and ".join(missing)}: pip install "nlprnn[serve]"')
    from nlprnn.web.server import make_server, open_socket
    from nlprnn.web.server import serve as run_server
    from nlprnn.web.services import Service, make_service

    listener = open_socket(options.host, options.port)  # before the models, which take their time
    if options.threads is not None:
        import torch

        torch.set_num_threads(options.threads)
    services: list[Service] = []
    for model in models:
        name, folder = _name_and_folder(model, {service.name for service in services})
        services.append(make_service(name, load_any(folder, options.device), quantize=options.quantize))
    host, port = listener.getsockname()[:2]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    described = ", ".join(f"{service.name} ({service.kind})" for service in services)
    message = escape_controls(f"Serving {described} at {address}; Ctrl-C ends it.")
    run_server(make_server(services, options), listener, ready=lambda: click.echo(message, err=True))


def _name_and_folder(model: str, taken: set[str]) -> tuple[str, str]:
    """Return the name of a model, which no other has, and its folder."""
    name, equals, folder = model.partition("=")
    if not equals or not name or Path(model).exists():
        folder = model
        name = Path(model).resolve().name if Path(model).exists() else model.rpartition("/")[2]
    if name not in taken:
        return name, folder
    if equals:
        raise click.UsageError(f"the name {name} is given twice: name each model once")
    return next(other for number in range(2, len(taken) + 3) if (other := f"{name}-{number}") not in taken), folder
