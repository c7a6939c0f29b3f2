"""What was found in the library, as the evidence on which it is decided whether to answer."""

from __future__ import annotations

import numpy as np

from retrieval.answer.evidence import CANDIDATES_READ, Candidate, Evidence
from retrieval.domain import Article
from retrieval.embedding.centred import uncentred
from retrieval.language.datelines import LONGEST_DATELINE, dateline
from retrieval.search.find import Found
from retrieval.store.library import Library


def _heading(article: Article) -> str:
    """Return the title and the place of the dateline: what an article says once, for all its passages."""
    line = dateline(article.text[:LONGEST_DATELINE])
    return f"{article.title} {line.place}" if line and line.place else article.title


def evidence(library: Library, found: Found) -> Evidence:
    """Return the evidence that the passages found give for the question, best first."""
    hits = found.hits[:CANDIDATES_READ]
    stored = library.vectors_of([hit.passage.id for hit in hits])
    hits = tuple(hit for hit in hits if hit.passage.id in stored)
    if not hits:
        return Evidence(found.query.text, found.query.language, ())
    vectors = np.stack([stored[hit.passage.id] for hit in hits])
    plain = uncentred(vectors, [hit.passage.article.language for hit in hits])
    asked = uncentred(found.vector[None, :], [found.query.language])[0]
    return Evidence(
        found.query.text,
        found.query.language,
        tuple(
            Candidate(
                text=hit.passage.text,
                title=_heading(hit.passage.article),
                language=hit.passage.article.language,
                cosine=float(vector @ found.vector),
                raw=float(bare @ asked),
                day=published.at.date() if (published := hit.passage.article.published) else None,
            )
            for hit, vector, bare in zip(hits, vectors, plain, strict=True)
        ),
        found.vector,
        vectors[int(np.argmax(vectors @ found.vector))],
    )
