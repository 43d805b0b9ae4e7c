"""A user with their roles, and what they may approve, as forms."""

from django import forms
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from approvals.models import ApprovalUser
from erp.kernel.models import User


class UserForm(forms.ModelForm):
    """Who it is and what they do here. A user is never deleted: what they did stays under their name."""

    roles = forms.ModelMultipleChoiceField(
        label=_("Roles"),
        queryset=Group.objects.order_by("name"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "workplace", "is_staff", "is_active")

    def __init__(self, *args, by: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        self.fields["username"].help_text = ""
        self.fields["email"].label = _("E-mail")
        self.fields["is_staff"].label = _("Opens the set-up tables")
        self.fields["is_staff"].help_text = ""
        self.fields["is_active"].label = _("Can log in")
        self.fields["is_active"].help_text = ""
        if self.instance.pk:
            self.fields["roles"].initial = self.instance.groups.all()
            self.fields["password"].help_text = _("Blank: it stays as it is.")
        else:
            self.fields["password"].required = True

    def clean_is_active(self) -> bool:
        """Nobody locks themselves out."""
        if self.instance.pk == self.by.pk and not self.cleaned_data["is_active"]:
            raise ValidationError(_("You cannot take your own log-in away."))
        return self.cleaned_data["is_active"]

    def clean_password(self) -> str:
        typed = self.cleaned_data["password"]
        if typed:
            validate_password(typed, self.instance)
        return typed

    def save(self, commit: bool = True) -> User:
        user = super().save(commit=False)
        if self.cleaned_data["password"]:
            user.set_password(self.cleaned_data["password"])
        user.save()
        user.groups.set(self.cleaned_data["roles"])
        return user


class ApprovalForm(forms.ModelForm):
    """What the user may approve; without a tick they are no approval user."""

    takes_part = forms.BooleanField(label=_("Takes part in approvals"), required=False)

    class Meta:
        model = ApprovalUser
        fields = ("sales_amount_limit", "unlimited_sales", "approver", "substitute", "is_administrator")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["takes_part"].initial = self.instance.pk is not None
        self.fields["sales_amount_limit"].required = False
        for name in ("approver", "substitute"):
            others = ApprovalUser.objects.select_related("user").exclude(pk=self.instance.pk)
            self.fields[name].queryset = others
        self.order_fields(["takes_part", *self.Meta.fields])

    def clean(self):
        typed = super().clean()
        if typed.get("unlimited_sales") or typed.get("sales_amount_limit") is None:
            typed["sales_amount_limit"] = 0
        is_used = self.instance.pk and self.instance.approves_for.exists()
        if not typed.get("takes_part") and is_used:
            self.add_error(
                "takes_part", _("Others name this user as their approver: give them another one first.")
            )
        if typed.get("is_administrator"):
            another = ApprovalUser.objects.filter(is_administrator=True).exclude(pk=self.instance.pk).first()
            if another is not None:
                self.add_error("is_administrator", _("{user} is it already.").format(user=another))
        return typed

    def save_for(self, user: User) -> None:
        """Write, or take away, the user's line of the approval set-up."""
        if not self.cleaned_data["takes_part"]:
            if self.instance.pk:
                self.instance.delete()
            return
        self.instance.user = user
        self.save()
