"""How much of an export is accepted. Beyond a limit the source is refused or the file is named as not read.

The reader must answer within 2 seconds and 200 MB for anything that is not a real export, so each number is the largest
that real exports need with room to spare, or the largest whose parsed form fits that memory.
"""

from __future__ import annotations

MAX_MEMBERS = 80_000
"""Files in one source. A large tenant exports about 5,000 objects; a portfolio of 500 tenants 60,000."""

MAX_DEPTH_OF_FOLDERS = 40
"""Folders inside folders. Export tools use up to 6."""

MAX_MEMBER_BYTES = 16 * 1024 * 1024
"""Bytes of one file. The largest real list answer (1,000 policies) has about 10 MB."""

MAX_CONTAINERS = 300_000
"""Objects and lists in one file. Each takes up to 230 bytes when parsed, so this bounds memory to about 70 MB."""

MAX_VALUES = 600_000
"""Members and elements in one file (its commas). Each takes up to 100 bytes when parsed: about 60 MB."""

MAX_OBJECTS = 20_000
"""Objects in one file, which is read whole before any of it counts. The largest tenant has about 5,000 in all files."""

MAX_DEPTH = 100
"""Levels inside one document. Setting instances nest about 20 levels; the walk must end before Python's own limit."""

MAX_EXACT_INTEGER = 2**53
"""JSON numbers beyond this are not exact in every reader, so their canonical form would not be one."""

MAX_YAML_BYTES = 1024 * 1024
"""Bytes of one YAML file; its parser is about 100 times slower than the JSON parser."""

MAX_ARCHIVE_BYTES = 256 * 1024 * 1024
"""Bytes of an archive on disk. Exports compress about 20 to 1, so this holds far more than MAX_TOTAL_BYTES."""

MAX_DIRECTORY_BYTES = 32 * 1024 * 1024
"""Bytes of an archive's directory, checked before it is parsed: it may hold more entries than it claims."""

MAX_TOTAL_BYTES = 1024 * 1024 * 1024
"""Unpacked bytes of all files of an archive: 80,000 files of 13 kB."""

MAX_RATIO = 200
"""Unpacked to packed size. Real exports reach 20, the most repetitive list answer 60; a bomb 1,000."""

RATIO_FLOOR_BYTES = 1024 * 1024
"""Files smaller than this may have any ratio: they cannot hurt, and a file of one repeated letter is not an attack."""
