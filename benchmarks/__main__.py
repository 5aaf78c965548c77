"""python -m benchmarks [NAME ...]: measure, tell, and keep the figures."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
    os.environ.setdefault("VAR_DIR", str(ROOT / "var" / "bench"))
    import django

    django.setup()
    from benchmarks.command import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
