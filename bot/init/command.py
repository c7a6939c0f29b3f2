"""`sitrep init`: asks for what the bot needs, checks each answer as it comes, and writes `.env`."""

import re
import secrets
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import SecretStr, ValidationError

from bot.admin.access import number_of
from bot.admin.model_command import prepare
from bot.admin.surroundings import called
from bot.init.env_file import read_env, write_env
from bot.init.sources import add_source
from bot.locales import LOCALES, native_name, say
from bot.places import nearest, zone_of
from bot.resources import Resources
from bot.settings import Settings, SettingsError, read_settings

DEFAULT_LANGUAGE = str(Settings.model_fields["language"].default)

FILE = Path(".env")

CODE_SECONDS = 300.0
"""How long the code is waited for."""

LOOK_EVERY = 1.0
"""Seconds between two looks for the code."""

UPDATES = 100
"""The most that Telegram shows of what waits."""

TOKEN = re.compile(r"\d+:[\w-]+", re.ASCII)

Ask = Callable[[str], str]
"""Shows a question and returns the line that is written."""


def run(ask: Ask | None = None) -> None:
    """Ask, check and write; then add the first sources. `ask` stands in for the terminal.

    Nothing is written before the last question about the settings is answered. Raises SettingsError where nobody
    can be asked.
    """
    if ask is None and not sys.stdin.isatty():
        raise SettingsError(
            "sitrep init asks questions, and needs a terminal. Without one, copy .env.example to .env and fill it in."
        )
    Setup(ask or input).run()


class Setup:
    """One run of the questions; a class because they share the language and what is already set."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self.set = read_env(FILE)
        self.language = self.set.get("SITREP_LANGUAGE", DEFAULT_LANGUAGE)
        try:
            self.settings = Settings()
        except ValidationError:  # which the questions may put right
            self.settings = Settings.model_construct()

    def run(self) -> None:
        values: dict[str, str] = {}
        try:
            values["SITREP_LANGUAGE"] = self.language = self._language()
            if (found := self._token()) is not None:
                values["SITREP_TELEGRAM_TOKEN"], bot_name = found
                values["SITREP_ADMINS"] = self._admins(bot_name)
            values["SITREP_TIMEZONE"] = self._zone()
        except (KeyboardInterrupt, EOFError):
            print("\n" + self._say("stopped"), file=sys.stderr)
            raise KeyboardInterrupt from None
        write_env(FILE, values)
        self._show("written", path=FILE.resolve())
        self._sources()
        if "SITREP_TELEGRAM_TOKEN" in values:
            self._show("done", command="sitrep run")
        else:
            self._show("done_without", command="sitrep chat")

    # --- the questions --------------------------------------------------------------------------------

    def _language(self) -> str:
        default = self.language if self.language in LOCALES else DEFAULT_LANGUAGE
        names = ", ".join(f"{code} {native_name(code)}" for code in LOCALES)
        while True:
            written = self._ask(f"Language · Язык · Тіл · Idioma · Мова ({names}) [{default}]: ").strip().lower()
            if (written or default) in LOCALES:
                return written or default
            _complain(f"? {', '.join(LOCALES)}")

    def _token(self) -> tuple[str, str] | None:
        """Return the token and the bot's name; None to do without Telegram for now."""
        kept = self.set.get("SITREP_TELEGRAM_TOKEN", "")
        while True:
            written = self._question("token", kept and f"{kept.partition(':')[0]}:…", "without") or kept
            if not written:
                return None
            self.settings = self.settings.model_copy(update={"telegram_token": SecretStr(written)})
            status, me = called(self.settings, "getMe") if TOKEN.fullmatch(written) else (404, None)
            if status == 200 and isinstance(me, dict):
                name = str(me.get("username"))
                self._show("token_good", name=name)
                return written, name
            if status in (401, 404):
                _complain(self._say("token_unknown"))
            else:
                _complain(self._say("unreachable", url=self.settings.telegram_api_url))

    def _admins(self, bot_name: str) -> str:
        """Return the numbers of the admins: written, as they were, or of the person who sends the code."""
        kept = self.set.get("SITREP_ADMINS", "")
        while True:
            written = self._question("admins", kept, "by_code").replace(",", " ").split()
            if written and all((number_of(one) or 0) > 0 for one in written):
                return ",".join(written)
            if written:
                _complain(self._say("admins_what"))
            elif kept:
                return kept
            elif (number := self._number_by_code(bot_name)) is not None:
                return str(number)

    def _number_by_code(self, bot_name: str) -> int | None:
        """Return the number of the person who sends a code to the bot; None if nobody does, or it cannot be seen."""
        code = f"{secrets.randbelow(10**6):06}"
        self._show("code", link=f"https://t.me/{bot_name}", code=code)
        end = time.monotonic() + CODE_SECONDS
        while time.monotonic() < end:
            # Without an offset, which would take from the bot what other people have written to it.
            status, updates = called(self.settings, "getUpdates", limit=UPDATES)
            if status == 409:
                _complain(self._say("busy"))
                return None
            for place, update in enumerate(updates if isinstance(updates, list) else []):
                message = update.get("message") or {}
                if message.get("chat", {}).get("type") == "private" and code in (message.get("text") or ""):
                    person = message["from"]
                    self._confirm(update["update_id"], first=place == 0)
                    called(self.settings, "sendMessage", chat_id=person["id"], text=self._say("hello"))
                    self._show("admin_good", name=person.get("first_name", ""), number=person["id"])
                    return int(person["id"])
            time.sleep(LOOK_EVERY)
        _complain(self._say("code_late"))
        return None

    def _confirm(self, update_id: int, *, first: bool) -> None:
        """Take the code away, so that the bot does not answer it; not where that would take other messages too."""
        if first:
            called(self.settings, "getUpdates", offset=update_id + 1, limit=1)

    def _zone(self) -> str:
        kept = self.set.get("SITREP_TIMEZONE", "UTC")
        while True:
            written = self._question("zone", kept)
            zone = zone_of(written) if written else kept
            if zone and zone_of(zone):
                self._show("zone_good", zone=zone, time=f"{datetime.now(ZoneInfo(zone)):%H:%M}")
                return zone
            names = ", ".join(f"{place} ({other})" for place, other in nearest(written or kept))
            kept = "UTC" if not written else kept
            _complain(say("zone_nearest", self.language, names=names) if names else say("zone_unknown", self.language))

    def _sources(self) -> None:
        """Add the first sources, each tried at once; what was added before a Ctrl-C stays."""
        read_settings.cache_clear()
        with Resources(read_settings()) as resources:
            while written := self._ask(self._say("source") + ": ").strip():
                prepare()
                ok, sentence = add_source(resources, written, self.language)
                (print if ok else _complain)(sentence)

    # --- words ----------------------------------------------------------------------------------------

    def _question(self, key: str, kept: str, otherwise: str = "") -> str:
        """Ask, saying what Enter alone does: it keeps what is set, or does what `otherwise` says."""
        default = self._say("keep", value=kept) if kept else self._say(otherwise)
        return self._ask(f"{self._say(key)} [Enter: {default}]: ").strip()

    def _say(self, key: str, **fields: object) -> str:
        return say(f"init.{key}", self.language, **fields)

    def _show(self, key: str, **fields: object) -> None:
        print(self._say(key, **fields), flush=True)


def _complain(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
