"""Every register is sealed when it commits, whoever wrote it; docs/ledger-seal.md says how.

`posting_seal_layout` says what is hashed. `posting_seal_build` makes one static function of it, which a posting runs
with index scans on what its register has; the plans are generic, for they serve one register as well as the next.
"""

from django.db import migrations, models

from erp.kernel.fences import AppendOnly
from posting.seal_layout import Sealed

LAYOUT = r"""
CREATE TABLE posting_seal_layout (
    ledger text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    columns text NOT NULL,
    key text NOT NULL,
    counter text,
    register text,
    parent text,
    PRIMARY KEY (ledger, version),
    CHECK (num_nonnulls(counter, coalesce(parent, register)) = 1)
);

CREATE FUNCTION posting_seal_layout_of(wanted integer)
    RETURNS TABLE (ledger text, columns text, key text, counter text, register text, parent text)
    LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (l.ledger) l.ledger, l.columns, l.key, l.counter, l.register, l.parent
    FROM posting_seal_layout l WHERE l.version <= wanted ORDER BY l.ledger, l.version DESC
$$;
"""

# One row as COPY would print it. Few rows have anything to escape: those that have are printed column by column, by a
# function that is not in SQL, lest it is inlined: preparing all these calls costs more than hashing ten rows.
LINE = r"""
CREATE FUNCTION posting_seal_escape(said text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN replace(replace(replace(replace(replace(replace(replace(said, '\', '\\'),
        E'\b', '\b'), E'\t', '\t'), E'\n', '\n'), E'\x0b', '\v'), E'\f', '\f'), E'\r', '\r');
END
$$;

CREATE FUNCTION posting_seal_line(ledger regclass, columns text) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    plain text;
    escaped text;
    words text;
BEGIN
    SELECT
        string_agg(CASE WHEN a.attnotnull THEN c.sql ELSE format('coalesce(%s, ''\N'')', c.text) END, ', ' ORDER BY n),
        string_agg(format('coalesce(posting_seal_escape(%s), ''\N'')', c.text), ', ' ORDER BY n),
        string_agg(c.sql, ', ' ORDER BY n) FILTER (WHERE t.typcategory NOT IN ('N', 'D', 'B'))
    INTO STRICT plain, escaped, words
    FROM unnest(string_to_array(columns, ' ')) WITH ORDINALITY AS named (name, n)
    JOIN pg_attribute a ON a.attrelid = ledger AND a.attname = named.name AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    CROSS JOIN LATERAL (SELECT format('e.%I', named.name) AS sql,
        format(CASE t.typcategory WHEN 'B' THEN 'left(e.%I::text, 1)' ELSE 'e.%I::text' END, named.name) AS text) AS c;
    RETURN format(
        'CASE WHEN concat(%s) ~ ''[\x08-\x0d\\]'' THEN concat_ws(E''\t'', %s) ELSE concat_ws(E''\t'', %s) END || E''\n''',
        coalesce(words, ''''''), escaped, plain
    );
END
$$;
"""

BUILD = r"""
CREATE FUNCTION posting_seal_build() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    l record;
    line text;
    source text;
    body text := '';
BEGIN
    FOR l IN SELECT * FROM posting_seal_layout_of((SELECT max(version) FROM posting_seal_layout)) LOOP
        line := posting_seal_line(l.ledger::regclass, l.columns);
        source := format('SELECT %s AS text, e.%I AS key FROM %I e WHERE ', line, l.key, l.ledger);
        source := CASE
            WHEN l.counter IS NOT NULL THEN
                source || format('e.%I BETWEEN r.%I AND r.%I', l.key, 'from_' || l.counter, 'to_' || l.counter)
            WHEN l.parent IS NULL THEN source || format('e.%I = r.register_no', l.register)
            ELSE source || format('e.document_id IN (SELECT p.id FROM %I p WHERE p.register_no = r.register_no)', l.parent)
                || CASE WHEN l.register IS NULL THEN ''
                    ELSE format(' AND e.%1$I IS NULL UNION ALL %2$s e.%1$I = r.register_no', l.register, source) END
            END;
        source := format(
            'SELECT count(*), encode(sha256(convert_to(string_agg(s.text, '''' ORDER BY s.key), ''UTF8'')), ''hex'')'
            ' INTO STRICT n, digest FROM (%s) s; IF n > 0 THEN total := total + n;'
            ' contents := contents || format(%L, n, digest); END IF;',
            source, l.ledger || ' %s %s' || E'\n'
        );
        IF l.counter IS NOT NULL THEN
            source := format('IF r.%I IS NOT NULL THEN %s END IF;', 'from_' || l.counter, source);
        END IF;
        body := body || source || E'\n';
    END LOOP;
    EXECUTE format(
        'CREATE OR REPLACE FUNCTION posting_seal_contents(r posting_register, OUT version integer, OUT contents text,'
        ' OUT total bigint) LANGUAGE plpgsql STABLE AS %L',
        format(
            E'DECLARE n bigint; digest text;\nBEGIN version := %s; contents := ''''; total := 0;\n%sEND',
            coalesce((SELECT max(l2.version) FROM posting_seal_layout l2), 1), body
        )
    );
END
$$;
SELECT posting_seal_build();
"""

