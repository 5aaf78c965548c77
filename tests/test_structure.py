"""The map of docs/decisions/0001: an app imports only from those before it."""

import ast
from pathlib import Path

import pytest

ORDER = [
    "audit",
    "jobs",
    "directory",
    "activity",
    "sources",
    "campaigns",
    "ranking",
    "integrity",
    "awards",
    "leaderboard",
    "sign_in",
    "console",
    "demo",
]
ROOT = Path(__file__).parent.parent
APPS = sorted(path.name for path in (ROOT / "apps").iterdir() if (path / "__init__.py").exists())


def imported_apps(path: Path) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            modules.add(node.module)
        elif isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names)
    return {module.split(".")[1] for module in modules if module.startswith("apps.")}


@pytest.mark.parametrize("app", APPS)
def test_an_app_imports_only_from_those_before_it(app: str) -> None:
    allowed = set(ORDER[: ORDER.index(app) + 1]) - ({"leaderboard"} if app == "console" else set())
    files = (ROOT / "apps" / app).rglob("*.py")
    wrong = {str(f): extra for f in files if (extra := imported_apps(f) - allowed)}
    assert wrong == {}


def test_every_app_has_its_place_in_the_order() -> None:
    assert set(APPS) <= set(ORDER)
