"""Real worker processes on the database of the tests, to be killed, paused and stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

from django.db import connections

from tests.worlds import World
from trueline.audit.models import AuditEvent
from trueline.audit.queries import chain_verdict
from trueline.findings.models import Finding
from trueline.inventory import actions as inventory
from trueline.inventory.models import BaselineProfile, Snapshot
from trueline.inventory.starting import capture_folder
from trueline.kit.postgres.bootstrap import ENVIRONMENT_NAMES
from trueline.kit.scope import Scope
from trueline.operations import queue
from trueline.operations.actions.execution import execute
from trueline.operations.models import OperationRun
from trueline.operations.rules import State
from trueline.workspaces.actions import create_environment
from trueline.workspaces.models import Environment

MOMENT = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
LEASE, BEAT, SWEEP = 1.2, 0.3, 0.3
PATIENCE = 20.0
_ALIASES = {"owner": "owner", "app": "default", "system": "system"}


def until(is_so: Callable[[], object], what: str, *, seconds: float = PATIENCE) -> None:
    """Wait for another process; what it waits for is in the error."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"after {seconds:.0f} s still not: {what}"
        time.sleep(0.03)


def database_environment() -> dict[str, str]:
    """The three URLs by which a process of ours finds the database of this test."""
    return {ENVIRONMENT_NAMES[name]: _url(alias) for name, alias in _ALIASES.items()}


def _url(alias: str) -> str:
    held = connections.settings[alias]
    place = f"host={quote(str(held['HOST']), safe='')}&port={held['PORT']}"
    return f"postgresql://{held['USER']}:{held['PASSWORD']}@/{held['NAME']}?{place}"


class Nursery:
    """The process that workers are forked from; see `nursery.py`."""

    def __init__(self) -> None:
        paces = {"LEASE": LEASE, "HEARTBEAT": BEAT, "SWEEP": SWEEP}
        environ = os.environ | database_environment() | {"TRUELINE_IDLE_TRANSACTION_MS": "2000"}
        environ |= {f"TRUELINE_{name}_SECONDS": str(value) for name, value in paces.items()}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.operations.nursery"],
            env=environ,
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, **command: object) -> int | None:
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps(command), file=self._process.stdin, flush=True)
        answer = json.loads(self._process.stdout.readline())
        return answer if isinstance(answer, int) else None

    def close(self) -> None:
        self._process.communicate()


class Worker:
    """One `trueline worker` process."""

    def __init__(self, nursery: Nursery, log: Path, **extra: str) -> None:
        pid = nursery.ask(extra=extra, log=str(log))
        assert pid is not None
        self._nursery, self._log, self.pid = nursery, log, pid
        self._status: int | None = None

    @property
    def status(self) -> int | None:
        """Its exit code, None while it lives."""
        if self._status is None:
            self._status = self._nursery.ask(ended=self.pid)
        return self._status

    @property
    def is_paused(self) -> bool:
        stat = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii")
        return stat.rpartition(")")[2].split()[0] == "T"

    def tell(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def paused(self) -> None:
        until(lambda: self.status is not None or self.is_paused, "the worker stands still")
        assert self.status is None, self.log

    def ended(self) -> int:
        until(lambda: self.status is not None, f"the worker has ended: {self._log}")
        assert self.status is not None
        return self.status

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")


class Crew:
    """Starts workers for one test."""

    def __init__(self, nursery: Nursery, folder: Path) -> None:
        self._nursery, self._folder = nursery, folder

    @contextmanager
    def workers(self, *wished: dict[str, str]) -> Iterator[list[Worker]]:
        """That many workers, each with its own additions to the environment; none is left behind."""
        logs = [self._folder / f"worker-{number}.log" for number, _ in enumerate(wished)]
        started = [Worker(self._nursery, log, **extra) for log, extra in zip(logs, wished, strict=True)]
        try:
            yield started
        finally:
            for worker in started:
                if worker.status is None:
                    worker.tell(signal.SIGKILL)
                    worker.ended()


def registered(number: int) -> None:
    """Wait until so many workers listen to the queue."""
    until(lambda: _count("select count(*) from procrastinate_workers") >= number, f"{number} workers listen")


def jobs_left() -> int:
    return _count("select count(*) from procrastinate_jobs")


def _count(statement: str) -> int:
    with connections["default"].cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])


