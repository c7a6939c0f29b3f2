"""Faults on order: the next calls that fail, hang, break off or answer nonsense."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("error", "drop", "hang", "delay", "garbage")


@dataclass
class Fault:
    """What goes wrong with the next `times` calls of `method` ("*": of any) to `chat_id` (None: to any).

    error    answered with `code`, and with `retry_after` seconds where given
    drop     the connection breaks off without an answer
    hang     no answer comes at all, until the caller gives up
    delay    all goes well, `seconds` later
    garbage  200, with a body that is no JSON

    `applied` says whether the call takes effect all the same, so that only its answer is lost.
    """

    method: str
    kind: str = "error"
    times: int = 1
    code: int = 500
    retry_after: int | None = None
    seconds: float = 0.0
    chat_id: int | None = None
    applied: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"a fault is one of {', '.join(KINDS)}, not {self.kind}")

    def fits(self, method: str, chat_id: int | None) -> bool:
        """Tell whether this fault is still to come and meant for such a call."""
        return self.times > 0 and self.method.lower() in ("*", method.lower()) and self.chat_id in (None, chat_id)


def take(faults: list[Fault], method: str, chat_id: int | None) -> Fault | None:
    """Return the fault that this call meets, if any, and use it up by one."""
    for fault in faults:
        if fault.fits(method, chat_id):
            fault.times -= 1
            return fault
    return None
