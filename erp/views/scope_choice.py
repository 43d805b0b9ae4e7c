"""Choosing scopes in a form: a row for each part of the API, with a box for each verb it has."""

from collections.abc import Collection
from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.kernel.api.scopes import RESOURCES, SCOPES, VERBS


@dataclass(frozen=True)
class Choice:
    """One box. `sentence` says what it allows."""

    scope: str
    sentence: str
    is_chosen: bool


@dataclass(frozen=True)
class Row:
    """A part of the API; cells in the order of the verbs, None where there is no such scope."""

    name: str
    cells: list[Choice | None]


class ScopeForm(forms.Form):
    """A form in which scopes are chosen; `components/_scopes.html` shows the boxes."""

    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        choices=SCOPES.items,
        error_messages={"required": _("Choose at least one.")},
    )

    verbs = tuple(VERBS.values())

    def rows(self) -> list[Row]:
        """What has verbs."""
        chosen = self._chosen()
        return [
            Row(
                resource.name,
                [
                    _choice(f"{resource.stem}.{verb}", resource.sentences[verb], chosen)
                    if verb in resource.sentences
                    else None
                    for verb in VERBS
                ],
            )
            for resource in RESOURCES
            if "" not in resource.sentences
        ]

    def single(self) -> list[Choice]:
        """What is one scope by itself."""
        chosen = self._chosen()
        return [
            _choice(resource.stem, resource.sentences[""], chosen)
            for resource in RESOURCES
            if "" in resource.sentences
        ]

    def _chosen(self) -> Collection[str]:
        return frozenset(self["scopes"].value() or ())


def _choice(scope: str, sentence: str, chosen: Collection[str]) -> Choice:
    return Choice(scope, sentence, scope in chosen)