@dataclass(frozen=True)
class Stage:
    """A workspace, a standard, and the folders of an export before and after somebody changed things."""

    world: World
    standard: BaselineProfile
    drifted: Path

    def environment(self, name: str) -> Environment:
        """A new environment that is held to the standard."""
        with self.world.scope() as scope:
            made = create_environment(scope, name, actor=scope.actor)
            inventory.assign_baseline(scope, self.standard.pk, made, actor=scope.actor)
            return made

    def ask(self, environment: Environment, *, wakes: bool = True, day: int = 1) -> OperationRun:
        """Ask for a capture of the changed export, as a page would: a worker performs it."""
        with self.world.scope() as scope:
            at = MOMENT + timedelta(days=day)
            return self.ask_of(scope, environment, at, wakes=wakes)

    def ask_of(self, scope: Scope, environment: Environment, at: datetime, *, wakes: bool = True) -> OperationRun:
        run = _asked(scope, environment, self.drifted, at)
        if wakes:
            queue.wake(run.workspace_id, run.pk)
        return run

    def ended(self, environment: Environment, runs: int = 2) -> list[OperationRun]:
        """The runs of an environment, once that many have ended."""
        until(lambda: len(self._completed(environment)) >= runs, f"{runs} runs of {environment.name} have ended")
        return self._completed(environment)

    def _completed(self, environment: Environment) -> list[OperationRun]:
        with self.world.inside():
            found = OperationRun.objects.filter(environment_id=environment.pk, state=State.COMPLETED)
            return list(found.order_by("queued_at"))

    def snapshots(self, environment: Environment) -> list[Snapshot]:
        with self.world.inside():
            return list(Snapshot.objects.filter(environment_id=environment.pk))

    def snapshots_of(self, run: OperationRun) -> list[Snapshot]:
        with self.world.inside():
            return list(Snapshot.objects.filter(run_id=run.pk))

    def findings(self, environment: Environment) -> list[tuple[object, ...]]:
        """What a finding says, without its id and the clock."""
        said = ("subject_key", "facet", "path", "kind", "severity", "state", "expected", "observed", "times_seen")
        with self.world.inside():
            rows = Finding.objects.filter(environment_id=environment.pk).order_by("subject_key", "facet", "path")
            return [(*row, json.dumps(row[6:8], sort_keys=True)) for row in rows.values_list(*said)]

    def events(self, action: str, run: OperationRun) -> int:
        """How often the trail tells that of a run."""
        with self.world.inside():
            return AuditEvent.objects.filter(action=f"operations:run:{action}", subject_id=str(run.pk)).count()

    def jobs_without_run(self) -> int:
        """Jobs of runs that do not exist: written outside of the transaction of their run."""
        with self.world.inside():
            return _count(
                "select count(*) from procrastinate_jobs as job where not exists "
                "(select from operations_operationrun as run where run.id::text = job.args ->> 'run_id')"
            )

    @property
    def trail_is_whole(self) -> bool:
        with self.world.inside():
            return chain_verdict(self.world.workspace.pk).is_whole

    def now(self, run: OperationRun) -> OperationRun:
        with self.world.inside():
            return OperationRun.objects.get(id=run.pk)


def _asked(scope: Scope, environment: Environment, path: Path, at: datetime) -> OperationRun:
    return capture_folder(scope, environment, "microsoft365", path, actor=scope.actor, observed_at=at).run


def policy(number: int, *, value: str = "1", name: str = "") -> dict[str, object]:
    """A small settings catalogue policy as Graph gives it."""
    choice = "#microsoft.graph.deviceManagementConfigurationChoiceSettingInstance"
    return {
        "@odata.context": "https://graph.microsoft.com/beta/$metadata#deviceManagement/configurationPolicies/$entity",
        "id": str(UUID(int=0xA000 + number)),
        "name": name or f"Policy {number}",
        "description": "",
        "platforms": "windows10",
        "technologies": "mdm",
        "settingCount": 1,
        "roleScopeTagIds": ["0"],
        "settings": [
            {
                "id": "0",
                "settingInstance": {
                    "@odata.type": choice,
                    "settingDefinitionId": f"device_vendor_msft_policy_config_area_setting{number}",
                    "choiceSettingValue": {
                        "value": f"device_vendor_msft_policy_config_area_setting{number}_{value}",
                        "children": [],
                    },
                },
            }
        ],
    }


def write_export(folder: Path, policies: list[dict[str, object]], **areas: str) -> Path:
    """An export of those policies, whose manifest says that every area was read, but for those named."""
    place = folder / "SettingsCatalog"
    place.mkdir(parents=True)
    for number, one in enumerate(policies):
        (place / f"{number}.json").write_text(json.dumps(one), encoding="utf-8")
    return folder


def build_stage(world: World, folder: Path) -> Stage:
    """A standard of six policies; the export differs in two, lacks one and has one more."""
    agreed = write_export(folder / "agreed", [policy(number) for number in range(6)])
    others = [policy(0), policy(1, value="2"), policy(2, value="3"), policy(3), policy(4), policy(9)]
    drifted = write_export(folder / "drifted", others)
    with world.scope() as scope:
        run = _asked(scope, world.environment, agreed, MOMENT)
        execute(scope.workspace_id, run.pk)
        for following in OperationRun.objects.filter(state=State.QUEUED):
            execute(scope.workspace_id, following.pk)
        with connections["default"].cursor() as cursor:
            cursor.execute("delete from procrastinate_jobs")  # its worker was this process
        snapshot = Snapshot.objects.get(run_id=run.pk)
        standard = inventory.make_baseline(scope, "Agreed", snapshot.pk, actor=scope.actor)
    return Stage(world, standard, drifted)
