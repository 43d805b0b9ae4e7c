"""Laws of settling: for any entries, amounts and currencies."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from receivables.plans.application import settle
from receivables.plans.values import ApplyRequest, Chosen
from tests.unit.receivables.plain import DOMESTIC, EU, RULES, item

RICH = replace(RULES, rates={"": D(1), "USD": D("0.787401574803150")}, between_currencies=True)
FIRST = date(2026, 3, 1)

cents = st.integers(1, 500_000).map(lambda value: D(value) / 100)
days = st.integers(0, 30).map(lambda value: FIRST + timedelta(days=value))
factors = st.sampled_from(["0.8", "0.75", "0.7", "1.333333333333333"])


@st.composite
def items(draw, number: int, *, own: bool = True):
    """An invoice or a credit memo, perhaps in dollars, with discount and tolerance."""
    is_memo = own and draw(st.booleans())
    amount = draw(cents)
    currency = draw(st.sampled_from(["", "", "USD"]))
    discount = min(draw(st.sampled_from([D(0), amount / 50, amount / 10])).quantize(D("0.01")), amount)
    tolerance = min(draw(st.sampled_from([D(0), D("0.05"), D("10.00")])), amount)
    sign = -1 if is_memo else 1
    posted = draw(days)
    return item(
        number,
        str(amount * sign),
        "credit_memo" if is_memo else "invoice",
        on=posted,
        due=posted + timedelta(days=draw(st.integers(0, 30))),
        factor=draw(factors) if currency else "1",
        currency_code=currency,
        discount=discount * sign,
        discount_date=posted + timedelta(days=8) if discount else None,
        discount_tolerance_date=posted + timedelta(days=12) if discount else None,
        max_tolerance=tolerance * sign,
        group=draw(st.sampled_from([DOMESTIC, EU])),
    )


@st.composite
def settlements(draw):
    count = draw(st.integers(1, 5))
    old = [draw(items(number)) for number in range(1, count + 1)]
    currency = draw(st.sampled_from(["", "", "USD"]))
    new = item(
        99,
        str(draw(st.sampled_from([-1, 1])) * draw(cents)),
        draw(st.sampled_from(["payment", "refund", "credit_memo", "invoice"])),
        on=FIRST + timedelta(days=draw(st.integers(0, 45))),
        factor=draw(factors) if currency else "1",
        currency_code=currency,
    )
    chosen = []
    for each in old:
        lowered = draw(st.booleans())
        part = (each.remaining * draw(st.integers(1, 100)) / 100).quantize(D("0.01"))
        if lowered and part not in (0, each.remaining):
            chosen.append(Chosen(each, part, is_lowered=True))
        else:
            chosen.append(Chosen(each, each.remaining))
    answers = ApplyRequest(
        accept_payment_tolerance=draw(st.booleans()), accept_late_discount=draw(st.booleans())
    )
    return new, chosen, answers, draw(st.booleans())


@given(settlements())
def test_settling_keeps_the_books(settlement):
    """Both sides of the G/L agree, every cent of a detail is in what remains, nothing is turned round."""
    new, chosen, answers, tolerate = settlement
    effects = settle(new, chosen, rules=RICH, answers=answers, tolerate=tolerate)
    assert not effects.problems

    # The general ledger balances.
    assert (
        sum((c.amount for c in effects.contras), D(0)) + sum((a for _, a in effects.receivables), D(0)) == 0
    )

    states = {new.key: new} | {choice.item.key: choice.item for choice in chosen}
    for key, before in states.items():
        after = effects.after.get(key, before)
        own = [detail for detail in effects.details if detail.item.key == key]
        assert after.remaining == before.remaining + sum((detail.amount for detail in own), D(0))
        assert after.remaining_lcy == before.remaining_lcy + sum((detail.amount_lcy for detail in own), D(0))
        if key != new.key:
            # What is settled never grows, and never turns round.
            assert abs(after.remaining) <= abs(before.remaining)
            assert after.remaining * before.remaining >= 0
            assert after.discount * before.remaining >= 0
            assert abs(after.max_tolerance) <= abs(after.remaining)
        if not after.currency_code:
            assert after.remaining == after.remaining_lcy
        if not after.remaining:
            assert (after.remaining_lcy, after.discount, after.max_tolerance) == (0, 0, 0)
        elif after.currency_code and own:
            assert after.remaining_lcy == RICH.to_lcy(after.remaining, after.adjusted_factor)

    # Each pair of an application moves nothing in local currency.
    applications = [detail for detail in effects.details if detail.type == "application"]
    pairs = zip(applications[::2], applications[1::2], strict=True)
    assert all(one.amount_lcy + other.amount_lcy == 0 and other.item.key == new.key for one, other in pairs)

    # Each account on the other side stands for the details that point to it.
    for place, contra in enumerate(effects.contras):
        assert contra.amount == -sum(d.amount_lcy for d in effects.details if d.contra == place)


@given(settlements())
def test_the_same_question_has_the_same_answer(settlement):
    """The order in which entries are handed in does not matter."""
    new, chosen, answers, tolerate = settlement
    one = settle(new, chosen, rules=RICH, answers=answers, tolerate=tolerate)
    other = settle(new, list(reversed(chosen)), rules=RICH, answers=answers, tolerate=tolerate)
    assert one == other
