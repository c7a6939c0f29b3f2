"""What storing vectors in 8 bits a number costs retrieval: hit@5 and MRR@10 by cosine, beside those of 32 bits.

python -m benchmarks.packing --data DIR [--model DIR], where DIR holds `xquad/`. Every second paragraph of XQuAD in
English and in Russian and every fourth question on them; a passage is ranked by its cosine alone, exactly, a paragraph
by its best passage. Across: the paragraph in the other language. Half a minute of processor time.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.answers import MODEL
from benchmarks.retrieval import Asked, distinct, hits, mrr, rank, xquad
from retrieval.domain import Article
from retrieval.embedding import Embedder, load_embedder
from retrieval.embedding.centred import embed_passages, embed_question
from retrieval.ingest.split import split
from retrieval.ingest.submission import Submission
from retrieval.language.doc import Doc
from retrieval.store.vectors.packed import packed, unpacked

LANGUAGES = ("en", "ru")
PARAGRAPHS, QUESTIONS = 2, 4  # every second, every fourth
DEPTH = 60
TARGET = 0.05  # points that no figure may lose more than


def passages_of(embedder: Embedder, sources: Sequence[Submission]) -> tuple[list[str], np.ndarray]:
    """Return the passages of paragraphs: whose each is, and their vectors, (passages, dimensions)."""
    owners, texts, languages = [], [], []
    for one in sources:
        language = one.language or "en"
        article = Article(one.where, None, one.title or "", one.text, language)
        for piece in split(Doc.of(article)):
            owners.append(one.where)
            texts.append(piece.whole.of(one.text))
            languages.append(language)
    return owners, embed_passages(embedder, texts, languages)


def figures(
    owners: Sequence[str], vectors: np.ndarray, asked: Sequence[Asked], questions: np.ndarray
) -> dict[str, float]:
    """Return hit@5 and MRR@10 in points, in the language asked in and across."""
    same, across = [], []
    for one, question in zip(asked, questions, strict=True):
        best = np.argsort(-np.vecdot(vectors, question), kind="stable")[:DEPTH]
        ranked = distinct(owners[at] for at in best)
        (number,) = one.gold
        own = f"{one.language}-{number}"
        others = frozenset(f"{language}-{number}" for language in LANGUAGES if language != one.language)
        same.append(rank(ranked, frozenset([own])))
        across.append(rank(ranked, others, without=own))
    return {
        f"{name}, {ways}": 100 * measure(ranks)
        for ways, ranks in (("same", same), ("across", across))
        for name, measure in (("hit@5", hits), ("MRR@10", mrr))
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=MODEL, help="where the embedder keeps its model")
    options = parser.parse_args()
    embedder = load_embedder(options.model)
    sources, asked = xquad(options.data)
    sources = [one for one in sources if one.language in LANGUAGES and int(one.where[3:]) % PARAGRAPHS == 0]
    wanted = [one for one in asked if one.language in LANGUAGES and all(int(n) % PARAGRAPHS == 0 for n in one.gold)]
    asked = wanted[::QUESTIONS]
    owners, vectors = passages_of(embedder, sources)
    questions = np.stack([embed_question(embedder, one.text, one.language) for one in asked])
    wide = figures(owners, vectors, asked, questions)
    narrow = figures(owners, unpacked(packed(vectors)), asked, questions)
    for name, before in wide.items():
        print(f"{name:16} {before:.2f} in 32 bits, {narrow[name]:.2f} in 8, lost {before - narrow[name]:.2f}")
    worst = max(before - narrow[name] for name, before in wide.items())
    print(f"{len(owners)} passages, {len(asked)} questions; most lost: {worst:.2f} points (target: under {TARGET})")


if __name__ == "__main__":
    main()
