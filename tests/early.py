"""Loaded before Django's settings: tests have an installation of their own, and a key that is no secret."""

import os
import sys
from pathlib import Path

HOME = Path(__file__).parents[1] / "var" / "test"
SECRET = "tests-only-" + "0" * 40

# The suite starts hundreds of processes; where a machine forbids to keep compiled modules, each would compile them all.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

for name in [name for name in os.environ if name.startswith("TRUELINE_DATABASE_")]:
    del os.environ[name]
os.environ["TRUELINE_HOME"] = str(HOME)
os.environ["TRUELINE_SECRET_KEY"] = SECRET
os.environ["TRUELINE_PUBLIC_URL"] = "http://testserver"
os.environ["TRUELINE_HOSTS"] = "testserver,127.0.0.1,localhost"
