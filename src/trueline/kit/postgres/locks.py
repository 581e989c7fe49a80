"""File locks that the kernel gives back when their holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from trueline.kit.postgres.errors import PlaceError, StartError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAUSE_SECONDS = 0.01
SHARED = fcntl.LOCK_SH
EXCLUSIVE = fcntl.LOCK_EX


def open_lock(path: Path) -> int:
    """A descriptor of the lock file, made when missing; never inherited by a program that is started."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise PlaceError(
            f"The lock file {path} cannot be opened: {error.strerror}.",
            next_step="Run this as the user it belongs to, free space, or choose another state folder.",
        ) from error


def try_lock(descriptor: int, kind: int) -> bool:
    """True when the lock was taken at once."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise PlaceError(
            f"This file system has no working file locks: {error.strerror}.",
            next_step="Choose a state folder on a local disk.",
        ) from error
    return True


def wait_lock(descriptor: int, kind: int, timeout_seconds: float) -> bool:
    """True when the lock was taken within the time."""
    deadline = time.monotonic() + timeout_seconds
    while not try_lock(descriptor, kind):
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE_SECONDS)
    return True


def is_held(path: Path) -> bool:
    """True when somebody holds the lock exclusively; False when nobody does or the file does not exist."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return not try_lock(descriptor, SHARED)
    finally:
        os.close(descriptor)


def is_current(descriptor: int, path: Path) -> bool:
    """True when the descriptor is the file that has this path now, not one that was deleted meanwhile."""
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    here = os.fstat(descriptor)
    return (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino)


def acquire(path: Path, kind: int, timeout_seconds: float) -> int:
    """A descriptor that holds the lock; closing it gives the lock back.

    Raises:
        StartError: Somebody else held it for the whole time.
    """
    deadline = time.monotonic() + timeout_seconds
    while True:
        descriptor = open_lock(path)
        if wait_lock(descriptor, kind, deadline - time.monotonic()) and is_current(descriptor, path):
            return descriptor
        os.close(descriptor)
        if time.monotonic() > deadline:
            raise StartError(
                f"Another process has held {path} for {timeout_seconds:.0f} seconds.",
                next_step="Wait until it has started or stopped PostgreSQL, or end it.",
            )


@contextmanager
def held(path: Path, timeout_seconds: float) -> Iterator[None]:
    """Hold the lock exclusively for the block."""
    descriptor = acquire(path, EXCLUSIVE, timeout_seconds)
    try:
        yield
    finally:
        os.close(descriptor)
