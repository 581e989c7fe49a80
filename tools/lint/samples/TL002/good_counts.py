# place: src/trueline/inventory/readings.py
"""Fields of the same name that are no managers."""


def total_of(areas, objects):
    """How many objects there are, and what was said of each."""
    objects.update(seen=True)
    for area in areas:
        area.objects.update(counted=True)
    return sum(area.objects for area in areas)
