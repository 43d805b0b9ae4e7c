"""Who is asked, without a database."""

from decimal import Decimal as D

import pytest

from approvals.plans.chain import Person, Question, plan_chain, plan_delegation

CLARA, MIRA, DANE, CARO, IVAN = range(1, 6)
PEOPLE = {
    CLARA: Person(CLARA, "Clara", D(5_000), approver=MIRA),
    MIRA: Person(MIRA, "Mira", D(20_000), approver=DANE, substitute=CLARA),
    DANE: Person(DANE, "Dane", D(100_000), approver=CARO, is_active=False),
    CARO: Person(CARO, "Caro", None),
    IVAN: Person(IVAN, "Ivan", is_administrator=True),
}


def question(**values) -> Question:
    given = {
        "document": "Order 1", "amount_lcy": D(9_000), "sender": CLARA, "sender_name": "Clara",
        "approver_type": "approver", "limit_type": "chain",
    }  # fmt: skip
    return Question(**given | values)


def asked(**values) -> list[tuple[int, str]]:
    chain = plan_chain(question(**values), PEOPLE)
    assert chain.problems == []
    return [(each.approver, each.status) for each in chain.asked]


def code(**values) -> str:
    (problem,) = plan_chain(question(**values), PEOPLE).problems
    return problem.code


@pytest.mark.parametrize("amount", ["0", "4999.99", "5000"])
def test_the_limit_itself_is_within_it(amount):
    assert asked(amount_lcy=D(amount)) == [(CLARA, "approved")]


def test_who_cannot_log_in_is_named():
    problem = plan_chain(question(amount_lcy=D(50_000)), PEOPLE).problems[0]
    assert (problem.code, "Dane" in problem.message) == ("E-APR-INACTIVE", True)


def test_a_seller_who_sends_their_own_sale_asks_the_direct_approver():
    assert asked(
        approver_type="salesperson", limit_type="direct", salesperson_code="CL", salespeople=(CLARA,)
    ) == [(MIRA, "created")]


def test_a_salesperson_comes_before_the_specific_approver():
    given = {"approver_type": "salesperson", "limit_type": "specific", "specific": CARO}
    assert asked(sender=MIRA, salesperson_code="CL", salespeople=(CLARA,), **given) == [
        (CLARA, "created"), (CARO, "created"),
    ]  # fmt: skip


def test_the_chain_of_a_salesperson_begins_with_them_also_within_their_limit():
    given = {
        "approver_type": "salesperson",
        "salesperson_code": "CL",
        "salespeople": (CLARA,),
        "sender": IVAN,
    }
    assert asked(amount_lcy=D(100), **given) == [(CLARA, "created")]
    assert asked(amount_lcy=D(9_000), **given) == [(CLARA, "created"), (MIRA, "created")]


def test_two_users_behind_one_salesperson_are_one_too_many():
    assert (
        code(approver_type="salesperson", salesperson_code="CL", salespeople=(CLARA, MIRA))
        == "E-APR-SALESPERSON"
    )


def test_a_specific_approver_may_be_the_sender_only_as_administrator():
    assert code(limit_type="specific", specific=CLARA) == "E-APR-OWN"
    assert asked(limit_type="specific", specific=IVAN, sender=IVAN) == [(IVAN, "approved")]
    assert code(limit_type="specific", specific=IVAN, sender=IVAN, strict=True) == "E-APR-OWN"


def test_a_group_of_the_sender_alone_approves_nothing():
    assert code(approver_type="group", members=((1, CLARA),)) == "E-APR-GROUP"
    assert code(approver_type="group") == "E-APR-GROUP"
    assert code(approver_type="group", members=((1, 99),)) == "E-APR-USER"


def test_who_cannot_log_in_takes_nothing_over():
    """Mira's substitute is Clara, the sender, and Dane cannot log in: Ivan is left, and then nobody."""
    given = {"hops": 0, "sender": CLARA, "amount_lcy": D(9_000), "people": PEOPLE, "must_suffice": False}
    assert plan_delegation(MIRA, **given) == IVAN
    assert plan_delegation(IVAN, **given) is None
    assert plan_delegation(MIRA, **given | {"sender": IVAN}) == CLARA


def test_after_three_times_the_administrator_gets_it():
    given = {"sender": CARO, "amount_lcy": D(9_000), "people": PEOPLE, "must_suffice": False}
    assert plan_delegation(MIRA, hops=2, **given) == CLARA
    assert plan_delegation(MIRA, hops=3, **given) == IVAN
