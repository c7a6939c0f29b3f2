"""Taking a language's mean out of vectors."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.embedding.centred import centre


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_each_language_has_its_own_mean_and_an_unknown_one_the_average(seed: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(3, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    english, russian, german, other = (centre(vectors, [language] * 3) for language in ("en", "ru", "de", "xx"))
    assert np.allclose(np.linalg.norm(english, axis=1), 1, atol=1e-5)
    assert not np.allclose(english, russian, atol=1e-3)
    assert np.array_equal(german, other)
