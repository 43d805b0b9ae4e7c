"""Sealing looks only where a register has rows, and prints a row with care only where one needs it.

What is hashed stays as it was. The function that seals has an expression for each column of each ledger; preparing
them costs more than hashing ten rows, so those of ledgers without rows, and of escaped rows, are left alone.
"""

from importlib import import_module

from django.db import migrations

earlier = import_module("posting.migrations.0010_seal")

PARTS = r"""
CREATE FUNCTION posting_seal_parts(ledger regclass, columns text, OUT plain text, OUT escaped text, OUT odd text)
    LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT
        string_agg(CASE WHEN a.attnotnull THEN c.sql ELSE format('coalesce(%s, ''\N'')', c.text) END, ', ' ORDER BY n),
        string_agg(format('coalesce(posting_seal_escape(%s), ''\N'')', c.text), ', ' ORDER BY n),
        string_agg(c.sql, ', ' ORDER BY n) FILTER (WHERE t.typcategory NOT IN ('N', 'D', 'B'))
    INTO STRICT plain, escaped, odd
    FROM unnest(string_to_array(columns, ' ')) WITH ORDINALITY AS named (name, n)
    JOIN pg_attribute a ON a.attrelid = ledger AND a.attname = named.name AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    CROSS JOIN LATERAL (SELECT format('e.%I', named.name) AS sql,
        format(CASE t.typcategory WHEN 'B' THEN 'left(e.%I::text, 1)' ELSE 'e.%I::text' END, named.name) AS text) AS c;
    plain := format('concat_ws(E''\t'', %s) || E''\n''', plain);
    escaped := format('concat_ws(E''\t'', %s) || E''\n''', escaped);
    odd := CASE WHEN odd IS NULL THEN 'false' ELSE format('concat(%s) ~ ''[\x08-\x0d\\]''', odd) END;
END
$$;

CREATE OR REPLACE FUNCTION posting_seal_line(ledger regclass, columns text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT format('CASE WHEN %s THEN %s ELSE %s END', odd, escaped, plain) FROM posting_seal_parts(ledger, columns)
$$;
"""

BUILD = r"""
CREATE OR REPLACE FUNCTION posting_seal_build() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    l record;
    line record;
    there text;
    source text;
    digest text := 'encode(sha256(convert_to(string_agg(%s, '''' ORDER BY e.%I), ''UTF8'')), ''hex'')';
    body text := '';
BEGIN
    FOR l IN SELECT * FROM posting_seal_layout_of((SELECT max(version) FROM posting_seal_layout)) LOOP
        line := posting_seal_parts(l.ledger::regclass, l.columns);
        source := format('SELECT e.* FROM %I e WHERE ', l.ledger);
        source := CASE
            WHEN l.counter IS NOT NULL THEN
                source || format('e.%I BETWEEN r.%I AND r.%I', l.key, 'from_' || l.counter, 'to_' || l.counter)
            WHEN l.parent IS NULL THEN source || format('e.%I = r.register_no', l.register)
            ELSE source || format('e.document_id IN (SELECT p.id FROM %I p WHERE p.register_no = r.register_no)', l.parent)
                || CASE WHEN l.register IS NULL THEN ''
                    ELSE format(' AND e.%1$I IS NULL UNION ALL %2$s e.%1$I = r.register_no', l.register, source) END
            END;
        there := CASE WHEN l.counter IS NULL THEN format('EXISTS (%s)', source)
            ELSE format('r.%I IS NOT NULL', 'from_' || l.counter) END;
        body := body || format(
            'IF %s THEN SELECT count(*), bool_or(%s), %s INTO STRICT n, odd, digest FROM (%s) e;'
            ' IF odd THEN SELECT %s INTO STRICT digest FROM (%s) e; END IF;'
            ' IF n > 0 THEN total := total + n; contents := contents || format(%L, n, digest); END IF; END IF;' || E'\n',
            there, line.odd, format(digest, line.plain, l.key), source,
            format(digest, posting_seal_line(l.ledger::regclass, l.columns), l.key), source,
            l.ledger || ' %s %s' || E'\n'
        );
    END LOOP;
    EXECUTE format(
        'CREATE OR REPLACE FUNCTION posting_seal_contents(r posting_register, OUT version integer, OUT contents text,'
        ' OUT total bigint) LANGUAGE plpgsql STABLE AS %L',
        format(
            E'DECLARE n bigint; odd boolean; digest text;\nBEGIN version := %s; contents := ''''; total := 0;\n%sEND',
            coalesce((SELECT max(l2.version) FROM posting_seal_layout l2), 1), body
        )
    );
END
$$;
SELECT posting_seal_build();
"""

AS_IT_WAS = f"""
DROP FUNCTION posting_seal_build();
DROP FUNCTION posting_seal_line(regclass, text);
DROP FUNCTION posting_seal_parts(regclass, text);
DROP FUNCTION posting_seal_escape(text);
{earlier.LINE}{earlier.BUILD}
REVOKE EXECUTE ON FUNCTION posting_seal_build() FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("posting", "0012_setup_stamps")]

    operations = [migrations.RunSQL(PARTS + BUILD, AS_IT_WAS)]
