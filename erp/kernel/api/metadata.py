"""$metadata: what the API holds, for OData clients (XML, or JSON where they ask for it); and captions for people."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from rest_framework.request import Request

from erp.kernel.api.json import dumps
from erp.kernel.odata.asking import Asking
from erp.kernel.odata.codec import decode
from erp.kernel.odata.description import caption, words
from erp.kernel.odata.entity import EntitySet, entity_sets
from erp.kernel.odata.errors import bad_url
from erp.kernel.odata.metadata import as_xml, describe, enum_names

VERSIONS = ("1.0", "2.0", "2.1")  # 1.0 has no enumerations; 2.1 differs in $filter alone
XML, JSON = "application/xml", "application/json"
FORMATS = {"xml": XML, XML: XML, "json": JSON, JSON: JSON}
# Languages as Windows numbers them, which is how Business Central names them.
LANGUAGES = {"en": 1033, "nb": 1044, "sv": 1053, "nl": 1043, "de": 1031, "da": 1030, "fr": 1036}


def metadata(request: Request, asking: Asking) -> HttpResponse:
    """The document, in the schema version and the form that were asked for."""
    version = request.query_params.get("$schemaversion") or request.query_params.get("schemaversion", "1.0")
    if version not in VERSIONS:
        message = _('The schema version is one of {versions}, not "{version}".')
        raise bad_url(message.format(versions=", ".join(VERSIONS), version=version[:20]), "$schemaversion")
    form = _form(request)
    text = _document(form, version != "1.0", asking.extensions)
    response = HttpResponse(text, content_type=f"{form}; charset=utf-8")
    response["Cache-Control"] = "private, max-age=300"
    response["Vary"] = "Accept, X-Extensions"
    return response


def _form(request: Request) -> str:
    """XML, unless the caller says JSON in $format, or in Accept before XML."""
    named = request.query_params.get("$format")
    if named:
        form = FORMATS.get(named.partition(";")[0].strip().lower())
        if form is None:
            raise bad_url(_("$format is xml or json."), "$format")
        return form
    for part in request.headers.get("Accept", "").split(","):
        kind = part.partition(";")[0].strip().lower()
        if kind in (XML, JSON):
            return kind
    return XML


@lru_cache(maxsize=8)
def _document(form: str, enums: bool, extensions: bool) -> bytes:
    document = describe(entity_sets(), enums=enums, extensions=extensions)
    return as_xml(document) if form == XML else dumps(document).encode()


def definitions(asking: Asking) -> HttpResponse:
    """What people call entities, properties and values, in the languages that Handel speaks."""
    value = _definitions(tuple(code for code, _name in settings.LANGUAGES))
    head = f"{asking.base.partition('/companies(')[0]}/$metadata#entityDefinitions"
    return HttpResponse(
        '{"@odata.context":' + dumps(head) + ',"value":' + value + "}",
        content_type="application/json; charset=utf-8",
    )


@lru_cache(maxsize=1)
def _definitions(languages: tuple[str, ...]) -> str:
    sets = entity_sets()
    enums = enum_names(sets)
    return dumps([_definition(each, enums, languages) for each in sets])


def _definition(entities: EntitySet, enums: Any, languages: tuple[str, ...]) -> dict[str, Any]:
    names = {name for one, name in enums if one == entities.entity}
    values = {member: decode(member) for name in sorted(names) for member in enums[entities.entity, name][1]}
    return {
        "entityName": entities.entity,
        "entitySetName": entities.name,
        "entityCaptions": _captions(languages, lambda: _(words(entities.entity))),
        "entitySetCaptions": _captions(languages, lambda: _(words(entities.name))),
        "properties": [
            {"name": each.name, "captions": _captions(languages, lambda each=each: caption(entities, each))}
            for each in entities.properties
        ],
        "actions": [
            {"name": each.name, "captions": _captions(languages, lambda each=each: _(words(each.name)))}
            for each in entities.actions
        ],
        "enumMembers": [
            {
                "name": name,
                "captions": _captions(languages, lambda text=text: _(text) if text.strip() else ""),
            }
            for name, text in values.items()
        ],
    }


def _captions(languages: tuple[str, ...], say: Any) -> list[dict[str, Any]]:
    """The same in each language."""
    found = []
    for code in languages:
        with translation.override(code):
            found.append({"languageCode": LANGUAGES[code], "caption": say()})
    return found
