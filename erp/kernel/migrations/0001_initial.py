# ruff: noqa: TID251
import django.contrib.auth.models
import django.contrib.auth.validators
import django.core.serializers.json
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from erp.kernel.fences import AppendOnly, LogChanges

REFUSE_CHANGE = """
CREATE FUNCTION kernel_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% only grows: % is refused to every role', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation', HINT = 'Post a correction instead.';
END $$
"""

# Arguments: the columns that name a record, the columns not worth a row; each a list with commas.
LOG_CHANGE = """
CREATE FUNCTION kernel_log_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    old_row jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    new_row jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    this_row jsonb := coalesce(new_row, old_row);
    hidden text[] := string_to_array(TG_ARGV[1], ',') || ARRAY(
        SELECT name FROM jsonb_object_keys(this_row) AS name
        WHERE name ~* '(password|secret|token|api_key|private_key)');
    who bigint := nullif(current_setting('handel.user', true), '')::bigint;
    record_id bigint := CASE WHEN this_row->>'id' ~ '^[0-9]{1,18}$' THEN (this_row->>'id')::bigint END;
    record_key text := (
        SELECT left(string_agg(coalesce(this_row->>name, ''), ' ' ORDER BY place), 250)
        FROM unnest(string_to_array(TG_ARGV[0], ',')) WITH ORDINALITY AS keys (name, place));
BEGIN
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO kernel_changelogentry
            (at, user_id, "table", record_id, record_key, action, field, before, after)
        SELECT statement_timestamp(), who, TG_TABLE_NAME, record_id, record_key, 'update', key, was.value, became.value
        FROM jsonb_each_text(old_row - hidden) AS was JOIN jsonb_each_text(new_row - hidden) AS became USING (key)
        WHERE was.value IS DISTINCT FROM became.value ORDER BY key;
    ELSE
        INSERT INTO kernel_changelogentry
            (at, user_id, "table", record_id, record_key, action, field, before, after)
        VALUES (statement_timestamp(), who, TG_TABLE_NAME, record_id, record_key, lower(TG_OP), '',
            (old_row - hidden)::text, (new_row - hidden)::text);
    END IF;
    RETURN NULL;
END $$
"""

# A sequence line has a sequence of its own, which starts again whenever the numbers it counts from are edited. A line
# that becomes normal counts on from where its sequence stands.
NUMBER_LINE = """
CREATE FUNCTION kernel_number_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sequence text := 'kernel_number_line_' || OLD.id;
    used bigint;
    number text;
    digits text;
    grown text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        sequence := 'kernel_number_line_' || NEW.id;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.implementation = 'sequence' THEN
        IF to_regclass(quote_ident(sequence)) IS NULL THEN
            EXECUTE format('CREATE SEQUENCE %I', sequence);
        ELSE
            EXECUTE format('ALTER SEQUENCE %I RESTART', sequence);
        END IF;
        RETURN NEW;
    END IF;
    IF to_regclass(quote_ident(sequence)) IS NULL THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    EXECUTE format('ALTER SEQUENCE %I INCREMENT 1', sequence);  -- nobody draws from here on
    EXECUTE format('SELECT last_value - 1 + is_called::int FROM %I', sequence) INTO used;
    EXECUTE format('DROP SEQUENCE %I', sequence);
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF used > 0 AND NEW.last_number_used = OLD.last_number_used THEN
        number := coalesce(nullif(OLD.last_number_used, ''), OLD.starting_number);
        used := used - (OLD.last_number_used = '')::int;
        digits := substring(number from '([0-9]+)[^0-9]*$');
        grown := (digits::numeric + used * OLD.increment_by)::text;
        NEW.last_number_used := left(number, length(number) - length(substring(number from '[0-9]+[^0-9]*$')))
            || lpad(grown, greatest(length(grown), length(digits)), '0') || substring(number from '[^0-9]*$');
    END IF;
    RETURN NEW;
END $$
"""

NUMBER_LINE_TRIGGERS = """
CREATE TRIGGER kernel_number_line_insert BEFORE INSERT ON kernel_numberseriesline
    FOR EACH ROW WHEN (NEW.implementation = 'sequence') EXECUTE FUNCTION kernel_number_line();
CREATE TRIGGER kernel_number_line_update BEFORE UPDATE ON kernel_numberseriesline
    FOR EACH ROW WHEN (
        NEW.implementation <> OLD.implementation
        OR NEW.implementation = 'sequence' AND (NEW.starting_number, NEW.increment_by, NEW.last_number_used)
            IS DISTINCT FROM (OLD.starting_number, OLD.increment_by, OLD.last_number_used))
    EXECUTE FUNCTION kernel_number_line();
CREATE TRIGGER kernel_number_line_delete BEFORE DELETE ON kernel_numberseriesline
    FOR EACH ROW WHEN (OLD.implementation = 'sequence') EXECUTE FUNCTION kernel_number_line();
"""


