"""What was found in the library, as the evidence on which it is decided whether to answer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from retrieval.embedding.centred import uncentred
from retrieval.reader.evidence import Candidate, Evidence
from retrieval.reader.extract import Opened
from retrieval.search.find import Found


def evidence(found: Found, passages: Sequence[Opened]) -> Evidence:
    """Return the evidence that the passages found give for the question, best first."""
    stored = found.table.of([one.hit.passage.id for one in passages])
    known = [one for one in passages if one.hit.passage.id in stored]
    if not known:
        return Evidence(found.query.text, found.query.language, ())
    vectors = np.stack([stored[one.hit.passage.id] for one in known])
    plain = uncentred(vectors, [one.language for one in known])
    asked = uncentred(found.vector[None, :], [found.query.language])[0]
    cosines, raw_cosines = vectors @ found.vector, plain @ asked
    return Evidence(
        found.query.text,
        found.query.language,
        tuple(
            Candidate(
                text=one.hit.passage.text,
                title=one.heading,
                language=one.language,
                cosine=float(cosine),
                raw=float(raw),
                day=published.at.date() if (published := one.hit.passage.article.published) else None,
                lines=one.texts,
            )
            for one, cosine, raw in zip(known, cosines, raw_cosines, strict=True)
        ),
        found.vector,
        vectors[int(np.argmax(cosines))],
    )
