"""What another key or index says as well goes: a roll of 60 000 rows checked 600 000 references at its end, half of them
twice, and every new row stood in indexes that nothing reads.

The key to a row of the same community (`same_community`) implies the key to that row, and that the community exists. An
index that begins with the same column serves for the shorter one; only that of the communities of people stays, for the
search box reads it. Django's models go on to say what holds.
"""

from collections.abc import Iterator

from django.db import migrations

KEYS = {
    "owners_unit": {"building_id": "454e8695_fk_owners_building_id"},
    "owners_occupancy": {"person_id": "0c3386d8_fk_owners_person_id", "unit_id": "e520ede1_fk_owners_unit_id"},
    "owners_vehicle": {"person_id": "5e25b237_fk_owners_person_id"},
}
COMMUNITIES = {"owners_unit": "2029d684", "owners_occupancy": "142ba320", "owners_vehicle": "d5dfca15"}
INDEXES = {
    "owners_occupancy_person_id_0c3386d8": ("owners_occupancy", "person_id"),
    "owners_vehicle_community_id_d5dfca15": ("owners_vehicle", "community_id"),
    "owners_vehicle_person_id_5e25b237": ("owners_vehicle", "person_id"),
    "owners_unit_community_id_2029d684": ("owners_unit", "community_id"),
}


def _keys() -> Iterator[tuple[str, str, str, str]]:
    for table, columns in KEYS.items():
        for column, rest in columns.items():
            target = rest.partition("_fk_")[2].removesuffix("_id")
            yield table, column, f"{table}_{column}_{rest}", target
    for table, mark in COMMUNITIES.items():
        yield table, "community_id", f"{table}_community_id_{mark}_fk_accounts_community_id", "accounts_community"


class Migration(migrations.Migration):
    dependencies = [("owners", "0014_called_off_times")]

    operations = [
        *(
            migrations.RunSQL(
                f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}",
                f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}) REFERENCES {target} (id) "
                "DEFERRABLE INITIALLY DEFERRED",
            )
            for table, column, name, target in _keys()
        ),
        *(
            migrations.RunSQL(f"DROP INDEX IF EXISTS {name}", f"CREATE INDEX {name} ON {table} ({column})")
            for name, (table, column) in INDEXES.items()
        ),
    ]
