"""Approvals through the API: what is asked of whom, and the answers."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import ApprovalEntry, ApprovalRun, ApprovalUser, Workflow
from tests.world.office import Office


@pytest.fixture
def office(world):
    office = Office(world)
    office.workflow("SO", description="Orders up the chain", amount_more_than=1000)
    return office


@pytest.fixture
def sent(office):
    """Clara's order over 15,000, which Mira is asked about."""
    return office.send(office.order(15_000), "clara")


def asked(api, name, office):
    """What somebody is asked, as they find it."""
    mine = api.of(office.user(name))
    return mine, mine.rows("approvalEntries?$filter=approverId eq '%25me' and status eq 'Open'")


class TestEntries:
    def test_a_question(self, api, office, sent):
        _mira, (entry,) = asked(api, "mira", office)
        assert (entry["documentType"], entry["documentNumber"]) == ("Order", sent.document_no)
        assert (entry["senderId"], entry["senderName"]) == ("clara", "clara")
        assert (entry["approverId"], entry["status"], entry["approvalCode"]) == ("mira", "Open", "SO")
        assert (entry["amount"], entry["amountLCY"], entry["pendingApprovals"]) == (15_000, 15_000, 1)
        assert (entry["approvalType"], entry["limitType"]) == ("Approver", "Approval_x0020_Limits")
        assert (entry["dueDate"], entry["dateTimeSentForApproval"]) == (
            "2026-03-04",
            "2026-03-02T09:00:00.000Z",
        )
        assert entry["recordIdToApprove"] == f"Sales Header: order,{sent.document_no}"
        assert entry["workflowStepInstanceId"] == str(sent.uuid)
        assert entry["numberOfApprovedRequests"] == 1  # Clara's own yes

    def test_the_credit_is_not_for_everybody(self, api, world, office, sent):
        ApprovalRun.objects.update(available_credit=500)
        _mira, (entry,) = asked(api, "mira", office)
        assert entry["availableCreditLimitLCY"] == 500
        wim = world.user("wim", role="WAREHOUSE")
        for name in ("view_approvalentry", "view_approvalrun"):
            wim.user_permissions.add(Permission.objects.get(codename=name))
        rows = api.of(wim).rows("approvalEntries")
        assert len(rows) == 2
        assert not any("availableCreditLimitLCY" in row for row in rows)
        refused = api.of(wim).get("approvalEntries?$filter=availableCreditLimitLCY gt 0")
        assert refused.status_code == 400

    def test_it_is_read_only(self, api, office, sent):
        _mira, (entry,) = asked(api, "mira", office)
        assert api.post("approvalEntries", {}).status_code == 405
        assert api.patch(f"approvalEntries({entry['id']})", {"status": "Approved"}).status_code == 405
        assert api.delete(f"approvalEntries({entry['id']})").status_code == 405

    def test_filters(self, api, office, sent):
        for condition, count in (
            ("status eq 'Open'", 1),
            ("status eq 'Rejected'", 0),
            ("status ne 'Open'", 1),
            ("status eq 'Canceled'", 0),
            ("senderId eq 'clara'", 2),
            ("senderId eq '%25me'", 0),
            ("documentType eq 'Order' and amountLCY gt 14999", 2),
            ("dueDate lt 2026-03-04", 0),
            ("limitType eq 'Approval_x0020_Limits'", 2),
        ):
            assert len(api.rows(f"approvalEntries?$filter={condition}")) == count, condition

    def test_those_whom_a_peer_lets_off_count_as_cancelled(self, api, office):
        office.workflow("GROUP", group={"mira": 1, "noor": 1}, quorum="any", document_types=["invoice"])
        run = office.send(office.order(15_000, type="invoice"), "clara")
        office.approve(run, "mira")
        rows = api.rows("postedApprovalEntries") + api.rows("approvalEntries")
        assert {row["approverId"]: row["status"] for row in rows} == {"mira": "Approved", "noor": "Canceled"}
        (noor,) = api.rows("approvalEntries?$filter=status eq 'Canceled'")
        assert (noor["approverId"], noor["approvalType"]) == ("noor", "Workflow_x0020_User_x0020_Group")

    def test_what_is_posted_goes_to_the_other_set(self, api, office):
        story = office.order(15_000)
        run = office.send(story, "clara")
        office.approve(run, "mira")
        assert len(api.rows("approvalEntries")) == 2
        assert api.rows("postedApprovalEntries") == []
        story.post()
        assert api.rows("approvalEntries") == []
        clara, mira = api.rows("postedApprovalEntries")
        assert (clara["status"], mira["status"], mira["lastModifiedById"]) == ("Approved", "Approved", "mira")
        assert mira["recordId"] == f"Sales Header: order,{run.document_no}"

    def test_who_takes_no_part_sees_nothing(self, world, api, office, sent):
        """Whom the set-up lets see questions, but not requests in general, sees those that concern them."""
        from django.contrib.auth.models import Permission

        permission = Permission.objects.get(codename="view_approvalentry")
        for name in ("otto", "mira"):
            user = world.user("otto", role="WAREHOUSE") if name == "otto" else office.user("mira")
            user.groups.clear()
            user.user_permissions.set([permission])
            count = len(api.of(type(user).objects.get(pk=user.pk)).rows("approvalEntries"))
            assert count == (0 if name == "otto" else 2), name

    def test_who_may_not_see_them(self, world, api, office):
        assert api.of(world.user("wim", role="WAREHOUSE")).get("approvalEntries").status_code == 403


