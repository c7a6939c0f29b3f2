"""Embeddings as they are stored: 8 bits a number and one scale a vector, half of what 16 bits take.

What that costs retrieval is measured by `benchmarks/packing.py`.
"""

from collections.abc import Sequence

import numpy as np

LARGEST = 127
"""The number that the largest of a vector is stored as, up to its sign."""

SCALE = np.dtype("<f4")


def packed(vectors: np.ndarray) -> list[bytes]:
    """Return vectors (n, dimensions) as they are stored; what was unpacked is packed to the same bytes."""
    wide = np.asarray(vectors, dtype=np.float32)
    scales = np.abs(wide).max(axis=1, initial=0.0) / LARGEST
    numbers = np.rint(wide / np.where(scales > 0, scales, 1)[:, None]).astype(np.int8)
    return [scale.tobytes() + row.tobytes() for scale, row in zip(scales.astype(SCALE), numbers, strict=True)]


def unpacked(rows: Sequence[bytes]) -> np.ndarray:
    """Return the vectors of stored rows of one length, (n, dimensions) float32."""
    numbers, scales = parts(rows)
    return np.asarray(numbers.astype(np.float32) * scales[:, None])


def parts(rows: Sequence[bytes]) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers of stored rows of one length, (n, dimensions) int8, and their scales, (n,) float32."""
    raw = np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(len(rows), -1 if rows else SCALE.itemsize)
    scales = np.ascontiguousarray(raw[:, : SCALE.itemsize]).view(SCALE)[:, 0]
    return raw[:, SCALE.itemsize :].view(np.int8), scales.astype(np.float32)
