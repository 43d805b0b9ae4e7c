"""The frame of every page: palette, notices, settings, log-in and how it ends."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

import erp.settings
from erp.kernel.models.workplace import Notice
from erp.kernel.notices import tell
from erp.kernel.recent import remember
from erp.views import palette as palette_module
from tests.world import TODAY

HANDEL = {"X-Requested-With": "handel"}


def _ask(browser, text="") -> dict:
    return browser.get(reverse("palette"), {"q": text} if text else {}, headers=HANDEL).json()


def _names(hits) -> list[tuple[str, str]]:
    return [(hit["number"], hit["kind"]) for hit in hits]


# --- The palette -----------------------------------------------------------------------------------------------------
def test_an_exact_number_comes_first_whatever_it_is_of(shop, browser):
    order, invoice = shop.order(), shop.invoice()
    assert _names(_ask(browser, order.number.lower())["exact"]) == [(order.number, "Order")]
    assert (invoice.number, "Posted invoice") in _names(_ask(browser, invoice.number)["exact"])
    assert _names(_ask(browser, "c1")["exact"]) == [("C1", "Customer")]
    assert _names(_ask(browser, "bicycle")["exact"]) == [("BICYCLE", "Item")]
    assert _names(_ask(browser, "1100")["exact"]) == [("1100", "G/L account")]


def test_words_find_masters_and_the_newest_papers(shop, browser):
    first, second = shop.order(), shop.order()
    found = _names(_ask(browser, "adat")["found"])
    assert found[0] == ("C1", "Customer")
    assert found[1:3] == [(second.number, "Order"), (first.number, "Order")]
    assert _names(_ask(browser, "28 bicy")["found"]) == [("BICYCLE", "Item")]


def test_too_few_letters_are_not_looked_for(shop, browser):
    answer = _ask(browser, "ad")
    assert answer == {"exact": [], "found": [], "incomplete": True}


def test_nobody_finds_what_they_may_not_see(shop, sign_in):
    order, invoice = shop.order(), shop.invoice()
    world = shop.world
    stranger = Client()
    stranger.force_login(get_user_model().objects.create_user("stranger"))
    for text in (order.number, invoice.number, "C1", "BICYCLE", "1100", "adatum", "bicycle"):
        answer = _ask(stranger, text)
        assert answer["exact"] == answer["found"] == [], text
    clerk = sign_in("CLERK")
    assert _ask(clerk, "1100")["exact"] == []  # the general ledger is not theirs
    user = get_user_model().objects.get(username="stranger")
    remember(user, kind="customer", number="C1", title="Adatum", url="/customers/C1/", at=world.at())
    remember(user, kind="sales.posted-invoice", number=invoice.number, url="/x/", at=world.at())
    remember(user, kind="unheard-of", number="1", url="/x/", at=world.at())
    opened = _ask(stranger)
    assert opened["recent"] == []
    assert {page["url"] for page in opened["pages"]} == {
        reverse("home"),
        reverse("settings"),
        reverse("tokens"),
        reverse("notices"),
    }


def test_strangers_are_told_that_they_must_log_in(db):
    assert Client().get(reverse("palette"), headers=HANDEL).status_code == 401


@pytest.mark.parametrize("role", ["CLERK", "ACCOUNTANT", "SALES-MANAGER", "AUDITOR", ""])
def test_every_page_that_the_palette_offers_opens(world, sign_in, role):
    browser = sign_in(role)
    for page in _ask(browser)["pages"]:
        assert browser.get(page["url"]).status_code == 200, f"{role}: {page['url']}"


def test_the_palette_offers_what_was_opened_last(shop, browser):
    number = shop.order().number
    browser.get(reverse("sales:document", args=["order", number]))
    assert _names(_ask(browser)["recent"]) == [(number, "Order")]


def test_a_search_that_takes_too_long_is_given_up(shop, browser, monkeypatch):
    monkeypatch.setattr(palette_module, "PATIENCE_IN_ALL", -1)
    assert _ask(browser, "adatum") == {"exact": [], "found": [], "incomplete": True}


def test_without_scripts_the_palette_is_a_page(shop, browser):
    text = browser.get(reverse("palette"), {"q": "adatum"}).content.decode()
    assert reverse("sales:customer", args=["C1"]) in text
    new = browser.get(reverse("palette"), {"q": "new ord"}).content.decode()
    assert reverse("sales:document-new", args=["order"]) in new
    assert "Nothing is called" in browser.get(reverse("palette"), {"q": "zzzzzz"}).content.decode()


# --- Notices ---------------------------------------------------------------------------------------------------------
def test_notices_are_counted_opened_and_read(world, browser):
    user = get_user_model().objects.get(username="door-all")
    first = tell(user, "The run has ended.", url=reverse("sales:runs"), at=world.at())
    tell(user, "Careful.", level="warning", at=world.at())
    assert browser.get(reverse("notices-count"), headers=HANDEL).json() == {"unread": 2}
    assert 'data-unread="2"' in browser.get(reverse("home")).content.decode()
    assert "The run has ended." in browser.get(reverse("notices")).content.decode()
    assert browser.get(reverse("notice", args=[first.pk])).url == reverse("sales:runs")
    assert browser.get(reverse("notices-count"), headers=HANDEL).json() == {"unread": 1}
    browser.post(reverse("notices-read"))
    assert not Notice.objects.filter(read_at=None).exists()


def test_a_notice_leads_nowhere_else_and_is_nobody_elses(world, browser):
    user = get_user_model().objects.get(username="door-all")
    elsewhere = tell(user, "Look", url="https://example.com/", at=world.at())
    assert browser.get(reverse("notice", args=[elsewhere.pk])).url == reverse("notices")
    other = tell(get_user_model().objects.create_user("other"), "Private", at=world.at())
    assert browser.get(reverse("notice", args=[other.pk])).status_code == 404
    assert "Private" not in browser.get(reverse("notices")).content.decode()


# --- Settings --------------------------------------------------------------------------------------------------------
def test_choices_are_saved_one_by_one_and_together(world, browser):
    address = reverse("settings-save")
    sent = browser.post(address, json.dumps({"theme": "dark"}), content_type="application/json")
    assert sent.json() == {"reload": False}
    assert 'data-theme="dark"' in browser.get(reverse("home")).content.decode()
    refused = browser.post(address, json.dumps({"theme": "pink"}), content_type="application/json")
    assert refused.status_code == 422
    assert refused.json()["problems"][0]["field"] == "theme"
    assert browser.post(address, "nonsense", content_type="application/json").status_code in (400, 422)

    browser.post(reverse("settings"), {"theme": "light", "language": "nb", "workplace": "clerk"})
    user = get_user_model().objects.get(username="door-all")
    assert (user.theme, user.language, user.workplace) == ("light", "nb", "clerk")
    assert '<html lang="nb"' in browser.get(reverse("home")).content.decode()


def test_the_work_date_holds_until_it_is_taken_back(world, browser):
    browser.post(reverse("settings-day"), {"day": "2026-03-16"})
    shown = browser.get(reverse("home")).content.decode()
    assert "16 Mar 2026" in shown
    assert browser.session["work_date"] == "2026-03-16"
    browser.post(reverse("settings-day"), {"day": TODAY.isoformat()})
    assert "work_date" not in browser.session
    assert browser.post(reverse("settings-day"), {"day": "2026-02-30"}).status_code == 422


def test_other_sessions_of_the_same_user_end(world):
    user = get_user_model().objects.create_user("ingrid")
    here, elsewhere, colleague = Client(), Client(), Client()
    here.force_login(user)
    elsewhere.force_login(user)
    colleague.force_login(get_user_model().objects.create_user("jonas"))
    answer = here.post(reverse("logout-elsewhere"), follow=True).content.decode()
    assert "1 other session has ended." in answer
    assert here.get(reverse("settings")).status_code == 200
    assert elsewhere.get(reverse("settings")).status_code == 302
    assert colleague.get(reverse("settings")).status_code == 200


# --- Log-in ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def ingrid(db):
    return get_user_model().objects.create_user("ingrid", email="ingrid@example.com", password="a-long-word")


def _log_in(browser, password="a-long-word", **more):
    return browser.post(reverse("login"), {"login": "ingrid", "password": password, **more})


def test_log_in_leads_on_to_where_one_wanted_to_go(ingrid):
    browser = Client()
    wanted = browser.get(reverse("settings")).url
    assert wanted == f"{reverse('login')}?next={reverse('settings')}"
    assert _log_in(browser, next=reverse("settings")).url == reverse("settings")
    assert _log_in(Client(), next="https://example.com/").url == reverse("home")


def test_too_many_wrong_passwords_are_told_to_wait(ingrid, settings):
    settings.ACCOUNT_RATE_LIMITS = erp.settings.ACCOUNT_RATE_LIMITS
    cache.clear()
    browser = Client()
    for _attempt in range(5):
        assert "do not fit together" in _log_in(browser, "wrong").content.decode()
    refused = _log_in(browser)  # even the right one has to wait now
    assert "Wait five minutes" in refused.content.decode()
    assert browser.get(reverse("settings")).status_code == 302


def test_whoever_hammers_is_turned_away_in_words(ingrid, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "3/m/ip"}
    cache.clear()
    browser = Client()
    for _attempt in range(3):
        _log_in(browser, "wrong")
    refused = _log_in(browser)
    assert refused.status_code == 429
    assert "Wait a minute" in refused.content.decode()


def test_nobody_signs_themselves_up(client, db):
    for address in ("/signup/", "/accounts/signup/", "/login/signup/", "/settings/passkeys/signup/"):
        assert client.get(address).status_code == 404


def test_a_forgotten_password_is_replaced_by_mail(ingrid):
    browser = Client()
    browser.post(reverse("account_reset_password"), {"email": "ingrid@example.com"})
    [message] = mail.outbox
    assert message.to == ["ingrid@example.com"]
    assert message.subject == "A new password for Handel"
    [link] = [line for line in message.body.splitlines() if line.startswith("http")]
    form = browser.get(link, follow=True)
    address = form.redirect_chain[-1][0]
    browser.post(address, {"password1": "another-long-word", "password2": "another-long-word"})
    assert _log_in(Client(), "another-long-word").status_code == 302
    assert "used up" in Client().get(link, follow=True).content.decode()


def test_an_unknown_address_is_answered_alike_and_gets_no_mail(db):
    asked = Client().post(reverse("account_reset_password"), {"email": "nobody@example.com"}, follow=True)
    assert "Look into your mail" in asked.content.decode()
    assert mail.outbox == []


def test_the_administration_asks_for_the_same_log_in(db):
    refused = Client().get(reverse("admin:index"), follow=True)
    assert refused.redirect_chain[-1][0].startswith(reverse("login"))


def test_a_form_sent_after_the_session_ended_comes_back_to_its_page(world):
    page = reverse("sales:document-new", args=["order"])
    browser = Client(headers={"Referer": f"http://testserver{page}?copy=1"})
    sent = browser.post(reverse("notices-read"))
    assert sent.url == f"{reverse('login')}?next={page.replace('/', '%2F')}%3Fcopy%3D1"
    abroad = Client(headers={"Referer": "https://example.com/"}).post(reverse("notices-read"))
    assert abroad.url == f"{reverse('login')}?next={reverse('notices-read')}"


def test_a_form_older_than_the_log_in_is_refused_in_words(ingrid):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ingrid)
    refused = browser.post(reverse("notices-read"))
    assert refused.status_code == 403
    assert "This was not sent" in refused.content.decode()


def test_an_administrator_removes_a_lost_second_factor_without_seeing_its_secret(ingrid, browser):
    factor = Authenticator.objects.create(user=ingrid, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    shown = browser.get(reverse("admin:mfa_authenticator_change", args=[factor.pk])).content.decode()
    assert "JBSWY3DPEHPK3PXP" not in shown
    browser.post(reverse("admin:mfa_authenticator_delete", args=[factor.pk]), {"post": "yes"})
    assert not Authenticator.objects.exists()