class TestAnswers:
    def test_yes(self, api, office, sent):
        mira, (entry,) = asked(api, "mira", office)
        done = mira.post(
            f"approvalEntries({entry['id']})/Microsoft.NAV.approve",
            {"comment": "Fine"},
            If_Match=entry["@odata.etag"],
        )
        assert done.status_code == 200, done.body
        assert (done.body["status"], done.body["requestStatus"]) == ("Approved", "Approved")
        assert done["Location"].endswith(f"approvalEntries({entry['id']})")
        sent.refresh_from_db()
        assert sent.status == "approved"
        comments = api.rows(f"approvalEntries({entry['id']})/comments")
        assert [(each["userId"], each["comment"]) for each in comments] == [("mira", "Fine")]

    def test_no(self, api, office, sent):
        mira, (entry,) = asked(api, "mira", office)
        action = f"approvalEntries({entry['id']})/Microsoft.NAV.reject"
        for body in ({}, {"comment": " "}):
            refused = mira.post(action, body, If_Match=entry["@odata.etag"])
            assert (refused.status_code, refused.target) == (400, "comment")
        done = mira.post(action, {"comment": "Margin too low"}, If_Match=entry["@odata.etag"])
        assert (done.status_code, done.body["status"]) == (200, "Rejected")
        sent.refresh_from_db()
        assert sent.status == "rejected"
        again = mira.post(action, {"comment": "Margin too low"}, If_Match="*")
        assert (again.status_code, again.code) == (409, "BadRequest_InvalidOperation")

    def test_nobody_decides_about_what_they_have_not_read(self, api, office, sent):
        mira, (entry,) = asked(api, "mira", office)
        action = f"approvalEntries({entry['id']})/Microsoft.NAV.approve"
        assert mira.post(action).status_code == 400
        office.delegate(sent, "mira")
        stale = mira.post(action, If_Match=entry["@odata.etag"])
        assert (stale.status_code, stale.code) == (409, "Request_EntityChanged")
        assert ApprovalEntry.objects.get(approver__username="noor").status == "open"

    def test_who_is_not_asked(self, api, office, sent):
        _mira, (entry,) = asked(api, "mira", office)
        action = f"approvalEntries({entry['id']})/Microsoft.NAV.approve"
        for name in ("dane", "clara"):  # Dane is not asked, Clara may not decide at all
            refused = api.of(office.user(name)).post(action, If_Match="*")
            assert (refused.status_code, refused.code) == (403, "Authorization_RequestDenied")
        assert api.of(office.user("ivan")).post(action, If_Match="*").status_code == 200

    def test_the_next_one_is_not_asked_yet(self, api, office):
        office.send(office.order(50_000), "clara")
        (waiting,) = api.rows("approvalEntries?$filter=status eq 'Created'")
        dane = api.of(office.user("dane"))
        refused = dane.post(f"approvalEntries({waiting['id']})/Microsoft.NAV.approve", If_Match="*")
        assert (refused.status_code, refused.code) == (409, "BadRequest_InvalidOperation")
        mira, (entry,) = asked(api, "mira", office)
        done = mira.post(f"approvalEntries({entry['id']})/Microsoft.NAV.approve", If_Match="*")
        assert (done.body["status"], done.body["requestStatus"]) == ("Approved", "Pending")
        assert len(asked(api, "dane", office)[1]) == 1

    def test_it_is_passed_on(self, api, office, sent):
        mira, (entry,) = asked(api, "mira", office)
        action = f"approvalEntries({entry['id']})/Microsoft.NAV.delegate"
        refused = mira.post(action, {"toUserId": "dane"})
        assert (refused.status_code, refused.target) == (400, "toUserId")
        assert "noor" in refused.body["error"]["message"]
        done = mira.post(action, {"toUserId": "noor"})
        assert (done.status_code, done.body["approverId"]) == (200, "noor")
        strange = api.of(office.user("agnes")).post(action)
        assert strange.status_code == 403

    def test_the_sender_may_pass_it_on(self, api, office, sent):
        _mira, (entry,) = asked(api, "mira", office)
        done = api.of(office.user("clara")).post(f"approvalEntries({entry['id']})/Microsoft.NAV.delegate")
        assert (done.status_code, done.body["approverId"]) == (200, "noor")


