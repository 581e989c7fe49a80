# place: src/trueline/workspaces/models.py
"""An exception with its reason, on the line and above it."""


class People:
    """Makes people."""

    def create_user(self, user):
        """A person who may sign in."""
        user.save()  # lint: allow TL001 Django's sign-in calls this method by name
        # lint: allow TL001 the second row belongs to the first and is written with it
        # (the exception may have more lines than one)
        user.address.save()
