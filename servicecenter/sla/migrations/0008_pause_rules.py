"""Reasons to pause become rows, with the limits that the program kept in its code until now."""

from __future__ import annotations

from typing import Any, ClassVar

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# reason, longest pause, consent of a supervisor beyond; days.
REPAIR = [("owner_absent", 7, 7), ("parts", 14, 14), ("third_party", 30, 30), ("owner_request", 30, 30)]


def add(apps: Any, schema_editor: Any) -> None:
    """The company's rules for repairs; what somebody decided already stays."""
    for reason, longest, consent_after in REPAIR:
        apps.get_model("sla", "PauseRule").objects.get_or_create(
            work="repair",
            community=None,
            reason=reason,
            defaults={"longest_days": longest, "consent_after_days": consent_after},
        )


class Migration(migrations.Migration):
    """Rules for pauses, and what is left to do of a changed promise."""

    dependencies: ClassVar = [
        ('accounts', '0001_initial'),
        ('sla', '0007_ladder_rungs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name='PauseRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('work', models.CharField(max_length=16, verbose_name='work')),
                ('reason', models.CharField(max_length=32, verbose_name='reason')),
                ('longest_days', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)], verbose_name='longest pause in days')),
                ('consent_after_days', models.PositiveSmallIntegerField(validators=[django.core.validators.MaxValueValidator(365)], verbose_name='a supervisor must agree beyond, in days altogether')),
                ('active', models.BooleanField(default=True, verbose_name='allowed')),
            ],
            options={
                'verbose_name': 'reason to pause',
                'verbose_name_plural': 'reasons to pause',
                'ordering': ['work', 'reason', 'community_id'],
            },
        ),
        migrations.CreateModel(
            name='Recount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('work', models.CharField(max_length=16)),
                ('stage', models.CharField(max_length=16)),
                ('asked_at', models.DateTimeField()),
                ('done_until', models.BigIntegerField(default=0)),
                ('applied', models.PositiveIntegerField(default=0)),
                ('finished_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'recount',
            },
        ),
        migrations.AddField(
            model_name='pause',
            name='consent_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='pause',
            index=models.Index(fields=['community', 'started_at'], name='pause_period'),
        ),
        migrations.AddField(
            model_name='pauserule',
            name='community',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.community', verbose_name='community'),
        ),
        migrations.AddField(
            model_name='recount',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='recount',
            name='community',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.community'),
        ),
        migrations.AddField(
            model_name='recount',
            name='policy',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sla.policy'),
        ),
        migrations.AddConstraint(
            model_name='pauserule',
            constraint=models.UniqueConstraint(fields=('work', 'community', 'reason'), name='pause_rule_once', nulls_distinct=False, violation_error_message='There is already a rule for this reason.'),
        ),
        migrations.AddConstraint(
            model_name='pauserule',
            constraint=models.CheckConstraint(condition=models.Q(('longest_days__gte', 1), ('longest_days__lte', 365), ('consent_after_days__lte', 365)), name='pause_rule_days', violation_error_message='A pause lasts between one day and one year.'),
        ),
        migrations.AddIndex(
            model_name='recount',
            index=models.Index(condition=models.Q(('finished_at', None)), fields=['id'], name='recount_unfinished'),
        ),
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
