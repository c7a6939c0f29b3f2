"""Make `retrieval/events/weights.json` and `retrieval/events/news_means.npz`, by which articles become events.

`python -m training.events [--model FOLDER] [--write]`. The means are those of the reader's stories by language. The
weights are a logistic regression on pairs of events, as they are while a library grows: the articles of each true event
come in order and fall into random parts; parts of one event are to be told from those of the others. Two unrests
(Ostria, Taravor), six libraries of several events and every sixth story are not fitted on; `benchmarks/events.py`
measures on them.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from tempfile import gettempdir

import numpy as np
from sklearn.linear_model import LogisticRegression

from retrieval.embedding import load_embedder
from retrieval.embedding.centred import embed_passages
from retrieval.events.likeness import FEATURES, Candidates
from retrieval.events.profile import together
from retrieval.ingest.split import split
from retrieval.language.doc import Doc
from training.event_sets import FITTED_ON, UNSEEN_LIBRARIES, Articles, EventSets, in_order, moved
from training.sets import ROOT, lines
from training.stories import STORIES, UNSEEN

SHIPPED = ROOT / "retrieval" / "events"
SEED = 3
MOMENTS = 40  # times that each library is looked at while it grows
EVENTS_A_MOMENT = 25
POSITIVES, NEGATIVES = 3, 6  # pairs of an event at most; the negatives that are most alike
STAYS = (0.3, 0.6, 0.8, 0.95)  # probabilities that an article joins a part of its event
FEW = 8  # libraries of few articles
AT_ONCE = ("w1 w2 w3", "w4 w5 w6", "w8 w9 w10", "w11 w12 w13", "w1 w9", "w6 w16")  # in the same weeks as well
SEVERAL = 0.5  # weight of a pair of a library of several events; there are half as many as of all others
RARE = 2  # stories that a name is in for its count to ship
STRENGTH = 3.0  # inverse of the regularisation


def libraries(sets: EventSets, rng: random.Random) -> list[Articles]:
    """Return the libraries that are fitted on."""
    samples, velmora = (sets.unrests[name] for name in FITTED_ON)
    five, april = sets.five, date(2024, 4, 5)

    def stories(start: date, days: int, most: int) -> Articles:
        return sets.mixed(start, days, rng, most, unseen=False)

    def short(start: date, days: int, most: int) -> Articles:
        return sets.short(start, days, rng, most, unseen=False)

    return [
        stories(date(2030, 1, 1), 90, 200),
        stories(date(2030, 1, 1), 90, 200),
        [*five, *stories(date(2024, 3, 1), 90, 150)],
        [*moved(samples, date(2030, 2, 1)), *moved(velmora, date(2030, 2, 1)), *stories(date(2030, 1, 15), 60, 150)],
        [*samples, *stories(date(2021, 12, 25), 40, 80)],
        [*moved(velmora, april), *five],
        [*moved(samples, april), *moved(velmora, april), *five],
        [*moved(samples, april), *five, *stories(date(2024, 3, 20), 60, 100)],
        [*moved(velmora, date(2030, 2, 1)), *moved(samples, date(2030, 2, 3))],
        [*samples, *velmora],
        five,
        five,
        five,
        samples,
        velmora,
        short(date(2030, 1, 1), 30, 150),
        [*five, *short(date(2024, 3, 1), 90, 150)],
        [*samples, *short(date(2022, 1, 1), 14, 40)],
        [*moved(samples, april), *moved(velmora, april), *short(april, 30, 60)],
        *(short(date(2030, 1, 1), 7, 6) for _ in range(FEW)),
    ]


def of_several_events(sets: EventSets) -> list[Articles]:
    """Return the libraries of several events that are fitted on, each as it is, and some in the same weeks."""
    seen = [articles for name, articles in sets.libraries.items() if name not in UNSEEN_LIBRARIES]
    day = date(2030, 2, 1)
    return [*seen, *([one for name in names.split() for one in moved(sets.libraries[name], day)] for names in AT_ONCE)]


def pairs(library: Articles, rng: random.Random) -> tuple[list[np.ndarray], list[bool]]:
    """Return the features of pairs of parts of events, and whether each pair is of one event."""
    features: list[np.ndarray] = []
    same: list[bool] = []
    ordered = in_order(library)
    for _ in range(MOMENTS):
        parts: dict[str, list[list[int]]] = defaultdict(list)
        stays = rng.choice(STAYS)
        for at in range(rng.randint(2, len(ordered))):
            own = parts[ordered[at].event]
            if own and rng.random() < stays:
                rng.choices(own, list(map(len, own)))[0].append(at)
            else:
                own.append([at])
        labelled = [(event, part) for event, own in parts.items() for part in own]
        candidates = Candidates()
        for id_, (_, part) in enumerate(labelled):
            candidates.put(id_, together([ordered[at].profile for at in part]))
        for id_ in rng.sample(range(len(labelled)), min(len(labelled), EVENTS_A_MOMENT)):
            profile = candidates.profiles[id_]
            candidates.drop(id_)
            near = candidates.near(profile)
            rows = candidates.compared(profile, near)
            candidates.put(id_, profile)
            right = [at for at, other in enumerate(near) if labelled[other][0] == labelled[id_][0]]
            wrong = sorted(set(range(len(near))) - set(right), key=lambda at: -rows[at][0] - rows[at][1])
            for at in [*rng.sample(right, min(POSITIVES, len(right))), *wrong[:NEGATIVES]]:
                features.append(rows[at])
                same.append(at in right)
    return features, same


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path(gettempdir()) / "sitrep-training-model")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    embedder = load_embedder(options.model)
    if options.write:
        by_language: dict[str, list[np.ndarray]] = defaultdict(list)
        for row in (row for file in sorted(STORIES.glob("*.jsonl")) for row in lines(file)):
            if int(row["id"].rpartition("-")[2]) % UNSEEN:
                doc = Doc(" ".join(row["sentences"]), row["language"])
                texts = [piece.whole.of(doc.text) for piece in split(doc)]
                mean = embed_passages(embedder, texts, [doc.language] * len(texts)).mean(axis=0)
                by_language[row["language"]].append(mean / np.linalg.norm(mean))
        means = {language: np.mean(rows, axis=0) for language, rows in by_language.items()}
        means["und"] = np.mean(list(means.values()), axis=0)
        np.savez(SHIPPED / "news_means.npz", **{name: mean.astype(np.float16) for name, mean in means.items()})
    sets = EventSets(embedder)
    seen = sets.seen_stories(unseen=False)
    names = Counter(name for id_ in seen for name in {n for piece in sets.stories[id_] for n in piece.profile.names})
    usual = {"articles": len(seen), "names": {n: c for n, c in sorted(names.items()) if c >= RARE}}
    weights = {"intercept": 0.0, "weights": dict.fromkeys(FEATURES, 0.0), "usual": usual}
    target = SHIPPED / "weights.json"
    if options.write:
        target.write_text(json.dumps(weights), encoding="utf-8")  # the features depend on what is usual
    rng = random.Random(SEED)
    drawn = [(pairs(library, rng), 1.0) for library in libraries(sets, rng)]
    drawn += [(pairs(library, rng), SEVERAL) for library in of_several_events(sets)]
    rows = np.array([row for (features, _), _ in drawn for row in features])
    labels = np.array([one for (_, same), _ in drawn for one in same])
    shares = np.array([weight for (_, same), weight in drawn for _ in same])
    model = LogisticRegression(C=STRENGTH, max_iter=3000).fit(rows, labels, sample_weight=shares)
    weights["intercept"] = round(float(model.intercept_[0]), 3)
    weights["weights"] = {name: round(float(w), 3) for name, w in zip(FEATURES, model.coef_[0], strict=True)}
    print(f"{len(labels)} pairs, {labels.sum()} of one event: {weights['intercept']}, {weights['weights']}")
    if options.write:
        target.write_text(json.dumps(weights, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
