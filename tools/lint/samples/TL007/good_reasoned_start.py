# place: src/trueline/cli/web.py
"""A start-up that says why it waits."""


def serve():
    """Start the server."""
    import granian  # noqa: PLC0415 - saves 200 ms for the commands that start no server

    return granian
