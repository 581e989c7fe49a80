# place: src/trueline/findings/rules.py
"""A bare except that only goes on."""


def numbers(texts):
    """Numbers in texts."""
    for text in texts:
        try:
            yield int(text)
        except:
            continue
