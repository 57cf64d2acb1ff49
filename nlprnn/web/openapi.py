"""Description of the server in the OpenAPI format, made of the options that it checks requests by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nlprnn.experiment.options import OptionField, option_fields, plain
from nlprnn.version import __version__
from nlprnn.web.options import ServeOptions
from nlprnn.web.services import Operation, Service

_TYPES = {int: "integer", float: "number", bool: "boolean", str: "string"}
_FAULTS = {
    400: "The body is not JSON.",
    404: "There is no such model.",
    408: "The body took too long to arrive.",
    413: "The body is too large.",
    415: "The body is not declared as JSON.",
    422: "A value is missing, of the wrong type or out of range.",
    429: "Too many texts wait; the header Retry-After has the seconds.",
    500: "The model failed.",
    504: "The answer took too long.",
}


def describe(services: Sequence[Service], limits: ServeOptions) -> dict[str, Any]:
    """Return the description of all addresses.

    Args:
        services: the models.
        limits: options of the server.
    """
    operations: dict[str, tuple[Operation, list[str]]] = {}
    for service in services:
        for operation in service.operations.values():
            operations.setdefault(operation.name, (operation, []))[1].append(service.name)
    paths: dict[str, Any] = {
        f"/{name}": {"post": _post(operation, models, limits)} for name, (operation, models) in operations.items()
    }
    for path, summary in {
        "/health": "Whether the server answers.",
        "/models": "The models with their kinds, labels and scores.",
        "/metrics": "Counts in the format of Prometheus.",
        "/openapi.json": "This description.",
    }.items():
        paths[path] = {"get": {"summary": summary, "responses": {"200": {"description": summary}}}}
    schema = {"type": "object", "properties": {"error": {"type": "string"}}, "required": ["error"]}
    return {
        "openapi": "3.1.0",
        "info": {"title": "nlprnn", "version": __version__},
        "paths": paths,
        "components": {"schemas": {"Error": schema}},
    }


def _post(operation: Operation, models: Sequence[str], limits: ServeOptions) -> dict[str, Any]:
    text = {"type": "string", "maxLength": limits.max_length}
    properties: dict[str, Any] = {
        "text": {**text, "description": "A text."},
        "texts": {"type": "array", "items": text, "minItems": 1, "maxItems": limits.max_texts, "description": "Texts."},
        "model": {"type": "string", "enum": list(models), "description": "Name of the model; the first if not given."},
    }
    properties |= {field.name: _schema(field) for field in option_fields(operation.options)}
    body = {
        "type": "object",
        "properties": properties,
        "oneOf": [{"required": ["text"]}, {"required": ["texts"]}],
        "additionalProperties": False,
    }
    good = {"type": "object", "properties": {"model": {"type": "string"}}}
    events = {"text/event-stream": {"schema": {"type": "string"}}} if "stream" in properties else {}
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {
        "summary": operation.summary,
        "operationId": operation.name,
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": body, "example": {"text": operation.example}}},
        },
        "responses": {
            "200": {
                "description": "The answer; of texts, a list of answers, in which an error is of its text alone.",
                "content": {"application/json": {"schema": good}, **events},
            },
            **{str(status): {"description": text, "content": error} for status, text in _FAULTS.items()},
        },
    }


def _schema(field: OptionField) -> dict[str, Any]:
    meta = field.meta
    schema: dict[str, Any] = {"type": _TYPES[field.kind]}
    limits = {"minimum": "min", "maximum": "max", "exclusiveMinimum": "above", "exclusiveMaximum": "below"}
    schema |= {key: meta[name] for key, name in limits.items() if meta[name] is not None}
    schema |= {"enum": list(field.choices)} if field.choices is not None else {}
    if field.repeated:
        schema = {"type": "array", "items": schema}
    if field.optional:
        schema = {"oneOf": [schema, {"type": "null"}]}
    return {**schema, "description": meta["help"], "default": plain(field.default)}
