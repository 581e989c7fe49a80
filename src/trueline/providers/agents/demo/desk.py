"""The service desk: four agents with their prompts and tools, and how each of them goes about a request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from trueline.providers.agents.demo.spans import PROVIDER, Run, StepFailed, chance, digest

SMALL, LARGE = "small-2", "large-1"
_PRICE = {SMALL: (0.15e-6, 0.6e-6), LARGE: (2.5e-6, 10e-6)}
_CHARACTERS_OF_A_TOKEN = 4
_FLOORS = ("ground floor", "first floor", "second floor", "fourth floor", "annex")

DISPATCHER = (
    "You are the dispatcher of the service desk of {customer}. People write to you when something at work fails "
    "them.\nYou never solve a request yourself: you decide which clerk does, and say in one sentence what to do.\n\n"
    "Think step by step: who writes, what they lack, which clerk can give it to them.\n\n"
    "Example:\nRequest: My screen stays black since this morning.\nPlan: device-clerk, find the device of the "
    "person and say what can be tried.\n\nOpen requests at this moment: {open}"
)
IDENTITY = (
    "You are the identity clerk of the service desk of {customer}. You look people up, make sure they are who "
    "they say they are, and only then reset a password.\nNever write a password into an answer."
)
DEVICES = (
    "You are the device clerk of the service desk of {customer}. You find devices and lock or wipe those that were "
    "lost.\nAsk before you wipe: nothing on a wiped device comes back."
)
WRITER = (
    "You write the answers of the service desk of {customer}, in the language of the request, in at most four "
    "sentences, friendly and without jargon."
)
CLERK_FRAME = (
    "You get a plan from the dispatcher and the words of the person who asked. Work through the plan step by step and "
    "use one tool at a time.\n\nPlan:\n{plan}\n\nPerson:\n{person}\n\nTheir words:\n{text}\n\nAnswer with your "
    "next step, in one sentence."
)
WRITER_FRAME = (
    "Write the answer to the person now. Here is the plan that the clerks have worked through, and what came of it in "
    "the end.\n\nPlan:\n{plan}\n\nResult:\n{done}\n\nAddress the person by name and promise nothing that was not done."
)


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody wrote to the desk.

    Attributes:
        kind: `password`, `lost`, `advice` or `access`.
        mishaps: What goes wrong in this run, by its word.
        case: Name of the rehearsed case that it is, empty for real ones.
    """

    number: int
    kind: str
    customer: str
    person: str
    text: str
    mishaps: frozenset[str] = frozenset()
    case: str = ""


@dataclass(slots=True)
class Desk:
    """One request under way."""

    run: Run
    request: Request
    plan: str = ""
    done: list[str] = field(default_factory=list)

    def agent(self, name: str, work: Callable[[], None]) -> None:
        """Let an agent work; what fails in it fails it."""
        attributes = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": name}
        with self.run.span(f"invoke_agent {name}", attributes):
            self.run.wait(0.02)
            work()

    def chat(self, agent: str, model: str, system: str, said: Sequence[tuple[str, str]], answer: str) -> None:
        """Ask a model; roles and texts of the conversation in order."""
        attributes: dict[str, Any] = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": PROVIDER,
            "gen_ai.agent.name": agent,
            "gen_ai.request.model": model,
            "gen_ai.system_instructions": [{"type": "text", "content": self._filled(system)}],
            "gen_ai.input.messages": [_message(role, text) for role, text in said],
        }
        with self.run.span(f"chat {model}", attributes) as told:
            self.run.wait(0.4 + 1.4 * chance(f"{self.run.name}{self.run.begun}"))
            if "rate_limit" in self.request.mishaps and agent != "dispatcher":
                raise StepFailed("RateLimitError", f"429 Rate limit reached for {model}: 60 requests per minute")
            told["gen_ai.output.messages"] = [_message("assistant", answer)]
            told.update(_usage(model, system + "".join(text for _role, text in said), answer))

    def tool(
        self, agent: str, name: str, arguments: dict[str, Any], result: Any, failure: StepFailed | None = None
    ) -> None:
        """Call a tool."""
        attributes = {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": name,
            "gen_ai.agent.name": agent,
            "gen_ai.tool.call.arguments": arguments,
        }
        with self.run.span(f"execute_tool {name}", attributes) as told:
            self.run.wait(0.05 + 0.3 * chance(f"{self.run.name}{self.run.begun}{name}"))
            if failure is not None:
                raise failure
            told["gen_ai.tool.call.result"] = result

    def _filled(self, system: str) -> str:
        customer, number = self.request.customer, self.request.number
        return system.format(customer=customer, open=f"{3 + number % 17}, oldest on the {_FLOORS[number % 5]}")


