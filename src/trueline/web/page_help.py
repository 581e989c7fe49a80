"""What each page is for, in a few sentences: the help that is one click away.

The sentences stand in docs/user/pages.md, too; a test holds both to each other and finds every page that has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from trueline.web.page_help_agents import AGENT_PAGES
from trueline.web.page_help_reviews import REVIEW_PAGES

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Topic:
    """The help of one page, or of several that are for the same.

    Attributes:
        text: Its sentences.
        document: The file in docs/user that tells more; empty where the sentences are all there is to say.
        leads_to: A page that helps further: its words and the name of its route.
    """

    text: StrOrPromise
    document: str = ""
    leads_to: tuple[StrOrPromise, str] | None = None


_PROGRAMS = (_("What programs can ask for"), "api_docs")
# A system of agents stands at the address of an environment, and is not captured.
AGENTS = Topic(
    _(
        "How a system of agents stands: what to do next, what its agents did of late, who calls whom, and which causes "
        "took most time. What was not scanned is never shown as good."
    ),
    "scans.md",
)
_ENTRANCE = Topic(
    _(
        "Accounts are made by invitation only. Whoever has one signs in with a password, a passkey or the "
        "organisation's own sign-in; an owner of the workspace can send an invitation again."
    ),
    "roles.md",
)
_ACCOUNT = Topic(
    _(
        "Your account is yours in all workspaces. Here you change password and address and add a second factor: an "
        "app that shows codes, or a passkey. What you may do is decided in each workspace, by your role there."
    ),
    "roles.md",
)
_ARCHIVING = Topic(
    _(
        "An archived environment can be read and compared, and nothing new is captured in it. It can be restored "
        "at any time."
    ),
    "captures.md",
)
_SERVICES = Topic(
    _(
        "A service account is a member that is no person: a program with a role of its own. Give it as little as it "
        "needs and a key for each place where it runs; ending it ends all of them."
    ),
    "roles.md",
    _PROGRAMS,
)
_FILE = Topic(
    _(
        "A file of assertions says what must hold, setting by setting, without a capture. It is checked before it is "
        "taken; what it says about areas that were not read stays open and is never taken for met."
    ),
    "baselines.md",
)

_PAGES: dict[str, Topic] = {
    "workspace_home": Topic(
        _(
            "This page says how everything in reach stands, and offers the one step that helps most now. A hatched "
            "field was not read; a dash means that nobody has decided how it should be."
        ),
        "inbox.md",
    ),
    "inbox": Topic(
        _(
            "Everything that waits for you, the most severe first; the mark of a line says why it stands there. On a "
            "line, o opens it, t takes it, s puts it off; j and k walk. What you put off or have seen is yours alone."
        ),
        "inbox.md",
    ),
    "notices": Topic(
        _(
            "Notices tell what concerns you: a finding became yours, is due or open again, a comment names you, a "
            "decision is asked of you. Those that were read stay here."
        ),
        "notices.md",
    ),
    "notice_wishes": Topic(
        _("Each notice stands on the page of notices. Here you choose which of them come by mail as well."),
        "notices.md",
    ),
    "environments": Topic(
        _(
            "An environment is one tenant or one system of agents. What was not read is never counted as good, so "
            "look at coverage before you trust a zero."
        ),
        "captures.md",
    ),
    "environment_new": Topic(
        _(
            "Make an environment for each tenant that is looked after by itself. Afterwards you capture it and "
            "hold it to a standard."
        ),
        "captures.md",
    ),
    "environment": Topic(
        _(
            "One environment at a glance: what was read, what differs from the standard, and the next step. A "
            "number counts only what was read; hatched areas were not."
        ),
        "captures.md",
    ),
    "environment_objects": Topic(
        _(
            "All objects of the newest capture that was kept. Open one to see its settings and how they have "
            "changed from capture to capture."
        ),
        "captures.md",
    ),
    "environment_captures": Topic(
        _(
            "Each capture is kept as it was taken, with what could not be read. One of them can become a standard, "
            "and two of them can be compared."
        ),
        "captures.md",
    ),
    "snapshot": Topic(
        _(
            "One capture: which areas were read completely, which were not and why. Only areas that were read "
            "completely can say that something is gone."
        ),
        "captures.md",
    ),
    "snapshot_object": Topic(
        _(
            "One object as it was read. Secrets are never kept; in their place stands a mark by which one still "
            "sees whether they have changed."
        ),
        "captures.md",
    ),
    "environment_differences": Topic(
        _(
            "What differs from the standard now, setting by setting. What was not read on either side is shown as "
            "not comparable, and never as equal."
        ),
        "compare.md",
    ),
    "upload": Topic(
        _(
            "Give a file that was exported from the tenant. It is read here and sent nowhere; when it was exported "
            "counts, not when it is given."
        ),
        "captures.md",
    ),
    "trace": Topic(
        _(
            "One run of an agent, step by step. Choose a span to read what was said; the arrow keys walk and fold the "
            "tree, and a slash searches in it."
        ),
        "traces.md",
    ),
    "environment_receiver": Topic(
        _(
            "Agents send here by themselves. Make a key for each system, give it to the program in which they run, "
            "and choose what of their words is kept."
        ),
        "traces.md",
    ),
    "environment_archive": _ARCHIVING,
    "environment_restore": _ARCHIVING,
    "standards": Topic(
        _(
            "A standard says how environments should be. It is made from a capture that you trust; environments "
            "that are assigned to it are held to its newest version."
        ),
        "standards.md",
    ),
    "standard": Topic(
        _(
            "Versions of a standard never change, so a finding always knows what it was held against. Assign the "
            "environments that should be like it."
        ),
        "standards.md",
    ),
    "baseline_make": Topic(
        _(
            "Choose a capture in which everything is as it should be. The standard holds what was read in it; what "
            "was not read is not demanded of anybody."
        ),
        "standards.md",
    ),
    "environment_assertions": Topic(
        _(
            "What the standard asks of this environment, assertion by assertion, with the answer and what proves it. "
            "What was not read is not measured, and never counts as met."
        ),
        "baselines.md",
    ),
    "standard_assertion": Topic(
        _("One thing that the standard asks: why, how much it matters, and what the environments answer."),
        "baselines.md",
    ),
    "standard_upgrade": Topic(
        _(
            "A newer version of what the standard was made from: what it adds, changes and drops. Nothing holds before "
            "you take it over."
        ),
        "baselines.md",
    ),
    "standard_new": _FILE,
    "standard_version": _FILE,
    "compare": Topic(
        _(
            "Settings are compared as whole sets, whatever the policies are called. Objects are paired by "
            "identity, name and content; a pair that is not sure is proposed and waits for your answer."
        ),
        "compare.md",
    ),
    "pairs": Topic(
        _(
            "An answer holds for every later capture, also after a rename. Findings follow it from the next "
            "capture on. It can be taken back here at any time."
        ),
        "compare.md",
    ),
    "findings": Topic(
        _(
            "A finding is one difference from a standard. Seen again it stays one finding; gone after a complete "
            "capture it is verified cleared; back again it reopens."
        ),
        "findings.md",
    ),
    "finding_terms": Topic(
        _(
            "A finding is to be done within so many days of the capture that showed it. The clock stands still while a "
            "risk is accepted."
        ),
        "findings.md",
    ),
    "finding": Topic(
        _(
            "Expected and observed stand side by side. Take the finding, mend it in the tenant and mark it: the "
            "next complete capture proves it. Where it may stay, ask for the risk to be accepted until a date."
        ),
        "findings.md",
    ),
    "finding_accept": Topic(
        _(
            "Ask for the risk to be accepted, with a reason and an end. Somebody else decides. When the value "
            "changes or the date has passed, the finding opens by itself again."
        ),
        "findings.md",
    ),
    "decisions": Topic(
        _(
            "Every accepted risk has an owner, a reason and an end. Here stands what waits for a decision, what "
            "holds, and what holds no more. Nobody approves what they have asked for themselves."
        ),
        "findings.md",
    ),
    "runs": Topic(
        _(
            "A run is work that goes on in the background, such as a capture. A run that failed says why and what "
            "to do; it has changed nothing that it did not finish."
        ),
        "captures.md",
    ),
    "run": Topic(
        _(
            "How far this run is, what it has read and what came of it. It may be left and looked at again; it "
            "goes on without this page."
        ),
        "captures.md",
    ),
    "audit": Topic(
        _(
            "Who did what, and when. Events are only ever added, and each is chained to the one before, so that a "
            "later change would be seen."
        ),
        "audit.md",
    ),
    "members": Topic(
        _(
            "Who may do what in this workspace. A role is a set of rights; a member can be narrowed to some "
            "environments. An invitation is good for seven days and for its own address only."
        ),
        "roles.md",
    ),
    "member": Topic(
        _(
            "Change what this member may do and where. A limit only ever takes away; what is outside of it looks "
            "to the member as if it did not exist."
        ),
        "roles.md",
    ),
    "service_accounts": _SERVICES,
    "service_account": _SERVICES,
    "destinations": Topic(
        _(
            "A webhook gets every event that you tick, signed, at least once. A repeat has the same id. Chats and "
            "mailboxes get a sentence and a link, never a value of a setting."
        ),
        "notices.md",
        _PROGRAMS,
    ),
    "destination": Topic(
        _(
            "What this destination is told, when it is quiet, and what was sent to it. Send a test before you rely "
            "on it; what could not be delivered can be sent again."
        ),
        "notices.md",
    ),
    "keys": Topic(
        _(
            "Give each program a key of its own with as little as it needs. The token is shown once; only its "
            "digest is kept. Withdrawing a key ends it with the next request, and every key that was made by it."
        ),
        "",
        _PROGRAMS,
    ),
    "search": Topic(
        _(
            "Type a few letters of a place, an environment, a standard, a finding or a run, or paste an id. Ctrl-K "
            "does the same from every page."
        ),
        "keyboard.md",
    ),
    "styleguide": Topic(
        _(
            "Help says in two or three sentences what a page is for and what to do first. It stays folded until "
            "someone asks."
        ),
    ),
    "home": Topic(
        _("These are the workspaces that you are a member of. What is in one is never seen in another."),
    ),
    "workspace_new": Topic(
        _(
            "A workspace holds the environments, standards and people of one organisation. You become its owner "
            "and can invite others."
        ),
        "roles.md",
    ),
    "sessions": _ACCOUNT,
    "sign_in_link": _ENTRANCE,
    "join": _ENTRANCE,
    "api_docs": Topic(
        _(
            "Programs ask with a key instead of a password. Begin with a key that may only look, and try the "
            "examples; each can be run as it stands."
        ),
    ),
    **dict.fromkeys(
        (
            "account_login",
            "account_signup",
            "account_inactive",
            "account_reset_password",
            "account_reset_password_done",
            "account_reset_password_from_key",
            "account_reset_password_from_key_done",
            "account_confirm_login_code",
            "account_email_verification_sent",
            "mfa_authenticate",
            "socialaccount_login_cancelled",
            "socialaccount_login_error",
            "socialaccount_signup",
        ),
        _ENTRANCE,
    ),
    **dict.fromkeys(
        (
            "account_logout",
            "account_reauthenticate",
            "account_email",
            "account_confirm_email",
            "account_change_password",
            "account_set_password",
            "mfa_index",
            "mfa_reauthenticate",
            "mfa_activate_totp",
            "mfa_deactivate_totp",
            "mfa_view_recovery_codes",
            "mfa_generate_recovery_codes",
            "mfa_list_webauthn",
            "mfa_add_webauthn",
            "mfa_reauthenticate_webauthn",
            "mfa_remove_webauthn",
            "mfa_edit_webauthn",
            "socialaccount_connections",
            "usersessions_list",
        ),
        _ACCOUNT,
    ),
}
_ANSWERING = {
    "invite": "members",
    "member_role": "member",
    "member_narrow": "member",
    "standard_assign": "standard",
    "destination_make": "destinations",
    "destination_rule": "destination",
    "destination_rotate": "destination",
    "key_make": "keys",
    "review_write": "review",
    "review_cycle_make": "review_cycle_new",
    "review_cycle_change": "review_cycle_edit",
    "service_account_make": "service_accounts",
    "service_account_key": "service_account",
}
"""Addresses that are only written to and answer with a page: with the form that was refused, or with a secret."""
_PAGES |= {name: Topic(text, document) for name, (text, document) in (AGENT_PAGES | REVIEW_PAGES).items()}
TOPICS = _PAGES | {name: _PAGES[page] for name, page in _ANSWERING.items()}
WITHOUT = {
    "health": "one word for programs",
    "api_schema": "read by programs",
    "standard_file": "a file",
    "signing_keys": "read by programs",
    "world_model_version": "a file",
    "trace_span": "the moving part of a page",
    "run_progress": "the moving part of a page",
    "under_way": "the moving part of the frame",
}
"""Addresses of ours that may be looked at and are no page; those that end in `_export` give a file."""
