# place: src/trueline/web/findings.py
"""A page that writes a row itself."""


def rename(request, finding):
    """Rename a finding."""
    finding.title = request.POST["title"]
    finding.save(update_fields=["title"])
