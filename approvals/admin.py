"""Approvals in the admin: who approves what is set up here; requests are only read."""

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from approvals import subjects
from approvals.models import (
    ApprovalComment,
    ApprovalDecision,
    ApprovalEntry,
    ApprovalRun,
    ApprovalSetup,
    ApprovalUser,
    Workflow,
    WorkflowMember,
)
from approvals.routines.enable import disable, enable
from erp.kernel.admin import Confidential, ReadOnlyAdmin
from erp.kernel.errors import ErpError


@admin.register(ApprovalSetup)
class ApprovalSetupAdmin(admin.ModelAdmin):
    list_display = ("__str__", "forbid_self_approval", "substitute_must_suffice", "reject_comment_length")

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not ApprovalSetup.objects.exists()

    def save_model(self, request, obj, form, change):
        obj.pk = 1
        super().save_model(request, obj, form, change)


class ApprovalUserForm(forms.ModelForm):
    def clean(self):
        """Nobody above oneself; unlimited has no limit."""
        typed = super().clean()
        for name in ("approver", "substitute"):
            if typed.get(name) is not None and typed[name].user_id == getattr(typed.get("user"), "pk", None):
                self.add_error(name, _("Choose somebody else."))
        if typed.get("unlimited_sales"):
            typed["sales_amount_limit"] = 0
        return typed


@admin.register(ApprovalUser)
class ApprovalUserAdmin(admin.ModelAdmin):
    form = ApprovalUserForm
    list_display = (
        "user",
        "approver",
        "sales_amount_limit",
        "unlimited_sales",
        "substitute",
        "is_administrator",
    )
    list_select_related = ("user", "approver__user", "substitute__user")
    search_fields = ("user__username", "user__first_name", "user__last_name")


class WorkflowMemberInline(admin.TabularInline):
    model = WorkflowMember
    extra = 0


class WorkflowForm(forms.ModelForm):
    document_types = forms.MultipleChoiceField(
        label=_("document types"), choices=(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "document_types" in self.fields:
            kinds = [choice for subject in subjects.known() for choice in subject.types]
            self.fields["document_types"].choices = kinds

    def clean(self):
        typed = super().clean()
        wants_name = typed.get("limit_type") == "specific" and typed.get("approver_type") != "group"
        if wants_name and typed.get("approver") is None and "approver" not in self.errors:
            self.add_error("approver", _("Name the specific approver."))
        return typed


@admin.register(Workflow)
class WorkflowAdmin(admin.ModelAdmin):
    """An enabled workflow is only read: it is disabled first, by an action of the list."""

    form = WorkflowForm
    list_display = (
        "code",
        "description",
        "enabled",
        "priority",
        "approver_type",
        "limit_type",
        "amount_more_than",
    )
    list_filter = ("enabled",)
    search_fields = ("code", "description")
    inlines = (WorkflowMemberInline,)
    exclude = ("subject",)
    actions = ("enable", "disable")

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not (obj is not None and obj.enabled)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not (obj is not None and obj.enabled)

    def delete_queryset(self, request, queryset):
        queryset.filter(enabled=False).delete()

    @admin.action(description=_("Enable"), permissions=("change",))
    def enable(self, request, queryset: QuerySet[Workflow]):
        for workflow in queryset:
            try:
                for warning in enable(workflow):
                    self.message_user(request, warning.message, messages.WARNING)
            except ErpError as error:
                self.message_user(request, error.message, messages.ERROR)

    @admin.action(description=_("Disable"), permissions=("change",))
    def disable(self, request, queryset: QuerySet[Workflow]):
        for workflow in queryset:
            disable(workflow)


class EntryInline(admin.TabularInline):
    model = ApprovalEntry
    extra = 0
    can_delete = False
    fields = readonly_fields = (
        "sequence",
        "approver",
        "status",
        "opened_at",
        "due_date",
        "hops",
        "changed_at",
        "changed_by",
    )

    def has_add_permission(self, request, obj=None):
        return False


class DecisionInline(admin.TabularInline):
    model = ApprovalDecision
    extra = 0
    can_delete = False
    fields = readonly_fields = ("at", "verb", "by", "approver", "to")

    def has_add_permission(self, request, obj=None):
        return False


class CommentInline(admin.TabularInline):
    model = ApprovalComment
    extra = 0
    can_delete = False
    fields = readonly_fields = ("at", "by", "text")

    def has_add_permission(self, request, obj=None):
        return False


@admin.register(ApprovalRun)
class ApprovalRunAdmin(Confidential, ReadOnlyAdmin):
    confidential = {"receivables.view_customerbalance": ("available_credit",)}
    list_display = (
        "title",
        "party_name",
        "amount",
        "currency_code",
        "amount_lcy",
        "sender",
        "status",
        "sent_at",
    )
    list_filter = ("status", "workflow_code")
    list_select_related = ("sender",)
    search_fields = ("document_no", "party_no", "party_name")
    date_hierarchy = "sent_at"
    inlines = (EntryInline, DecisionInline, CommentInline)
