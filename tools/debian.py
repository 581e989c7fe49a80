"""Installing a Debian package when the machine allows it. Runs before any environment exists: standard library only."""

from __future__ import annotations

import os
import shutil
import subprocess


def privilege() -> list[str] | None:
    """What to write before a command so that it runs as root: nothing, `sudo -n`, or None where neither is allowed."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo is None:
        return None
    allowed = subprocess.run([sudo, "-n", "true"], capture_output=True, check=False, stdin=subprocess.DEVNULL)
    return [sudo, "-n"] if allowed.returncode == 0 else None


def install(package: str) -> bool:
    """Install one package with apt. True when apt says it is installed; False when this machine does not allow it."""
    prefix = privilege()
    if prefix is None or shutil.which("apt-get") is None:
        return False
    print(f"Installing Debian's {package} ...", flush=True)
    # An index that cannot be refreshed (an unsigned extra source) is no reason to stop: the install itself decides.
    _apt(prefix, "update")
    return _apt(prefix, "install", "-y", "--no-install-recommends", package)


def _apt(prefix: list[str], *arguments: str) -> bool:
    command = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        print(f"apt-get {arguments[0]} failed: {done.stderr.strip().splitlines()[-1:]}", flush=True)
    return done.returncode == 0
