"""The packages and the imports between them: who may import whom."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted(p for package in ("bot", "retrieval", "prompts") for p in (ROOT / package).rglob("*.py"))

MAY_IMPORT = {
    "prompts": set(),
    "retrieval.domain": set(),
    "retrieval.stages": set(),
    "retrieval.language": {"domain"},
    "retrieval.embedding": {"domain", "language"},
    "retrieval.models": {"domain", "embedding"},
    "retrieval.model_calls": {"domain", "models"},
    "retrieval.events": {"domain", "language"},
    "retrieval.store": {"domain", "language", "events"},
    "retrieval.figures": {"domain", "language", "embedding", "store"},
    "retrieval.question": {"domain", "language", "figures", "embedding"},
    "retrieval.ingest": {"domain", "language", "models", "events", "store", "figures", "embedding"},
    "retrieval.search": {"domain", "stages", "language", "embedding", "models", "store", "question"},
    "retrieval.retriever": {"domain", "language", "embedding", "store", "question", "search"},
    "retrieval.reader": {"domain", "language", "embedding", "store", "question", "search"},
    "retrieval.answer": {
        "domain",
        "stages",
        "language",
        "embedding",
        "models",
        "model_calls",
        "store",
        "question",
        "search",
        "reader",
        "figures",
    },
    "retrieval.briefing": {
        "domain",
        "language",
        "embedding",
        "models",
        "store",
        "question",
        "search",
        "reader",
        "figures",
        "answer",
    },
}
"""The packages of `retrieval`, and which of its other packages each may import."""


EVERYWHERE_IN_BOT = {
    "citations",
    "locales",
    "resources",
    "settings",
    "moments",
    "output",
    "places",
    "metrics",
    "telegram",
}

BOT_MAY_IMPORT = {
    "settings": set(),
    "logs": set(),
    "moments": set(),
    "output": set(),
    "places": set(),
    "metrics": set(),
    "locales": set(),
    "resources": {"settings"},
    "telegram": {"locales", "resources", "settings", "metrics"},
    "citations": {"locales", "telegram"},
    "figures": EVERYWHERE_IN_BOT,
    "ask": EVERYWHERE_IN_BOT | {"figures"},  # the reports that conflict with an answer
    "brief": EVERYWHERE_IN_BOT | {"ask", "figures"},
    "schedule": EVERYWHERE_IN_BOT | {"ask", "brief"},
    "sources": EVERYWHERE_IN_BOT,
    "admin": EVERYWHERE_IN_BOT | {"ask"},
    "init": EVERYWHERE_IN_BOT | {"admin", "sources"},
    "requests": EVERYWHERE_IN_BOT | {"ask", "figures", "brief", "schedule", "admin"},
}
"""The packages and modules of `bot` below `app` and `cli`, and which others each may import."""


def modules_imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the arrows"
            names.add(node.module or "")
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def package_of(module: str) -> str:
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "retrieval" else parts[0]


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_arrows_point_one_way(path: Path) -> None:
    own = package_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
    imported = modules_imported(path)
    if own != "bot":
        assert not {m for m in imported if m.split(".")[0] in ("bot", "telegram")}
    if own.startswith("retrieval."):
        others = {package_of(m).split(".")[1] for m in imported if m.startswith("retrieval.")}
        if own in MAY_IMPORT:
            assert others <= MAY_IMPORT[own] | {own.split(".")[1]}


@pytest.mark.parametrize("path", [p for p in SOURCES if p.is_relative_to(ROOT / "bot")], ids=lambda p: p.name)
def test_what_a_person_does_is_built_on_telegram_and_nothing_on_the_app(path: Path) -> None:
    own = path.relative_to(ROOT / "bot").with_suffix("").parts[0]
    others = {m.split(".")[1] for m in modules_imported(path) if m.startswith("bot.")}
    if own in BOT_MAY_IMPORT:
        assert others <= BOT_MAY_IMPORT[own] | {own}
    else:
        assert own in ("app", "cli", "__init__")


def offenders(names: set[str], allowed: tuple[str, ...]) -> list[str]:
    return [
        str(p.relative_to(ROOT))
        for p in SOURCES
        if not str(p.relative_to(ROOT)).startswith(allowed) and {m.split(".")[0] for m in modules_imported(p)} & names
    ]


def test_only_the_store_knows_sql_and_chroma() -> None:
    assert offenders({"sqlalchemy", "alembic", "chromadb", "langchain_chroma", "sqlite3"}, ("retrieval/store/",)) == []


def test_no_private_attribute_of_chroma_or_langchain_is_used() -> None:
    """Where they are imported, names with an underscore are asked of `self` alone."""
    benchmarks = sorted((ROOT / "benchmarks").rglob("*.py"))
    users = [p for p in SOURCES + benchmarks if modules_imported(p) & {"chromadb", "langchain_chroma"}]
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}"
        for path in users
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr.startswith("_") and ast.unparse(node.value) != "self"
    ]
    assert len(users) == 3  # the vector store, and the stock ones of two benchmarks
    assert found == []


def test_only_models_knows_a_provider() -> None:
    providers = {
        "langchain",
        "langchain_openai",
        "langchain_anthropic",
        "langchain_ollama",
        "openai",
        "anthropic",
    }
    assert offenders(providers, ("retrieval/models.py",)) == []


def test_only_settings_reads_the_environment() -> None:
    readers = [
        str(p.relative_to(ROOT))
        for p in SOURCES
        if any(word in p.read_text(encoding="utf-8") for word in ("os.environ", "os.getenv", "getenv("))
    ]
    assert [r for r in readers if r != "bot/settings.py"] == []