class TestComments:
    def test_something_is_said(self, api, office, sent):
        _mira, (entry,) = asked(api, "mira", office)
        clara = api.of(office.user("clara"))
        made = clara.made(f"approvalEntries({entry['id']})/comments", {"comment": "It is urgent"})
        assert (made["userId"], made["approvalEntryId"]) == ("clara", entry["id"])
        again = clara.rows(f"approvalComments?$filter=approvalEntryId eq {entry['id']}")
        assert [each["comment"] for each in again] == ["It is urgent"]
        assert api.one(f"approvalEntries({entry['id']})")["comment"] is True
        expanded = api.one(f"approvalEntries({entry['id']})?$expand=comments")
        assert [each["comment"] for each in expanded["comments"]] == ["It is urgent"]

    def test_only_by_those_who_take_part(self, api, office, sent):
        _mira, (entry,) = asked(api, "mira", office)
        body = {"approvalEntryId": entry["id"], "comment": "Me too"}
        refused = api.of(office.user("dane")).post("approvalComments", body)
        assert (refused.status_code, refused.code) == (403, "Authorization_RequestDenied")
        assert (
            api.of(office.user("clara")).post("approvalComments", body | {"comment": " "}).status_code == 400
        )
        assert api.get("approvalComments").status_code == 400


class TestUsers:
    def test_who_approves_for_whom(self, api, office):
        (clara,) = api.rows("approvalUserSetups?$filter=userId eq 'clara'")
        assert (clara["approverId"], clara["salesAmountApprovalLimit"]) == ("mira", 5_000)
        assert clara["email"] == "clara@handel.example"
        (caro,) = api.rows("approvalUserSetups?$filter=unlimitedSalesApproval eq true")
        assert (caro["userId"], caro["approverId"]) == ("caro", "")
        assert len(api.rows("approvalUserSetups?$filter=approverId eq ''")) == 3

    def test_administrators_change_it(self, api, office):
        (clara,) = api.rows("approvalUserSetups?$filter=userId eq 'clara'")
        ivan = api.of(office.user("ivan"))
        body = {"salesAmountApprovalLimit": 7500, "substitute": "noor", "approverId": "dane"}
        changed = ivan.patch(f"approvalUserSetups({clara['id']})", body, etag=clara["@odata.etag"])
        assert changed.status_code == 200, changed.body
        row = ApprovalUser.objects.get(user__username="clara")
        assert (row.sales_amount_limit, str(row.substitute), str(row.approver)) == (7500, "noor", "dane")
        for name in ("mira", "clara"):
            refused = api.of(office.user(name)).patch(f"approvalUserSetups({clara['id']})", body)
            assert refused.status_code == 403

    def test_somebody_new(self, world, api, office):
        world.user("otto", role="CLERK")
        made = api.made("approvalUserSetups", {"userId": "otto", "unlimitedSalesApproval": True,
                                               "salesAmountApprovalLimit": 10})  # fmt: skip
        assert (made["userId"], made["salesAmountApprovalLimit"]) == ("otto", 0)

    @pytest.mark.parametrize(
        ("body", "target"),
        [
            ({"approverId": "nobody"}, "approverId"),
            ({"salesAmountApprovalLimit": -1}, "salesAmountApprovalLimit"),
            ({"purchaseAmountApprovalLimit": 100}, "purchaseAmountApprovalLimit"),
            ({"userId": "dane"}, "userId"),
            ({"approverId": "clara"}, ""),
        ],
    )
    def test_what_cannot_be(self, api, office, body, target):
        (clara,) = api.rows("approvalUserSetups?$filter=userId eq 'clara'")
        refused = api.patch(f"approvalUserSetups({clara['id']})", body)
        assert (refused.status_code, refused.target) == (400, target), refused.body


