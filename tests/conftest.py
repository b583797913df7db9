"""What tests share: where the real data lie, if they do, and a cache of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """Real data sets and known answers beside the checkout; they are not part of the project."""
    found = ROOT.parent / "shared"
    if not (found / "data").is_dir():
        pytest.skip("the real data sets are not beside this checkout")
    return found


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JOURNEY_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield
