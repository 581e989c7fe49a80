"""What holds for every command: help, exit codes, one sentence for a person, one JSON document for a program."""

from __future__ import annotations

import argparse
import importlib
import json
import socket
import subprocess
import sys
import time

import pytest

from tests.cli.conftest import Done, call
from trueline.cli import main
from trueline.cli.main import COMMANDS
from trueline.config import main as root
from trueline.kit.errors import Refused

NAMES = [command.name for command in COMMANDS]
HEAVY = {"django", "numpy", "scipy", "sklearn", "granian", "procrastinate", "allauth"}
PURE = ("compare", "diagnose", "templates", "evaluate", "compare-runs")


def module_of(name):
    command = next(item for item in COMMANDS if item.name == name)
    return importlib.import_module(f"trueline.cli.{command.module}")


def arguments_of(name):
    parser = argparse.ArgumentParser()
    module_of(name).add_arguments(parser)
    return parser


@pytest.fixture
def inside(monkeypatch, capsys, tmp_path):
    """The command line in this process: a program of its own would pay a second of imports for each question."""
    monkeypatch.setenv("TRUELINE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TRUELINE_SECRET_KEY")
    monkeypatch.setenv("TRUELINE_STATEMENT_TIMEOUT_MS", "")  # commands set it for themselves; it must end with the test
    monkeypatch.delenv("TRUELINE_STATEMENT_TIMEOUT_MS")

    def run(*words, **environ):
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("sys.argv", ["trueline", *map(str, words)])
        try:
            code = root.main()
        except SystemExit as ended:
            code = ended.code
        shown = capsys.readouterr()
        return Done(words, code, shown.out, shown.err)

    return run


def assert_one_sentence(done):
    assert (done.returncode, done.stdout) == (2, ""), done
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert done.stderr.strip().endswith((".", "`."))


@pytest.mark.parametrize("command", COMMANDS, ids=NAMES)
def test_a_command_says_of_itself_what_the_list_of_commands_says(command):
    assert command.help == module_of(command.name).HELP
    assert command.help.endswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_the_example_of_a_command_is_one_that_it_understands(name):
    words = module_of(name).EXAMPLE.split()
    assert words[:2] == ["trueline", name]
    arguments_of(name).parse_args(words[2:])


@pytest.mark.parametrize("name", NAMES)
def test_help_tells_what_for_and_shows_the_example(name, capsys):
    with pytest.raises(SystemExit) as ended:
        main.run([name, "--help"], None)
    shown = capsys.readouterr().out
    assert ended.value.code == 0
    assert module_of(name).HELP in shown
    assert f"example: {module_of(name).EXAMPLE}" in shown


@pytest.mark.parametrize("name", NAMES)
def test_an_option_that_nobody_knows_is_one_sentence_and_exit_code_2(name, capsys):
    with pytest.raises(SystemExit) as ended:
        main.run([name, "--no-such-option"], None)
    shown = capsys.readouterr()
    assert (ended.value.code, shown.out) == (2, "")
    assert shown.err.count("\n") == 1
    assert f"`trueline {name} --help`" in shown.err


@pytest.mark.parametrize("name", NAMES)
def test_every_option_says_what_it_is_for(name):
    silent = [action.dest for action in arguments_of(name)._actions if not action.help and action.dest != "format"]
    assert [dest for dest in silent if dest not in {"path", "action"}] == []


def test_help_lists_every_command_without_loading_what_it_does_not_need():
    code = (
        "import sys\nfrom trueline.config.main import main\nsys.argv = ['trueline', '--help']\n"
        "try:\n    main()\nexcept SystemExit as ended:\n    assert ended.code == 0\n"
        "print('LOADED', *{name.partition('.')[0] for name in sys.modules})"
    )
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds = time.monotonic() - began
    shown, _, loaded = done.stdout.rpartition("LOADED")
    assert [name for name in NAMES if f"\n  {name} " not in shown] == []
    assert HEAVY & set(loaded.split()) == set()
    assert seconds < 3  # 0.3 s on an idle machine; the import of Django alone would take another second


@pytest.mark.parametrize("name", ["up", "worker", "capture", "audit", "migrate", "doctor", "sign-in-link", "compare"])
def test_loading_a_command_loads_neither_django_nor_the_engine(name):
    code = f"import sys, trueline.cli.{module_of(name).__name__.rpartition('.')[2]}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert HEAVY & {module.partition(".")[0] for module in done.stdout.split()} == set()


def test_without_a_command_the_help_is_shown_and_nothing_was_done():
    done = call()
    assert done.returncode == 2
    assert "commands:" in done.stdout


def test_a_command_that_does_not_exist_is_one_sentence():
    done = call("conquer")
    assert_one_sentence(done)
    assert "'conquer'" in done.stderr


