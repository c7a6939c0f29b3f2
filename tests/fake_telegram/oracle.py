"""An independent judge of the schema: aiogram's models, for what comes in and for what goes out."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, get_args

from tests.fake_telegram.errors import ApiError, bad_request

Upload = tuple[str, bytes]  # file name, content


@cache
def methods() -> dict[str, type[Any]]:
    """Return aiogram's model of every Bot API method, by its name in lower case, as Telegram compares it."""
    import aiogram.methods as models

    known = (getattr(models, name) for name in models.__all__)
    return {m.__api_method__.lower(): m for m in known if isinstance(getattr(m, "__api_method__", None), str)}


def read_parameters(model: type[Any], raw: dict[str, Any], uploads: dict[str, Upload]) -> dict[str, Any]:
    """Return the call's parameters decoded, or refuse what does not fit the method's model.

    `raw` holds strings (forms) or values (a JSON body); `uploads` the files of a multipart body by field.
    """
    from aiogram.types import BufferedInputFile
    from pydantic import ValidationError

    decoded = {name: _decode(model, name, value) for name, value in raw.items()}
    files = {f: BufferedInputFile(u[1], u[0]) for f, u in uploads.items() if f in model.model_fields}
    try:
        checked = model.model_validate({**decoded, **files})
    except ValidationError as exc:
        raise _invalid(exc) from exc
    if surplus := unknown_fields(checked):
        # Telegram ignores them; a bot that sends one has a misspelt parameter without effect.
        raise bad_request(f"unknown parameter: {', '.join(surplus)}")
    return decoded


def _invalid(exc: Any) -> ApiError:
    first = exc.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing" and where in ("text", "chat_id", "message_id"):
        empty = {"text": "message text is empty", "chat_id": "chat_id is empty"}
        return bad_request(empty.get(where, f"{where} is not specified"))
    return bad_request(f"invalid parameter {where}: {first['msg']}")


def _decode(model: type[Any], name: str, value: Any) -> Any:
    if not isinstance(value, str) or name not in model.model_fields:
        return value
    kinds = _kinds(model.model_fields[name].annotation)
    if str in kinds:
        return int(value) if int in kinds and value.lstrip("-").isdigit() else value
    try:
        return json.loads(value)
    except ValueError as exc:
        raise bad_request(f"can't parse {name}: it is not JSON") from exc


def _kinds(annotation: Any) -> set[Any]:
    inner = get_args(annotation)
    if not inner or getattr(annotation, "__origin__", None) in (list, dict):
        return {annotation}
    return set().union(*(_kinds(part) for part in inner))


def unknown_fields(value: Any, path: str = "") -> list[str]:
    """Return the paths of fields, at any depth, that Telegram's schema does not know."""
    from pydantic import BaseModel

    if isinstance(value, (list, tuple)):
        return [name for inner in value for name in unknown_fields(inner, path)]
    if not isinstance(value, BaseModel):
        return []
    own = [f"{path}{name}" for name in value.model_extra or {}]
    for name in value.model_fields_set - set(value.model_extra or ()):
        own += unknown_fields(getattr(value, name), f"{path}{name}.")
    return own


def _as_model(name: str, value: dict[str, Any]) -> Any:
    import aiogram.types

    built = getattr(aiogram.types, name).model_validate(value)
    surplus = unknown_fields(built)
    assert not surplus, f"{name} with fields that Telegram does not have: {surplus}"
    return built


def as_update(value: dict[str, Any]) -> Any:
    """Return aiogram's `Update` of a JSON object; raises where it is none."""
    return _as_model("Update", value)


def as_message(value: dict[str, Any]) -> Any:
    """Return aiogram's `Message` of a JSON object; raises where it is none."""
    return _as_model("Message", value)


@cache
def _returned(method: str) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(methods()[method.lower()].__returning__)


def check_result(method: str, result: Any) -> None:
    """Raise if `result` is not what the method is said to return: a fault of this server, not of the bot."""
    built = _returned(method).validate_python(result)
    surplus = unknown_fields(built)
    assert not surplus, f"{method} answered with fields that Telegram does not have: {surplus}"
