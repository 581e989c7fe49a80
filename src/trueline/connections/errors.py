"""Errors of connections and of reading what they connect to."""

from trueline.kit.errors import Refused


class UnknownProvider(Refused):
    """No provider of that key is installed."""

    code = "unknown_provider"

    def __init__(self, key: str) -> None:
        super().__init__(f"No provider named {key!r} is installed.")


class SourceRefused(Refused):
    """The source as a whole cannot be read safely: a bomb, an escape, nothing readable in it. Nothing was kept."""

    code = "source_refused"


class UploadTooLarge(Refused):
    """The file is larger than an export can sensibly be. Nothing was kept."""

    code = "upload_too_large"

    def __init__(self, most_bytes: int) -> None:
        super().__init__(
            f"The file is larger than {most_bytes // 1_048_576} MB.",
            next_step="Pack the export as a zip, or read it on the server with trueline capture.",
        )


class NoExportProvider(Refused):
    """It is not clear which provider shall read exported files."""

    code = "no_export_provider"

    def __init__(self) -> None:
        super().__init__("No single provider of this installation reads exported files.")
