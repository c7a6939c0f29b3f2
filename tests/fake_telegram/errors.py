"""How the server says no: the HTTP status, and Telegram's own wording."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """A refused call: the HTTP status, what Telegram writes, and its extra `parameters`."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """Return the JSON body that Telegram answers with."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return {**body, "parameters": self.parameters} if self.parameters else body


def bad_request(description: str, **parameters: Any) -> ApiError:
    """Return a 400 with Telegram's prefix before `description`."""
    return ApiError(400, f"Bad Request: {description}", **parameters)


def forbidden(description: str) -> ApiError:
    """Return a 403: the bot may not (or no longer) write there."""
    return ApiError(403, f"Forbidden: {description}")


def conflict(description: str) -> ApiError:
    """Return a 409: somebody else fetches this bot's updates."""
    return ApiError(409, f"Conflict: {description}")


def too_many_requests(retry_after: int) -> ApiError:
    """Return a 429 that asks to wait `retry_after` seconds."""
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)
