import uuid

from django.db import migrations, models

# Whoever changes set-up takes a row that nobody else has just taken: two such changes never wait for each other here.
SETUP_CHANGED = """
CREATE FUNCTION kernel_setup_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE kernel_setupstamp SET stamp = gen_random_uuid()
    WHERE id = (SELECT id FROM kernel_setupstamp ORDER BY id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED);
    IF NOT FOUND THEN
        INSERT INTO kernel_setupstamp (stamp) VALUES (gen_random_uuid());
    END IF;
    RETURN NULL;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0007_pictures")]

    operations = [
        migrations.CreateModel(
            name="SetupStamp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stamp", models.UUIDField(default=uuid.uuid4, editable=False)),
            ],
            options={"default_permissions": ()},
        ),
        migrations.RunSQL(SETUP_CHANGED, "DROP FUNCTION kernel_setup_changed()"),
        migrations.RunSQL(
            "INSERT INTO kernel_setupstamp (stamp) VALUES (gen_random_uuid())", migrations.RunSQL.noop
        ),
    ]
