"""Decisions and comments stay as they were made; changes of the set-up and of every question are logged."""

from django.db import migrations

from erp.kernel.fences import AppendOnly, LogChanges


class Migration(migrations.Migration):
    dependencies = [("approvals", "0001_initial"), ("kernel", "0001_initial")]

    operations = [
        AppendOnly("approvals_approvaldecision"),
        AppendOnly("approvals_approvalcomment"),
        LogChanges("approvals_approvalsetup", key="id"),
        LogChanges("approvals_approvaluser", key="user_id"),
        LogChanges("approvals_workflow"),
        LogChanges("approvals_workflowmember", key=("workflow_id", "user_id")),
        LogChanges("approvals_approvalentry", key=("run_id", "id")),
    ]
