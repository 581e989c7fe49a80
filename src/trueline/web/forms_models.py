"""Forms of world models and scans."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from trueline.engine.rules.shipped import SHIPPED


class WorldModelForm(forms.Form):
    """A world model: a file, or one that Trueline ships."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("A YAML file of rules, as “trueline evaluate --schema” describes it."),
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml,application/yaml"}),
        max_length=200,
    )
    shipped = forms.ChoiceField(
        required=False, widget=forms.HiddenInput, choices=[("", ""), *((name, name) for name in SHIPPED)]
    )

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        given = super().clean() or {}
        if not (given.get("file") or given.get("shipped") or "file" in self.errors):
            self.add_error("file", _("Choose a file."))
        return given


class ScanForm(forms.Form):
    """What is scanned, and what it is judged by."""

    traces = forms.FileField(
        label=_("Traces"),
        required=False,
        help_text=_("OTLP as JSON or protobuf, JSON lines, spans in a tree, or transcripts; gzip is fine."),
        max_length=200,
    )
    days = forms.ChoiceField(
        label=_("Or what it has sent"),
        required=False,
        choices=[("", _("Only the file")), ("1", _("the last day")), ("7", _("7 days")), ("30", _("30 days"))],
    )
    version = forms.ChoiceField(label=_("Judged by"), required=False)
    is_judged = forms.BooleanField(
        label=_("Ask the language model, too"),
        required=False,
        help_text=_("Rules with a question are then decided by it. Runs are sent to it, with secrets taken out."),
    )

    def __init__(self, versions: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if settings.LANGUAGE_MODEL is None:
            del self.fields["is_judged"]
        self.fields["version"].initial = versions[0][0] if versions else ""
        self.fields["version"].choices = [*versions, ("", _("Nothing: only failures are looked for"))]  # type: ignore[attr-defined]  # a ChoiceField

    def clean(self) -> dict[str, Any]:
        """A file, or days."""
        given = super().clean() or {}
        if not (given.get("traces") or given.get("days") or "traces" in self.errors):
            self.add_error("traces", _("Choose a file, or how far back to look."))
        return given


class GraphPartForm(forms.Form):
    """An agent, or a way from it to another agent, a tool or a model."""

    kind = forms.ChoiceField(
        label=_("What it is"),
        choices=[
            ("agent", _("An agent")),
            ("calls", _("An agent calls another")),
            ("uses_tool", _("An agent uses a tool")),
            ("asks_model", _("An agent asks a model")),
        ],
    )
    agent = forms.CharField(label=_("Agent"), max_length=200)
    target = forms.CharField(
        label=_("Whom or what it reaches"), max_length=200, required=False, help_text=_("Empty for an agent itself.")
    )


class TemplateForm(forms.Form):
    """A prompt template as somebody knows it."""

    agent = forms.CharField(label=_("Agent"), max_length=200)
    role = forms.ChoiceField(
        label=_("Role of the message"), choices=[("system", _("Instructions")), ("user", _("Message to the agent"))]
    )
    text = forms.CharField(
        label=_("Template"),
        help_text=_("What changes from prompt to prompt stands in double braces: {{name}}."),
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=60_000,
    )
