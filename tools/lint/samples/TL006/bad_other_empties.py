# place: src/trueline/engine/scoring.py
"""Failures that read as answers."""


def score(rubric):
    """A score."""
    try:
        return rubric()
    except ZeroDivisionError:
        return 0.0
    except ArithmeticError:
        return float("nan")
    except ValueError:
        return dict()
    except TypeError:
        text = ""
    return text
