"""Three looks at the service desk: what came in when, and what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib import resources

from trueline.connections.demonstration import DemoLook, DemoSystem
from trueline.providers.agents.demo.desk import Request, serve
from trueline.providers.agents.demo.spans import Run, chance, export

SYSTEM = "Service desk agents"
_CUSTOMERS = ("Alder Foods", "Birch Clinic", "Cedar Works", "Dogwood Press")
_FIRST = ("Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gita", "Hugo", "Ines", "Jon", "Kira", "Leo")
_LAST = ("Ahlers", "Brandt", "Conrad", "Dietz", "Ebert", "Fischer", "Graf", "Huber", "Ivers", "Jansen", "Keller")
_TEXTS = {
    "password": (
        "I cannot sign in since this morning, it says that my password has expired.",
        "After my holidays the computer does not take my password any more.",
        "I mistyped my password three times and now I am locked out.",
        "My new phone asks for a password that I do not know.",
    ),
    "lost": (
        "I left my laptop in the train to Hamburg. What now?",
        "My phone was stolen at the station an hour ago.",
        "The tablet of the reception is gone since the weekend.",
    ),
    "advice": (
        "The projector in the large room shows no picture.",
        "My microphone is silent in every call.",
        "Printing takes minutes since the update.",
        "The wireless network drops when I walk to the canteen.",
    ),
    "access": (
        "I need to read the folder of the works council.",
        "Could I get the drawing program for the trade fair?",
        "From Monday on I stand in for Ms Graf and need her calendar.",
    ),
}
_KINDS = ("password", "advice", "access", "password", "lost", "advice", "password", "access", "advice", "lost")
_REHEARSED = 40
_EARLY = {"search_away": 0.30, "directory_30": 0.05, "directory_5": 0.06, "wrong_argument": 0.02}
_MIDDLE = {"directory_60": 0.03, "directory_30": 0.07, "directory_5": 0.06, "unverified": 0.20, "password_told": 0.06}
_LATE = {"directory_30": 0.03, "directory_5": 0.08, "unverified": 0.06, "unasked_wipe": 0.30, "invented_ticket": 0.02}
_LOOKS = ((13.0, 72, 30, 60, _EARLY), (6.0, 72, 7, 70, _MIDDLE), (1.5, 30, 2, 80, _LATE))
"""Of each look: days ago it began, hours it lasted, days that its scan covers, requests not rehearsed, mishaps."""
_BURST = 7
_FITS = {"search_away": "advice", "wrong_argument": "password", "unverified": "password", "password_told": "password"}
_FITS |= {"unasked_wipe": "lost", "invented_ticket": "access"}


def make_system(now: datetime) -> DemoSystem:
    """The service desk as it stands now, with what it sent in three looks, oldest first."""
    text = resources.files("trueline.providers.agents.demo").joinpath("service_desk.yaml").read_text("utf-8")
    looks = (DemoLook(export(list(_runs(now, number)), "service-desk"), _LOOKS[number][2]) for number in range(3))
    return DemoSystem(SYSTEM, text, tuple(looks))


def _runs(now: datetime, look: int) -> Iterator[Run]:
    began, hours, _covers, number, mishaps = _LOOKS[look]
    first = now - timedelta(days=began)
    every = _REHEARSED + number
    for one in range(every):
        at = first + timedelta(hours=hours * (one + 0.6 * chance(f"{look}/{one}")) / every)
        yield serve(_request(look, one, mishaps), _nanoseconds(at))
    yield from _burst(first + timedelta(hours=hours * 0.7), look) if look == len(_LOOKS) - 1 else ()


def _burst(at: datetime, look: int) -> Iterator[Run]:
    """Requests that come within a minute and a half, and that the limit of the model stops."""
    for one in range(_BURST):
        request = _request(look, 900 + one, {})
        limited = Request(
            request.number,
            "advice",
            request.customer,
            request.person,
            _TEXTS["advice"][one % 4],
            frozenset({"rate_limit"}),
        )
        yield serve(limited, _nanoseconds(at + timedelta(seconds=11 * one)))


def _request(look: int, one: int, mishaps: dict[str, float]) -> Request:
    """A request; the first ones are rehearsed: the same in every look, under the name of their case."""
    is_rehearsed = one < _REHEARSED
    key = f"case/{one}" if is_rehearsed else f"{look}/{one}"
    kind = _KINDS[one % len(_KINDS)]
    texts = _TEXTS[kind]
    said, room = texts[int(chance(key + "t") * (len(texts) - 0.01))], 100 + int(chance(key + "r") * 380)
    return Request(
        number=1_000 * look + one,
        kind=kind,
        customer=_CUSTOMERS[int(chance(key + "c") * 3.99)],
        person=f"{_FIRST[int(chance(key + 'f') * 11.99)]} {_LAST[int(chance(key + 'l') * 10.99)]}",
        text=f"{said} ({room})",
        mishaps=frozenset(_gone_wrong(f"{look}/{one}", kind, mishaps)),
        case=f"{kind}-{one:02}" if is_rehearsed else "",
    )


def _gone_wrong(key: str, kind: str, mishaps: dict[str, float]) -> Iterator[str]:
    """At most one failing step for each request, and one device in the middle of it all that is looked for in vain."""
    if key == "1/64":
        yield "loop"
    for word, share in mishaps.items():
        if _FITS.get(word, kind) == kind and chance(f"{key}/{word}") < share:
            yield word
            return


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 10**9
