"""Loaded before Django's settings: tests have an installation of their own, and a key that is no secret."""

import os
from pathlib import Path

HOME = Path(__file__).parents[1] / "var" / "test"
SECRET = "tests-only-" + "0" * 40

for name in [name for name in os.environ if name.startswith("TRUELINE_DATABASE_")]:
    del os.environ[name]
os.environ["TRUELINE_HOME"] = str(HOME)
os.environ["TRUELINE_SECRET_KEY"] = SECRET
os.environ["TRUELINE_PUBLIC_URL"] = "http://testserver"
os.environ["TRUELINE_HOSTS"] = "testserver,127.0.0.1,localhost"
