"""The reference of the API: what there is, by theme, and each set with its properties, calls and examples.

It tells no data, only names; so everybody who may log in may read it.
"""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from erp.kernel.api import reference
from erp.kernel.api.openapi.operations import tag
from erp.kernel.odata.description import summary
from erp.kernel.odata.entity import entity_set, entity_sets


@login_required
def reference_list(request: HttpRequest) -> HttpResponse:
    """All sets by theme; `q` leaves those that have its words."""
    text = request.GET.get("q", "")[:100]
    themes = reference.themes(text)
    return render(
        request,
        "api/reference.html",
        {
            "text": text,
            "themes": themes,
            "count": len(entity_sets()),
            "base": request.build_absolute_uri("/api/v2.0"),
        },
    )


@login_required
def reference_set(request: HttpRequest, name: str) -> HttpResponse:
    """One set."""
    entities = entity_set(name)
    if entities is None:
        raise Http404
    host = request.build_absolute_uri("/").rstrip("/")
    calls = reference.calls(entities, host)
    return render(
        request,
        "api/reference_set.html",
        {
            "name": name,
            "entity": entities.entity,
            "about": summary(entities),
            "theme": tag(entities),
            "is_extension": entities.is_extension,
            "fields": reference.fields(entities),
            "ways": reference.ways(entities),
            "calls": [each for each in calls if not each.is_action],
            "actions": [each for each in calls if each.is_action],
        },
    )
