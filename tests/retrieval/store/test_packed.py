"""Vectors as they are stored: as near to each other as they were, and the same after every move."""

import numpy as np

from retrieval.store.vectors.packed import packed, unpacked

VECTORS = np.random.default_rng(3).normal(size=(200, 384)).astype(np.float32)
UNIT = VECTORS / np.linalg.norm(VECTORS, axis=1, keepdims=True)


def test_cosines_change_in_the_third_place_at_most() -> None:
    found = unpacked(packed(UNIT))
    assert np.abs(found @ found.T - UNIT @ UNIT.T).max() < 3e-3


def test_what_was_unpacked_is_packed_to_the_same_bytes() -> None:
    assert packed(unpacked(packed(UNIT))) == packed(UNIT)


def test_a_vector_of_zeros_and_no_vector_at_all_are_read_as_that() -> None:
    assert not unpacked(packed(np.zeros((1, 4)))).any()
    assert unpacked([]).shape[0] == 0