LEDGER_HEAD = """
INSERT INTO kernel_ledgerhead
    (id, register_no, transaction_no, gl_entry_no, vat_entry_no, customer_detail_no, bank_entry_no, item_entry_no,
     value_entry_no, item_application_no)
VALUES (1, 0, 0, 0, 0, 0, 0, 0, 0, 0)
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="NumberSeries",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="code")),
                ("description", models.CharField(blank=True, max_length=100, verbose_name="description")),
                (
                    "default_numbers",
                    models.BooleanField(
                        default=True,
                        help_text="Assigned automatically where no number is typed.",
                        verbose_name="default nos.",
                    ),
                ),
                (
                    "manual_numbers",
                    models.BooleanField(
                        default=False, help_text="Numbers may be typed.", verbose_name="manual nos."
                    ),
                ),
                (
                    "date_order",
                    models.BooleanField(
                        default=False,
                        help_text="No number on a date before the last one used.",
                        verbose_name="date order",
                    ),
                ),
            ],
            options={
                "verbose_name": "number series",
                "verbose_name_plural": "number series",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                (
                    "date_joined",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined"),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
                "abstract": False,
            },
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="LedgerHead",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(
                        default=1, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("register_no", models.BigIntegerField(default=0, verbose_name="last register no.")),
                ("transaction_no", models.BigIntegerField(default=0, verbose_name="last transaction no.")),
                (
                    "gl_entry_no",
                    models.BigIntegerField(default=0, verbose_name="last G/L and customer entry no."),
                ),
                ("vat_entry_no", models.BigIntegerField(default=0, verbose_name="last VAT entry no.")),
                (
                    "customer_detail_no",
                    models.BigIntegerField(default=0, verbose_name="last detailed customer entry no."),
                ),
                ("bank_entry_no", models.BigIntegerField(default=0, verbose_name="last bank entry no.")),
                ("item_entry_no", models.BigIntegerField(default=0, verbose_name="last item entry no.")),
                ("value_entry_no", models.BigIntegerField(default=0, verbose_name="last value entry no.")),
                (
                    "item_application_no",
                    models.BigIntegerField(default=0, verbose_name="last item application no."),
                ),
            ],
            options={
                "verbose_name": "ledger head",
                "verbose_name_plural": "ledger head",
                "default_permissions": ("view",),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="kernel_one_ledger_head")
                ],
            },
        ),
        migrations.CreateModel(
            name="OutboxMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("topic", models.CharField(max_length=100, verbose_name="topic")),
                ("key", models.CharField(blank=True, max_length=100, verbose_name="key")),
                (
                    "payload",
                    models.JSONField(
                        default=dict,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="payload",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="created at"
                    ),
                ),
                (
                    "retry_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="due at"
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="attempts")),
                (
                    "delivered_to",
                    models.JSONField(
                        default=list, help_text="Handlers that are done already", verbose_name="delivered to"
                    ),
                ),
                ("error", models.TextField(blank=True, verbose_name="last error")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="delivered at")),
                ("dead_at", models.DateTimeField(blank=True, null=True, verbose_name="given up at")),
            ],
            options={
                "verbose_name": "outbox message",
                "verbose_name_plural": "outbox",
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("dead_at", None), ("sent_at", None)),
                        fields=["id"],
                        name="kernel_outbox_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("dead_at", None), ("sent_at", None)),
                        fields=["topic", "key", "id"],
                        name="kernel_outbox_order",
                    ),
                    models.Index(
                        condition=models.Q(("dead_at", None), _negated=True),
                        fields=["dead_at"],
                        name="kernel_outbox_dead",
                    ),
                    models.Index(
                        condition=models.Q(("sent_at", None), _negated=True),
                        fields=["sent_at"],
                        name="kernel_outbox_sent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChangeLogEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="at")),
                ("table", models.CharField(max_length=63, verbose_name="table")),
                ("record_id", models.BigIntegerField(null=True, verbose_name="record id")),
                ("record_key", models.CharField(max_length=250, verbose_name="record")),
                (
                    "action",
                    models.CharField(
                        choices=[("insert", "Insertion"), ("update", "Modification"), ("delete", "Deletion")],
                        max_length=6,
                        verbose_name="action",
                    ),
                ),
                ("field", models.CharField(blank=True, max_length=63, verbose_name="field")),
                ("before", models.TextField(null=True, verbose_name="before")),
                ("after", models.TextField(null=True, verbose_name="after")),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "change log entry",
                "verbose_name_plural": "change log",
                "ordering": ["-id"],
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(fields=["table", "record_key", "id"], name="kernel_change_of_record"),
                    models.Index(fields=["at"], name="kernel_change_at"),
                ],
            },
        ),
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=64, verbose_name="key")),
                ("operation", models.CharField(max_length=100, verbose_name="operation")),
                ("request_hash", models.CharField(max_length=64, verbose_name="request hash")),
                (
                    "result",
                    models.JSONField(
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        null=True,
                        verbose_name="result",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="created at"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "idempotency key",
                "verbose_name_plural": "idempotency keys",
                "ordering": ["-id"],
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["created_at"], name="kernel_idempotency_age")],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "key"), name="kernel_key_once_per_user")
                ],
            },
        ),
        migrations.CreateModel(
            name="NumberSeriesLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line_no", models.PositiveIntegerField(default=10000, verbose_name="line no.")),
                ("starting_date", models.DateField(blank=True, null=True, verbose_name="starting date")),
                ("starting_number", models.CharField(max_length=20, verbose_name="starting no.")),
                ("ending_number", models.CharField(blank=True, max_length=20, verbose_name="ending no.")),
                ("warning_number", models.CharField(blank=True, max_length=20, verbose_name="warning no.")),
                ("increment_by", models.PositiveIntegerField(default=1, verbose_name="increment-by no.")),
                (
                    "last_number_used",
                    models.CharField(blank=True, max_length=20, verbose_name="last no. used"),
                ),
                ("last_date_used", models.DateField(blank=True, null=True, verbose_name="last date used")),
                ("is_open", models.BooleanField(default=True, verbose_name="open")),
                (
                    "implementation",
                    models.CharField(
                        choices=[("normal", "Normal (no gaps)"), ("sequence", "Sequence (gaps allowed)")],
                        default="normal",
                        max_length=8,
                        verbose_name="implementation",
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="kernel.numberseries",
                    ),
                ),
            ],
            options={
                "verbose_name": "number series line",
                "verbose_name_plural": "number series lines",
                "ordering": ["series", "starting_date", "line_no"],
                "constraints": [
                    models.UniqueConstraint(fields=("series", "line_no"), name="kernel_series_line_no"),
                    models.CheckConstraint(
                        condition=models.Q(("increment_by__gte", 1)), name="kernel_series_increment"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("starting_number", ""), _negated=True),
                        name="kernel_series_starting_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("implementation__in", ["normal", "sequence"])),
                        name="kernel_series_implementation",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NumberSeriesRelationship",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "related",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="kernel.numberseries",
                        verbose_name="related series",
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="relationships",
                        to="kernel.numberseries",
                    ),
                ),
            ],
            options={
                "verbose_name": "related number series",
                "verbose_name_plural": "related number series",
                "ordering": ["series", "related"],
                "constraints": [
                    models.UniqueConstraint(fields=("series", "related"), name="kernel_series_related_once"),
                    models.CheckConstraint(
                        condition=models.Q(("series", models.F("related")), _negated=True),
                        name="kernel_series_not_itself",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TransitionLog",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "subject",
                    models.CharField(
                        help_text="Model label, as in sales.salesdocument",
                        max_length=100,
                        verbose_name="subject",
                    ),
                ),
                ("subject_id", models.BigIntegerField(verbose_name="subject id")),
                ("number", models.CharField(blank=True, max_length=50, verbose_name="number")),
                ("field", models.CharField(default="status", max_length=50, verbose_name="field")),
                ("verb", models.CharField(max_length=50, verbose_name="verb")),
                ("from_status", models.CharField(max_length=50, verbose_name="from")),
                ("to_status", models.CharField(max_length=50, verbose_name="to")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "transition",
                "verbose_name_plural": "transitions",
                "ordering": ["-id"],
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["subject", "subject_id"], name="kernel_transition_subject")],
            },
        ),
        migrations.RunSQL(REFUSE_CHANGE, "DROP FUNCTION kernel_refuse_change()"),
        migrations.RunSQL(LOG_CHANGE, "DROP FUNCTION kernel_log_change()"),
        migrations.RunSQL(NUMBER_LINE, "DROP FUNCTION kernel_number_line()"),
        migrations.RunSQL(
            NUMBER_LINE_TRIGGERS,
            "".join(
                f"DROP TRIGGER kernel_number_line_{event} ON kernel_numberseriesline;"
                for event in ("insert", "update", "delete")
            ),
        ),
        migrations.RunSQL(LEDGER_HEAD, migrations.RunSQL.noop),
        AppendOnly("kernel_changelogentry"),
        AppendOnly("kernel_transitionlog"),
        LogChanges("kernel_user", key="username", ignore=("last_login",)),
        LogChanges("kernel_numberseries"),
        LogChanges(
            "kernel_numberseriesline",
            key=("series_id", "line_no"),
            ignore=("last_number_used", "last_date_used"),
        ),
        LogChanges("kernel_numberseriesrelationship", key=("series_id", "related_id")),
    ]
