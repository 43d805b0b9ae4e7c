"""Where processes are killed: just before the function that is named, or just after it.

An invoice's way from the order to the mailbox has three processes, each with stages of its own: who posts, the relay
that prints and queues, the relay that sends. A job of the queue has stages of its own as well.
"""

from tests.support.kills import Stage

POSTING: dict[str, Stage] = {
    "before deciding": ("sales.routines.decide.load", "before"),
    "goods locked": ("sales.routines.decide.load_goods", "after"),
    "decided": ("sales.routines.post.decide", "after"),
    "number drawn": ("sales.routines.post._draw_numbers", "after"),
    "ledger numbers taken": ("posting.registers.take_numbers", "after"),
    "general ledger ready": ("posting.journal.GLSection.write", "after"),
    "customer ledger ready": ("receivables.ledger.section.CustomerSection.write", "after"),
    "item ledger ready": ("inventory.ledger.section.ItemSection.write", "after"),
    "register written": ("posting.registers._write_rows", "after"),
    "papers ready": ("sales.routines.post.write_money_paper", "after"),
    "order ready": ("sales.routines.post._update_document", "after"),
    "papers written": ("sales.routines.post._write", "after"),
    "messages put": ("sales.routines.mail_posted.outbox.put", "after"),
    "posting committed": ("erp.kernel.outbox.nudge", "before"),
}
PRINTING: dict[str, Stage] = {
    "message locked": ("erp.kernel.outbox.deliver", "before"),
    "paper printed": ("sales.routines.send_paper.print_papers", "after"),
    "mail queued": ("sales.routines.send_paper.mail.queue", "after"),
    "message delivered": ("erp.kernel.outbox._keep", "after"),
    "mail committed": ("erp.kernel.outbox.nudge", "before"),
}
SENDING: dict[str, Stage] = {
    "message taken": ("erp.kernel.outbox.hold", "after"),
    "message ours": ("erp.kernel.tasks.deliver", "before"),
    "claimed": ("erp.kernel.mail_delivery._claim", "after"),
    "connected": ("erp.kernel.handover.Handover.__enter__", "after"),
    "recipient named": ("smtplib.SMTP.rcpt", "after"),
    "transmitted": ("erp.kernel.mail_delivery._mark", "before"),
    "marked": ("erp.kernel.mail_delivery._mark", "after"),
    "ended": ("erp.kernel.handover._answer", "before"),
    "answered": ("erp.kernel.mail_delivery._note", "before"),
    "noted": ("erp.kernel.mail_delivery._note", "after"),
    "message done": ("erp.kernel.outbox._keep", "after"),
}
JOBS: dict[str, Stage] = {
    "taken": ("sales.routines.run_jobs._post", "before"),
    "locked": ("sales.routines.run_jobs._lock", "after"),
    "number drawn": ("sales.routines.post._draw_numbers", "after"),
    "posted": ("sales.routines.run_jobs._post_document", "after"),
    "outcome noted": ("sales.routines.run_jobs.finish_run", "after"),
    "committed": ("erp.kernel.outbox.nudge", "before"),
}
# Nobody but the mail server knows what became of a mail whose process died at these; the machine leaves it alone.
NOBODY_KNOWS = {"marked", "ended", "answered"}
