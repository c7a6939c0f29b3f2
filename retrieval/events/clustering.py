"""Articles put into events as they come: each joins the event that is probably its own, which may join two events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from retrieval.events.likeness import APART, Candidates, least, same_event
from retrieval.events.profile import Profile, together

SMALLEST_PART = 2
"""Articles of an event that may be an event of their own after all; fewer stay with the others."""

LOOKED_THROUGH = frozenset((4, 8, 16, 32, 64))
"""Numbers of articles at which an event is looked through for several events; a larger one stays as it is."""


@dataclass
class Clustering:
    """The events that new articles may belong to, by id; a class because they change with every article.

    `new_id` returns the id of a new event. `merged` are the events that became parts of others, `changed` those to be
    stored.
    """

    new_id: Callable[[], int]
    events: Candidates = field(default_factory=Candidates)
    merged: dict[int, int] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)

    def place(self, profile: Profile, copies: Iterable[int] = (), before: int | None = None) -> int:
        """Return the id of the event that an article joins, which may be a new one.

        `copies` are the events of copies of its text, which it is always with; `before` is its own event so far, which
        it leaves only if it has become unlike what is left of that.
        """
        own: int | None = None
        whole = profile
        if before is not None and (before not in self.events.profiles or self._stays(profile, before)):
            copies = (before, *copies)
        for id_ in copies:
            own, whole = self._join(own, whole, id_)
        while near := [id_ for id_ in self.events.near(whole) if id_ != own]:
            if own is not None:
                self.events.drop(own)  # compared with the others as one that is not among them
            numbers = self.events.compared(whole, near)
            over = same_event(numbers) - least(numbers)
            best = int(np.argmax(over))
            if over[best] < 0:
                break
            own, whole = self._join(own, whole, near[best])
        own = self.new_id() if own is None else own
        self.events.put(own, whole)
        self.changed.add(own)
        return own

    def leave(self, id_: int, rest: Profile | None) -> None:
        """Take an article out of an event; `rest` is the profile of its other articles, None if it has no other."""
        self.events.drop(id_)
        if rest is not None:
            self.events.put(id_, rest)
            self.changed.add(id_)

    def divide(self, id_: int, members: Mapping[str, Profile]) -> dict[str, int]:
        """Return the new events of those articles, by article, that turn out not to belong to this event.

        `members` are all its articles in the order they came. The largest part keeps the event's id.
        """
        names = list(members)
        groups = clustered({at: members[name] for at, name in enumerate(names)})
        groups.sort(key=lambda group: (-len(group), min(group)))
        apart = [group for group in groups[1:] if len(group) >= SMALLEST_PART]
        moved: dict[str, int] = {}
        for group in apart:
            new = self.new_id()
            self.events.put(new, together([members[names[at]] for at in group]))
            self.changed.add(new)
            moved |= {names[at]: new for at in group}
        if moved:
            self.events.put(id_, together([profile for name, profile in members.items() if name not in moved]))
            self.changed.add(id_)
        return moved

    def _stays(self, profile: Profile, before: int) -> bool:
        return bool(same_event(self.events.compared(profile, [before]))[0] >= APART)

    def _join(self, own: int | None, whole: Profile, other: int) -> tuple[int, Profile]:
        """Return the id and profile of two events together: the id of the one with more articles, or the older one."""
        if other == own:
            return other, whole
        profile = self.events.profiles.get(other)
        self.events.drop(other)
        joined = whole if profile is None else whole.joined(profile)
        if own is None:
            return other, joined
        ours = whole.articles
        theirs = profile.articles if profile is not None else 0
        kept, gone = (own, other) if (-ours, own) <= (-theirs, other) else (other, own)
        self.events.drop(gone)
        self.merged[gone] = kept
        self.changed.discard(gone)
        return kept, joined


def clustered(parts: Mapping[int, Profile]) -> list[list[int]]:
    """Return the parts of an event grouped, as if each came new, in the order given; they stay together from APART."""
    groups: dict[int, list[int]] = {}
    seen = Candidates()
    for id_, profile in parts.items():
        members, whole = [id_], profile
        while near := seen.near(whole):
            probabilities = same_event(seen.compared(whole, near))
            best = int(np.argmax(probabilities))
            if probabilities[best] < APART:
                break
            members = groups.pop(near[best]) + members
            whole = seen.profiles[near[best]].joined(whole)
            seen.drop(near[best])
        groups[id_] = members
        seen.put(id_, whole)
    return list(groups.values())
