"""Taking a language's mean out of vectors, and putting it back."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.embedding.centred import centre, uncentred


@settings(deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["en", "ru", "kk", "es", "de"]))
def test_what_was_centred_can_be_had_back(seed: int, language: str) -> None:
    vectors = np.random.default_rng(seed).normal(size=(3, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    spoken = [language] * 3
    assert np.allclose(uncentred(centre(vectors, spoken), spoken), vectors, atol=1e-4)
