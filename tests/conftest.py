"""Fixtures that many tests share: the catalog and its fits are made once."""

import pytest

import headway
from headway.dataset import Dataset
from headway.rulers.scale import Scale


@pytest.fixture(scope="session")
def catalog() -> Dataset:
    return headway.load()


@pytest.fixture(scope="session")
def point_scale(catalog: Dataset) -> Scale:
    """The ECI-compatible fit without draws."""
    return headway.rulers.eci(draws=0).fit(catalog)


@pytest.fixture(scope="session")
def scale(catalog: Dataset) -> Scale:
    """The ECI-compatible fit with 100 draws."""
    return headway.rulers.eci(draws=100, seed=5).fit(catalog)


@pytest.fixture(scope="session")
def published(catalog: Dataset) -> Scale:
    return headway.rulers.published().fit(catalog)
