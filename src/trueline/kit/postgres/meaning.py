"""What the last lines of a server's log mean, in one sentence for a person."""

from __future__ import annotations

import re

DISK_FULL = "The disk is full."
# Order matters: the first that is found wins, causes before their consequences.
_MEANINGS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), sentence)
    for pattern, sentence in (
        (r"could not create semaphores", "The system has no semaphores left."),
        (r"No space left on device", DISK_FULL),
        (r"Disk quota exceeded", "The disk quota of the user is used up."),
        (r"error while loading shared libraries: ([^:\s]+)", "The binaries need the library {0}, which is missing."),
        (r"Read-only file system", "The file system is read-only."),
        (r'could not open file "([^"]+)": Permission denied', "The server may not read {0}."),
        (r"Permission denied", "The server may not read or write one of its files."),
        (r"could not look up effective user ID (\d+)", "The user number {0} has no name in /etc/passwd."),
        (r"(?:Cannot|could not) allocate memory|could not map anonymous shared memory", "There is not enough memory."),
        (r"could not (?:create|resize) shared memory segment", "There is not enough shared memory (/dev/shm)."),
        (r"initialized by PostgreSQL version (\d+)", "The data was written by PostgreSQL {0}."),
        (
            r"could not locate a valid checkpoint record|invalid primary checkpoint",
            "The data is damaged; restore a backup.",
        ),
        (r"pre-existing shared memory block", "Processes of a server that was killed are still there."),
        (r'lock file "[^"]+" already exists', "Another server works on this data."),
        (r"Too many open files|out of file descriptors", "The limit of open files is too low."),
    )
)
_SERIOUS = re.compile(r"(?:FATAL|PANIC|ERROR|error):\s*(.+)")


def meaning(tail: str) -> str:
    """One sentence about why the server did not start.

    Args:
        tail: The lines that were logged by this start, newest last.
    """
    for pattern, sentence in _MEANINGS:
        match = pattern.search(tail)
        if match is not None:
            return sentence.format(*match.groups())
    serious = _SERIOUS.findall(tail)
    if serious:
        return f"It says: {serious[-1].strip().rstrip('.')}."
    return "It left no reason in its log."
