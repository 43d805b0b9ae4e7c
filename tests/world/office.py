"""The people who must say yes in the stories, and their answers: `office.send(order, "clara")`."""

from datetime import date
from decimal import Decimal

from django.contrib.auth.models import Group

from approvals.models import ApprovalEntry, ApprovalRun, ApprovalUser, Workflow, WorkflowMember
from approvals.routines.approve import approve
from approvals.routines.cancel import cancel
from approvals.routines.delegate import delegate
from approvals.routines.enable import enable
from approvals.routines.reject import reject
from approvals.routines.request import request
from customers.models import Customer
from erp.kernel.models import User
from sales.approval import SUBJECT
from tests.world.paper import Story
from tests.world.world import World

# Who, limit (None: unlimited), approver, substitute.
PEOPLE = (
    ("caro", "SALES-MANAGER", None, "", ""),
    ("dane", "SALES-MANAGER", 100_000, "caro", ""),
    ("noor", "SALES-MANAGER", 20_000, "dane", ""),
    ("mira", "SALES-MANAGER", 20_000, "dane", "noor"),
    ("clara", "CLERK", 5_000, "mira", ""),
    ("zoe", "CLERK", 0, "clara", ""),
    ("agnes", "ACCOUNTANT", 0, "", ""),
    ("ivan", "ADMINISTRATOR", 0, "", ""),
)


class Office:
    """Clara sells, Mira manages, Dane directs, Caro keeps the money; Ivan looks after approvals."""

    def __init__(self, world: World):
        self.world = world
        self.rows: dict[str, ApprovalUser] = {}
        for name, role, limit, approver, substitute in PEOPLE:
            self.rows[name] = ApprovalUser.objects.create(
                user=world.user(name, role=role, email=f"{name}@handel.example"),
                sales_amount_limit=limit or 0,
                unlimited_sales=limit is None,
                approver=self.rows.get(approver),
                substitute=self.rows.get(substitute),
                is_administrator=name == "ivan",
            )
        self.user("ivan").groups.add(Group.objects.get(name="APPROVAL-ADMIN"))

    def user(self, name: str) -> User:
        return self.rows[name].user

    def change(self, name: str, **values) -> None:
        """Change somebody's line in the approval set-up; people by their names."""
        people = {
            key: self.rows.get(value) for key, value in values.items() if key in ("approver", "substitute")
        }
        ApprovalUser.objects.filter(pk=self.rows[name].pk).update(**values | people)

    def workflow(
        self, code: str = "SO", *, group: dict[str, int] | None = None, enabled: bool = True, **values
    ) -> Workflow:
        """An enabled workflow: of orders, up the chain, due in two days; `group` is names with sequence numbers."""
        if "approver" in values:
            values["approver"] = self.user(values["approver"])
        given = {"document_types": ["order"], "due_date_formula": "2D"} | values
        if group:
            given["approver_type"] = "group"
        workflow = Workflow.objects.create(code=code, **given)
        for name, sequence in (group or {}).items():
            WorkflowMember.objects.create(workflow=workflow, user=self.user(name), sequence=sequence)
        if enabled:
            enable(workflow)
        return workflow

    def order(self, net, *, type: str = "order", customer=None, **given) -> Story:
        """A document over so much without VAT: one line of freight."""
        world = self.world
        customer = customer or Customer.objects.filter(number="ADATUM").first() or world.customer("Adatum")
        story = Story.begin(world, type, customer, on=world.today, **given)
        return story.charges("4520", Decimal(net))

    def send(self, story: Story, name: str = "clara", *, on: date | None = None, **given) -> ApprovalRun:
        day = on or self.world.today
        return request(SUBJECT, story.key, by=self.user(name), at=self.world.at(day), on=day, **given)

    def entry(self, run: ApprovalRun, name: str) -> ApprovalEntry:
        """The question to somebody; the last one, where there are several."""
        return run.entries.filter(approver=self.user(name)).order_by("-id").first()

    def approve(
        self, run: ApprovalRun, name: str, *, of: str = "", on: date | None = None, **given
    ) -> ApprovalRun:
        """Somebody says yes; `of` whose question it is, where it is not their own."""
        day = on or self.world.today
        entry = self.entry(run, of or name)
        return approve(entry, by=self.user(name), at=self.world.at(day), on=day, **given)

    def reject(self, run: ApprovalRun, name: str, comment: str = "Margin too low") -> ApprovalRun:
        return reject(self.entry(run, name), by=self.user(name), at=self.world.at(), comment=comment)

    def delegate(self, run: ApprovalRun, name: str, *, of: str = "", on: date | None = None) -> str:
        """Returns the name of whoever is asked now."""
        entry = self.entry(run, of or name)
        return delegate(entry, by=self.user(name), at=self.world.at(on)).approver.username

    def cancel(self, run: ApprovalRun, name: str) -> ApprovalRun:
        return cancel(run, by=self.user(name), at=self.world.at())

    def asked(self, run: ApprovalRun) -> list[tuple[str, str]]:
        """Everybody who is on the list, in their order, and where their question stands."""
        rows = run.entries.order_by("sequence", "id").values_list("approver__username", "status")
        return list(rows)