def _message(role: str, text: str) -> dict[str, Any]:
    return {"role": role, "parts": [{"type": "text", "content": text}]}


def _usage(model: str, asked: str, answered: str) -> dict[str, Any]:
    tokens_in, tokens_out = (180 + len(text) // _CHARACTERS_OF_A_TOKEN for text in (asked, answered))
    price_in, price_out = _PRICE[model]
    return {
        "gen_ai.response.model": model,
        "gen_ai.usage.input_tokens": tokens_in,
        "gen_ai.usage.output_tokens": tokens_out,
        "gen_ai.usage.cost": round(tokens_in * price_in + tokens_out * price_out, 8),
    }


def serve(request: Request, at_ns: int) -> Run:
    """The trace of one request, from its arrival to its answer."""
    run = Run(f"{request.case or 'request'}-{request.number}", at_ns)
    desk = Desk(run, request)
    attributes: dict[str, Any] = {"gen_ai.operation.name": "invoke_workflow", "gen_ai.workflow.name": "service-desk"}
    if request.case:
        attributes |= {"test.case.name": request.case}
    try:
        with run.span("invoke_workflow service-desk", attributes):
            desk.agent("dispatcher", lambda: _dispatch(desk))
            desk.agent("answer-writer", lambda: _answer(desk))
    except StepFailed:
        return run  # the trace tells it
    return run


def _dispatch(desk: Desk) -> None:
    request = desk.request
    clerk, what = _PLANS[request.kind]
    desk.plan = _SAYINGS[request.number % len(_SAYINGS)].format(clerk=clerk, what=what, person=request.person)
    desk.chat("dispatcher", LARGE, DISPATCHER, [("user", request.text)], desk.plan)
    desk.agent(clerk, lambda: _CLERKS[request.kind](desk))


def _framed(desk: Desk) -> str:
    return CLERK_FRAME.format(plan=desk.plan, person=desk.request.person, text=desk.request.text)


def _look_up(desk: Desk, clerk: str) -> str:
    person_id = "p" + digest(desk.request.person)[:6]
    failure = next((_timeout(word) for word in desk.request.mishaps if word.startswith("directory_")), None)
    arguments = {"name": desk.request.person}
    desk.tool(clerk, "look_up_person", arguments, {"person_id": person_id, "office": "North"}, failure)
    return person_id


def _timeout(word: str) -> StepFailed:
    seconds = word.removeprefix("directory_")
    return StepFailed("TimeoutError", f"Timeout after {seconds} s calling directory.service-desk.example")


def _reset(desk: Desk) -> None:
    mishaps, clerk = desk.request.mishaps, "identity-clerk"
    desk.chat(clerk, SMALL, IDENTITY, [("user", _framed(desk))], "I look the person up first.")
    person_id = _look_up(desk, clerk)
    if "unverified" not in mishaps:
        desk.tool(clerk, "verify_identity", {"person_id": person_id, "by": "call back"}, {"is_verified": True})
    wrong = StepFailed("TypeError", "reset_password() got an unexpected keyword argument 'user'")
    argument = "user" if "wrong_argument" in mishaps else "person_id"
    desk.tool(
        clerk,
        "reset_password",
        {argument: person_id},
        {"ticket": _ticket(desk), "is_reset": True},
        wrong if argument == "user" else None,
    )
    desk.done.append("Your password has been reset; you choose a new one when you sign in next.")


def _lost(desk: Desk) -> None:
    mishaps, clerk = desk.request.mishaps, "device-clerk"
    framed = _framed(desk)
    desk.chat(clerk, SMALL, DEVICES, [("user", framed)], "I find the device first.")
    person_id = _look_up(desk, clerk)
    device_id = "d" + digest(person_id)[:6]
    for _again in range(9 if "loop" in mishaps else 1):
        desk.tool(clerk, "find_device", {"person_id": person_id}, {"device_id": device_id, "seen": "yesterday"})
    desk.tool(clerk, "lock_device", {"device_id": device_id}, {"ticket": _ticket(desk), "is_locked": True})
    question = f"The device {device_id} is locked. Shall I wipe it? Nothing on it comes back."
    reply = "Let me ask my manager first." if "unasked_wipe" in mishaps else "Yes, please go ahead."
    desk.chat(clerk, SMALL, DEVICES, [("user", framed)], question)
    desk.chat(clerk, SMALL, DEVICES, [("user", framed), ("assistant", question), ("user", reply)], "I wipe it now.")
    desk.tool(clerk, "wipe_device", {"device_id": device_id}, {"is_wiped": True})
    desk.done.append("Your device was locked and wiped.")


def _advise(desk: Desk) -> None:
    clerk = "device-clerk"
    desk.chat(clerk, SMALL, DEVICES, [("user", _framed(desk))], "I search what is known of it.")
    rebuilt = StepFailed("SearchUnavailable", "The index knowledge-7 is being rebuilt")
    failure = rebuilt if "search_away" in desk.request.mishaps else None
    desk.tool(clerk, "search_knowledge", {"query": desk.request.text[:60]}, {"article": "Restart the adapter"}, failure)
    desk.done.append("Please restart the adapter of the device; most of the time that is enough.")


def _grant(desk: Desk) -> None:
    clerk = "identity-clerk"
    desk.chat(clerk, SMALL, IDENTITY, [("user", _framed(desk))], "I look up what the person may have.")
    person_id = _look_up(desk, clerk)
    desk.tool(
        clerk, "request_access", {"person_id": person_id}, {"ticket": _ticket(desk), "waits_for": "their manager"}
    )
    desk.done.append("The access is asked for; your manager approves it.")


def _ticket(desk: Desk) -> str:
    return f"DESK-{10_000 + desk.request.number}"


def _answer(desk: Desk) -> None:
    request = desk.request
    text = f"Dear {request.person}, {desk.done[-1]}"
    if "password_told" in request.mishaps:
        text += f" The temporary password is Desk-{digest(request.person)[:5]}."
    if "invented_ticket" in request.mishaps:
        text += f" The number of your request is DESK-{20_000 + request.number}."
    said = WRITER_FRAME.format(plan=desk.plan, done=desk.done[-1])
    desk.chat("answer-writer", SMALL, WRITER, [("user", said)], text)


_PLANS = {
    "password": ("identity-clerk", "make sure who it is and reset the password"),
    "access": ("identity-clerk", "ask for the access"),
    "lost": ("device-clerk", "find and lock the lost device"),
    "advice": ("device-clerk", "find out what can be tried"),
}
_SAYINGS = (
    "{clerk}, {what} for {person}.",
    "For {person}: {clerk}, please {what} before noon.",
    "Let {clerk} {what}; it is {person} who asks.",
    "{person} waits already. {clerk} should {what} first of all.",
    "To {clerk}: {what}, and tell {person} as soon as it is done.",
    "Somebody is stuck. {clerk} is to {what}; the answer goes to {person}.",
    "Nothing urgent: when there is time, {clerk}, {what} (asked by {person}).",
)
_CLERKS: dict[str, Callable[[Desk], None]] = {"password": _reset, "access": _grant, "lost": _lost, "advice": _advise}