def test_the_version_is_that_of_the_package():
    from trueline import __version__  # noqa: PLC0415 - what is held against

    assert call("--version").stdout == f"trueline {__version__}\n"


@pytest.mark.parametrize(
    "words",
    [
        ("compare", "/nowhere/a", "/nowhere/b"),
        ("compare", "/nowhere/a"),
        ("diagnose",),
        ("diagnose", "/nowhere"),
        ("templates", "/nowhere"),
        ("evaluate", "/nowhere", "--world-model", "airline"),
        ("evaluate", "/nowhere", "--world-model", "/nowhere.yaml"),
        ("evaluate",),
        ("compare-runs", "/nowhere/a", "/nowhere/b"),
        ("capture", "/nowhere", "--environment", "X"),
        ("capture", "/dev/null", "--environment", "X", "--observed-at", "yesterday"),
        ("worker", "--concurrency", "0"),
        ("worker", "--concurrency", "two"),
        ("up", "--port", "99999"),
        ("audit", "forge"),
    ],
    ids=" ".join,
)
def test_bad_input_is_one_sentence_and_exit_code_2(words, inside, tmp_path):
    done = inside(*words)
    assert_one_sentence(done)
    assert not (tmp_path / "home").exists(), "bad input must not make an installation"


@pytest.mark.parametrize("command", ["migrate", "audit verify", "sign-in-link a@b.example", "demo", "worker"])
def test_a_server_that_does_not_answer_is_one_sentence(command, inside):
    done = inside(*command.split(), DATABASE_URL="postgresql://nobody:secret-word@127.0.0.1:1/none")
    assert_one_sentence(done)
    assert "secret-word" not in done.stderr


def test_a_state_folder_that_cannot_be_is_one_sentence(inside):
    assert_one_sentence(inside("migrate", TRUELINE_HOME="/dev/null/here"))


def test_a_secret_key_that_could_be_guessed_is_refused(inside):
    done = inside("migrate", TRUELINE_SECRET_KEY="changeme")
    assert_one_sentence(done)
    assert "changeme" not in done.stderr


def test_a_port_that_somebody_uses_is_refused_before_anything_starts(inside, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = inside("up", "--port", taken.getsockname()[1])
    assert_one_sentence(done)
    assert not (tmp_path / "home").exists()


class Failing:
    """A command whose work ends as given."""

    EXAMPLE = "trueline doctor"

    def __init__(self, error):
        self._error = error

    def add_arguments(self, parser):
        pass

    def run(self, _args):
        raise self._error


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (Refused("It is so.", next_step="Do that."), 2, "trueline: It is so. Do that.\n"),
        (KeyboardInterrupt(), 130, ""),
        (ZeroDivisionError("by zero\nand more"), 2, "trueline: this should not happen: ZeroDivisionError: by zero. "),
    ],
    ids=["refused", "interrupted", "unforeseen"],
)
def test_whatever_goes_wrong_inside_a_command_has_its_exit_code_and_no_stack_trace(
    error, code, said, monkeypatch, capsys
):
    monkeypatch.delenv("TRUELINE_TRACEBACK", raising=False)
    assert main._guarded(Failing(error), argparse.Namespace()) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(said)
    assert shown.err.count("\n") == bool(said)


def test_the_place_of_something_unforeseen_is_shown_to_whoever_asks(monkeypatch):
    monkeypatch.setenv("TRUELINE_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        main._guarded(Failing(ZeroDivisionError()), argparse.Namespace())


@pytest.fixture
def inputs(tmp_path):
    policy = {
        "@odata.type": "#microsoft.graph.iosCompliancePolicy",
        "id": "1",
        "displayName": "P",
        "passcodeRequired": True,
    }
    for name, changes in {"a": {"passcodeRequired": True}, "b": {"passcodeRequired": False}}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "p.json").write_text(json.dumps(policy | changes))
    runs = [{"case": case, "seed": seed, "correct": bool(case % 2)} for case in range(6) for seed in range(2)]
    (tmp_path / "runs.json").write_text(json.dumps(runs))
    (tmp_path / "messages.json").write_text(json.dumps([{"id": "1", "text": "Timeout after 3 s"}]))
    (tmp_path / "prompts.json").write_text(json.dumps([f"Name the capital of {land}." for land in "ABCDEFGH"]))
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        ("compare", "a", "b"),
        ("diagnose", "--messages", "messages.json"),
        ("templates", "prompts.json"),
        ("evaluate", "--lint", "--world-model", "airline"),
        ("compare-runs", "runs.json", "runs.json", "--resamples", "100"),
    ],
    ids=PURE,
)
def test_json_is_one_document_and_needs_no_installation(words, inputs, inside):
    done = inside(*(inputs / word if (inputs / word).exists() else word for word in words), "--format", "json")
    assert isinstance(json.loads(done.stdout), dict)
    assert (done.returncode in {0, 1}, done.stderr) == (True, "")
    assert not (inputs / "home").exists()