class TestWorkflows:
    def test_a_rule_with_its_step_and_people(self, api, office):
        office.workflow("GROUP", group={"mira": 1, "noor": 2}, document_types=["invoice"], delegate_after=2)
        expand = "workflowSteps($expand=workflowResponseOptions),workflowApprovers"
        (rule,) = api.rows(f"workflows?$filter=code eq 'GROUP'&$expand={expand}")
        assert (rule["enabled"], rule["template"], rule["category"]) == (True, False, "SALES")
        (step,) = rule["workflowSteps"]
        assert (step["workflowCode"], step["functionName"]) == ("GROUP", "CREATEAPPROVALREQUESTS")
        (options,) = step["workflowResponseOptions"]
        assert options["approverType"] == "Workflow_x0020_User_x0020_Group"
        assert (options["delegateAfter"], options["dueDateFormula"]) == ("_x0032__x0020_days", "2D")
        people = [(each["userName"], each["sequence"]) for each in rule["workflowApprovers"]]
        assert sorted(people) == [("mira", 1), ("noor", 2)]

    def test_a_specific_approver(self, api, office):
        office.workflow("CARO", limit_type="specific", approver="caro", document_types=["invoice"])
        (person,) = api.rows("workflowApprovers?$filter=workflowCode eq 'CARO'")
        assert (person["userName"], person["approverLimitType"]) == ("caro", "Specific_x0020_Approver")
        assert api.one(f"workflowApprovers({person['id']})")["workflowCode"] == "CARO"

    def test_administrators_let_one_act_or_not(self, api, office):
        (rule,) = api.rows("workflows?$filter=code eq 'SO'")
        ivan = api.of(office.user("ivan"))
        refused = ivan.patch(f"workflows({rule['id']})", {"description": "New"})
        assert refused.status_code == 400, refused.body
        off = ivan.patch(f"workflows({rule['id']})", {"enabled": False, "description": "New"})
        assert (off.body["enabled"], off.body["description"]) == (False, "New")
        on = ivan.patch(f"workflows({rule['id']})", {"enabled": True})
        assert on.body["enabled"] is True
        assert Workflow.objects.get(code="SO").enabled
        assert (
            api.of(office.user("mira")).patch(f"workflows({rule['id']})", {"enabled": False}).status_code
            == 403
        )


@pytest.mark.parametrize(
    "path", ["approvalEntries?$expand=comments", "approvalUserSetups?", "workflows?$expand=workflowSteps"]
)
def test_as_many_queries_for_fifty_as_for_two(world, api, office, path):
    def queries(top: int) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert len(api.rows(f"{path}&$top={top}")) == top
        return len(caught)

    for place in range(50):
        if "Entries" in path:
            office.send(office.order(15_000), "clara")
        elif "User" in path:
            ApprovalUser.objects.create(user=world.user(f"user-{place}"))
        else:
            Workflow.objects.create(code=f"W-{place}", document_types=["order"])
    queries(1)
    assert queries(50) == queries(2)
