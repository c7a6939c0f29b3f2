"""Make `retrieval/embedding/language_means.npz`: each language's mean vector, which is subtracted from its vectors.

`python -m training.language_means --data DIR [--model FOLDER] [--write]`, where DIR contains `nomiracl/dev.jsonl`
(Wikipedia passages in English, Spanish and Russian, CC BY-SA) and `sib200/kaz_Cyrl.train.tsv` (Kazakh sentences, CC
BY-SA). 400 texts a language are drawn with a fixed seed; `und` is the mean of the four means. It prints each mean's
cosine to the shipped one. A file with other means makes other vectors: raise `MEANS` in `centred.py` with it.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from tempfile import gettempdir

import numpy as np
from numpy.typing import NDArray

from retrieval.embedding import Embedder, load_embedder
from training.sets import ROOT, lines

SHIPPED = ROOT / "retrieval" / "embedding" / "language_means.npz"
TEXTS = 400  # of each language: a mean of so many has a cosine of about .9995 to that of all
SEED = 1


def texts(data: Path) -> dict[str, list[str]]:
    """Return the texts of each language, all of them."""
    found: dict[str, list[str]] = {"en": [], "es": [], "ru": [], "kk": []}
    for row in lines(data / "nomiracl" / "dev.jsonl"):
        found[row["lang"]] += row["passages"]
    for row in (data / "sib200" / "kaz_Cyrl.train.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        found["kk"].append(row.split("\t")[2])
    return found


def means(embedder: Embedder, found: dict[str, list[str]]) -> dict[str, NDArray[np.float16]]:
    """Return the mean vector of each language, and of them all under `und`."""
    made: dict[str, NDArray[np.float32]] = {}
    for language, all_texts in found.items():
        distinct = sorted(set(all_texts))
        chosen = random.Random(SEED).sample(distinct, min(TEXTS, len(distinct)))
        made[language] = embedder.embed_passages(chosen).mean(axis=0)
    made["und"] = np.mean(list(made.values()), axis=0)
    return {language: mean.astype(np.float16) for language, mean in made.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=Path(gettempdir()) / "sitrep-training-model")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    made = means(load_embedder(options.model), texts(options.data))
    with np.load(SHIPPED) as stored:
        for language, mean in made.items():
            one, other = mean.astype(np.float32), stored[language].astype(np.float32)
            cosine = one @ other / np.linalg.norm(one) / np.linalg.norm(other)
            print(f"{language}: cosine to the shipped mean {cosine:.4f}")
    if options.write:
        np.savez(SHIPPED, **made)


if __name__ == "__main__":
    main()
