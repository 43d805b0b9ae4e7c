"""Paper: PDF of templates, with files of static/ and nothing else."""

import pytest
from django.test import override_settings

from erp.kernel.pdf import HOME, Page, html_of, render_pdf, render_pdfs, static_file

TEMPLATES = {"loop.html": "{% for n in numbers %}<p style='break-after: page'>{{ n }}</p>{% endfor %}",
             "word.html": "{{ figure|floatformat:2 }} {{ language }}"}  # fmt: skip
LOADED = [{"BACKEND": "django.template.backends.django.DjangoTemplates",
           "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", TEMPLATES)]}}]  # fmt: skip


@override_settings(TEMPLATES=LOADED)
def test_a_template_becomes_a_pdf():
    pdf = render_pdf("loop.html", {"numbers": [1]}, language="en")
    assert pdf.startswith(b"%PDF-")
    assert len(render_pdf("loop.html", {"numbers": range(9)}, language="en")) > len(pdf)


@override_settings(TEMPLATES=LOADED)
def test_words_are_in_the_language_of_the_paper():
    assert html_of(Page("word.html", {"figure": 1.5}, "en")) == "1.50 en"
    assert html_of(Page("word.html", {"figure": 1.5}, "nl")) == "1,50 nl"


def test_files_of_static_and_nothing_else():
    assert static_file(f"{HOME}css/print/paper.css").name == "paper.css"
    for address in ("https://example.com/a.css", "file:///etc/passwd", f"{HOME}../erp/settings.py",
                    f"{HOME}css/nothing.css"):  # fmt: skip
        with pytest.raises(ValueError, match="static/"):
            static_file(address)


def test_no_paper_is_no_file():
    with pytest.raises(ValueError, match="no paper"):
        render_pdfs([])
