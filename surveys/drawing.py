"""How a sample is drawn: proportionally to the buildings, by a seed, so that anybody can draw the very same one again.

Pure: no database, no random generator of any language. The place of a unit is the SHA-256 digest of
`SEED:UNIT CODE`; the smallest digests of each building are its sample, the next one replaces whoever cannot be asked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import TypeVar

S = TypeVar("S", bound=int)
# A variance needs two answers, so every building has two places where there are enough.
FEWEST = 2


def lot(seed: int, code: str) -> str:
    """The place of a unit in the draw, as a digest to sort by."""
    return hashlib.sha256(f"{seed}:{code}".encode()).hexdigest()


def drawn(seed: int, codes: Iterable[str]) -> list[str]:
    """All units of a building in the order of the draw."""
    return sorted(codes, key=lambda code: (lot(seed, code), code))


def allocate(sizes: Mapping[S, int], wanted: int) -> dict[S, int]:
    """How many are asked in each stratum: in proportion to its size (largest remainder), two at least where the whole
    allows it, never more than there are. The sum is `wanted`, or everybody."""
    everybody = sum(sizes.values())
    wanted = min(wanted, everybody)
    least = FEWEST if wanted >= FEWEST * len(sizes) else 0
    places = {key: min(least, size) for key, size in sizes.items()}
    shares = {key: wanted * size / everybody for key, size in sizes.items()} if everybody else {}
    places = {key: max(places[key], min(int(shares[key]), sizes[key])) for key in sizes}
    while (left := wanted - sum(places.values())) != 0:
        step = 1 if left > 0 else -1
        fit = [key for key in sizes if (places[key] < sizes[key] if step > 0 else places[key] > least)]
        chosen = max(fit, key=lambda key: (step * (shares[key] - places[key]), sizes[key], -key))
        places[chosen] += step
    return places
