import secrets
from collections.abc import Iterator

import pytest

from tests.embedded.users import Scene, scene
from tests.faults.companies import Company, ended_afterwards
from tests.faults.helpers import forget_the_meeting_point


@pytest.fixture
def meeting_point(transactional_db: None) -> Iterator[None]:
    """For tests that stop statements between rows: leaves no trigger behind, however they end."""
    yield
    forget_the_meeting_point()


@pytest.fixture(scope="session")
def servers() -> Iterator[Scene]:
    """A PostgreSQL and a Valkey of the fault tests' own, which they may kill; without fsync."""
    with scene() as found:
        yield found


@pytest.fixture(scope="session")
def founded(servers: Scene, tmp_path_factory: pytest.TempPathFactory) -> Company:
    """A company with a directory and a campaign; to be copied, not used."""
    _user, endpoints = servers.user()
    urls = (endpoints.database_url, endpoints.database_owner_url)
    company = Company(*urls, endpoints.redis_url, tmp_path_factory.mktemp("founded"))
    company.found()
    return company


@pytest.fixture
def company(founded: Company) -> Iterator[Company]:
    with ended_afterwards(founded.copy(f"company_{secrets.token_hex(4)}")) as found:
        yield found
