"""Words that any failure may be told with; what is left of a message names its subject."""

from __future__ import annotations

import re

_WORD = re.compile(r"<[^<>]*>|[a-z][a-z0-9_'-]*[a-z0-9]")
_GENERIC = frozenset(
    """
    a about above abort aborted absent access account after again against ago all allowed already also an and
    answer any api apis are as ask asked at attempt attempted attempts back bad be because been before begin below
    between but by call called calling calls can cancelled cannot caught cause caused check client close closed
    code come command complete completed connect connecting connection contact contacted could create created
    credential credentials current data deadline delay denied detail details did do does done down due during each
    encountered end ended error errors event exceed exceeded exceeding exceeds exception exhausted exit expected
    expired expires expiry external fail failed failing fails failure fault fetch finish finished first for
    forbidden found from further gateway get give given giving go got had handle handling has have help high host
    how however http https if in incorrect increase info input inside instead internal into invalid is issue it
    its job just keep key know known last later latest learn level limit limited limits line long longer lost made
    make many max maximum may message messages method min minimum minute minutes missing more most must need
    network peer new next no not now number occurred of off ok old on once one only op open operation or org
    organization original other our out output over own page param parameter per permission permitted please plan
    point possible prior problem process processing provide provided quota rate rates reach reached reaching read
    reason receive received refer refuse refused remain remaining remote repeat repeated request requested
    requesting requests required reset respond responded responding response responses result results retried
    retries retry retrying return returned returning returns revoked run running same second seconds see seem
    seems seen send sending sent server service session should slow so some something soon start started state
    status step steps still stop stopped stuck such support system take taken takes tell temporarily terminated
    than that the their them then there these they this those throttled through time timed timeout timeouts times
    to token tokens too tool tools total traffic tried tries try trying type unable unauthorized unavailable under
    unexpected unknown until up upon url usage use used user uses using valid value via visit wait waited waiting
    was we went were what when where which while will with within without work would write wrong yet you your
    progress loop action agent elapsed ms sec secs mins hour hours day days throttling exhaustion resource
    overloaded capacity busy window burst
    """.split()  # noqa: SIM905 - a list of words is read and kept as running text
)


def content_words(masked: str) -> frozenset[str]:
    """The words of a masked message that any other failure would not use: its subject, in lower case."""
    return frozenset(
        word
        for word in _WORD.findall(masked.lower())
        if word not in _GENERIC and not word.startswith("<") and not word.endswith(("error", "exception"))
    )