SEAL = r"""
CREATE FUNCTION posting_seal_text(register_no bigint, version integer, previous text, contents text) RETURNS text
    LANGUAGE sql IMMUTABLE AS $$
    SELECT encode(sha256(convert_to(
        format(E'handel seal %s\nregister %s\nprevious %s\n%s', version, register_no, previous, contents), 'UTF8'
    )), 'hex')
$$;

CREATE FUNCTION posting_seal_register(r posting_register) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET datestyle = 'ISO, YMD' SET timezone = 'UTC' SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off SET jit = off AS $$
DECLARE
    before text := repeat('0', 64);
    made record;
BEGIN
    IF r.register_no > 1 THEN
        SELECT s.seal INTO before FROM posting_seal s WHERE s.register_no = r.register_no - 1;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'register % cannot be sealed: register % has no seal', r.register_no, r.register_no - 1
                USING ERRCODE = 'check_violation', CONSTRAINT = 'posting_register_sealed';
        END IF;
    END IF;
    made := posting_seal_contents(r);
    INSERT INTO posting_seal (register_no, version, rows, contents, previous, seal) VALUES (
        r.register_no, made.version, made.total, made.contents, before,
        posting_seal_text(r.register_no, made.version, before, made.contents)
    );
END
$$;

CREATE FUNCTION posting_seal_registers(first bigint, last bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    r posting_register;
    sealed bigint := 0;
BEGIN
    FOR r IN
        SELECT * FROM posting_register n WHERE n.register_no BETWEEN first AND last
        AND NOT EXISTS (SELECT FROM posting_seal s WHERE s.register_no = n.register_no) ORDER BY n.register_no
    LOOP
        PERFORM posting_seal_register(r);
        sealed := sealed + 1;
    END LOOP;
    RETURN sealed;
END
$$;

CREATE FUNCTION posting_seal_new_register() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    PERFORM posting_seal_register(NEW);
    RETURN NULL;
END
$$;
DO $$
BEGIN -- the tables' own schema first, lest somebody's temporary table is sealed instead of the ledger
    EXECUTE format('ALTER FUNCTION posting_seal_register(posting_register) SET search_path = %I, pg_temp', current_schema());
    EXECUTE format('ALTER FUNCTION posting_seal_new_register() SET search_path = %I, pg_temp', current_schema());
END
$$;
REVOKE EXECUTE ON FUNCTION posting_seal_register(posting_register), posting_seal_registers(bigint, bigint),
    posting_seal_build() FROM PUBLIC;
CREATE CONSTRAINT TRIGGER posting_register_sealed AFTER INSERT ON posting_register
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION posting_seal_new_register();
"""

REMOVE = """
DROP TRIGGER posting_register_sealed ON posting_register;
DROP FUNCTION posting_seal_new_register();
DROP FUNCTION posting_seal_registers(bigint, bigint);
DROP FUNCTION posting_seal_register(posting_register);
DROP FUNCTION posting_seal_text(bigint, integer, text, text);
DROP FUNCTION posting_seal_contents(posting_register);
DROP FUNCTION posting_seal_build();
DROP FUNCTION posting_seal_line(regclass, text);
DROP FUNCTION posting_seal_escape(text);
DROP FUNCTION posting_seal_layout_of(integer);
DROP TABLE posting_seal_layout;
"""

REGISTER = (
    "register_no created_at created_by source_code journal_batch from_gl_entry_no to_gl_entry_no "
    "from_vat_entry_no to_vat_entry_no from_customer_detail_no to_customer_detail_no from_bank_entry_no "
    "to_bank_entry_no from_item_entry_no to_item_entry_no from_value_entry_no to_value_entry_no "
    "from_item_application_no to_item_application_no reverses_id"
)

GLENTRY = (
    "entry_no transaction_no posting_date vat_date document_date document_type document_no "
    "external_document_no description amount correction source_currency_code source_currency_amount "
    "gen_posting_type gen_bus_posting_group gen_prod_posting_group vat_bus_posting_group "
    "vat_prod_posting_group vat_amount quantity source_type source_no source_code journal_batch reason_code "
    "system_created prior_year closing account_id reverses_id register_id"
)

VATENTRY = (
    "entry_no transaction_no gl_entry_no posting_date vat_date document_date document_type document_no "
    "external_document_no type base base_before_discount amount vat_difference vat_percent vat_identifier "
    "calculation_type vat_bus_posting_group vat_prod_posting_group gen_bus_posting_group "
    "gen_prod_posting_group tax_category bill_to_no country_code vat_registration_no eu_3_party_trade "
    "eu_service source_code reverse_charge_account_id reverses_id vat_account_id"
)


class Migration(migrations.Migration):
    dependencies = [("posting", "0009_countries"), ("kernel", "0010_mail_exactly_once")]

    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "register_no",
                    models.BigIntegerField(primary_key=True, serialize=False, verbose_name="register no."),
                ),
                ("version", models.PositiveSmallIntegerField(verbose_name="version")),
                ("rows", models.BigIntegerField(verbose_name="rows")),
                ("contents", models.TextField(verbose_name="contents")),
                ("previous", models.CharField(max_length=64, verbose_name="seal before")),
                ("seal", models.CharField(max_length=64, verbose_name="seal")),
            ],
            options={
                "verbose_name": "seal",
                "verbose_name_plural": "seals",
                "ordering": ["register_no"],
                "default_permissions": ("view",),
            },
        ),
        AppendOnly("posting_seal"),
        migrations.RunSQL(LAYOUT + LINE + BUILD + SEAL, REMOVE),
        Sealed("posting_register", REGISTER, key="register_no", register="register_no"),
        Sealed("posting_glentry", GLENTRY, counter="gl_entry_no"),
        Sealed("posting_vatentry", VATENTRY, counter="vat_entry_no"),
    ]
