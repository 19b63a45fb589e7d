"""Rungs as rows, acknowledgements, and clocks whose instant itself was promised."""

from datetime import UTC, datetime
from decimal import Decimal

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


LADDER = [{"after": 0, "to": "supervisor"}, {"after": 0.25, "to": "manager"}]


def from_json(apps, schema_editor):
    """Each ladder becomes rows, present and replaced ones alike; promises to callers get the usual one."""
    Policy, Rung = apps.get_model("sla", "Policy"), apps.get_model("sla", "Rung")
    Policy.objects.create(
        work="promise",
        stage="keep",
        target_seconds=None,
        clock="always",
        escalate=LADDER,
        since=datetime(2020, 1, 1, tzinfo=UTC),
    )
    for policy in Policy.objects.all().iterator():
        last = Decimal(-1)
        position = 0
        for rung in policy.escalate:
            after = round(Decimal(str(rung["after"])), 4)
            if after <= last:
                continue
            Rung.objects.create(policy=policy, position=position, after=after, to=rung["to"])
            last, position = after, position + 1


def to_json(apps, schema_editor):
    """The ladders as they were, without their channels."""
    Policy = apps.get_model("sla", "Policy")
    Policy.objects.filter(work="promise").delete()
    for policy in Policy.objects.all().iterator():
        policy.escalate = [{"after": float(rung.after), "to": rung.to} for rung in policy.rungs.order_by("position")]
        policy.save(update_fields=["escalate"])


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('sla', '0006_agreed_since'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='clock',
            name='fixed_due_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='timer',
            name='channel',
            field=models.CharField(blank=True, max_length=8),
        ),
        migrations.AlterField(
            model_name='clock',
            name='stage',
            field=models.CharField(choices=[('respond', 'Response'), ('arrive', 'Arrival'), ('secure', 'Made safe'), ('complete', 'Completion'), ('call', 'Follow-up call'), ('propose', 'Solution proposed'), ('close', 'Case closed'), ('review', 'Application reviewed'), ('refund', 'Deposit refunded'), ('keep', 'Keeping a promise')], max_length=16),
        ),
        migrations.AlterField(
            model_name='policy',
            name='stage',
            field=models.CharField(choices=[('respond', 'Response'), ('arrive', 'Arrival'), ('secure', 'Made safe'), ('complete', 'Completion'), ('call', 'Follow-up call'), ('propose', 'Solution proposed'), ('close', 'Case closed'), ('review', 'Application reviewed'), ('refund', 'Deposit refunded'), ('keep', 'Keeping a promise')], max_length=16, verbose_name='stage'),
        ),
        migrations.AlterField(
            model_name='policy',
            name='work',
            field=models.CharField(choices=[('repair', 'Repair'), ('follow_up', 'Follow-up call'), ('complaint', 'Complaint'), ('inquiry', 'Inquiry'), ('permit', 'Decoration permit'), ('refund', 'Deposit refund'), ('incident', 'Incident'), ('promise', 'Promise to a caller')], max_length=16, verbose_name='work'),
        ),
        migrations.CreateModel(
            name='Acknowledgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('deadline', models.DateTimeField()),
                ('at', models.DateTimeField()),
                ('note', models.CharField(blank=True, max_length=200)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('clock', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acknowledgements', to='sla.clock')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.community')),
            ],
            options={
                'verbose_name': 'acknowledgement',
                'verbose_name_plural': 'acknowledgements',
                'ordering': ['at', 'id'],
                'constraints': [models.UniqueConstraint(fields=('clock', 'deadline'), name='acknowledgement_once'), models.CheckConstraint(condition=models.Q(('at__gt', models.F('deadline'))), name='acknowledgement_after_deadline')],
            },
        ),
        migrations.CreateModel(
            name='Rung',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('after', models.DecimalField(decimal_places=4, max_digits=6)),
                ('to', models.CharField(choices=[('worker', 'Whoever has the case'), ('agent', 'Customer service agent'), ('duty', 'The person on duty'), ('supervisor', 'Customer service supervisor'), ('manager', 'Manager'), ('admin', 'System administrator')], max_length=12)),
                ('channel', models.CharField(blank=True, choices=[('', 'In the app only'), ('sms', 'Text message'), ('email', 'E-mail'), ('group', 'Work group')], max_length=8)),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rungs', to='sla.policy')),
            ],
            options={
                'verbose_name': 'rung',
                'verbose_name_plural': 'rungs',
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('policy', 'position'), name='rung_position_once'), models.CheckConstraint(condition=models.Q(models.Q(('after', 0), ('position', 0)), models.Q(('after__gt', 0), ('after__lte', Decimal('10')), ('position__gt', 0)), _connector='OR'), name='rung_first_at_the_deadline', violation_error_message='A ladder begins at the deadline.'), models.CheckConstraint(condition=models.Q(('to__in', ['worker', 'agent', 'duty', 'supervisor', 'manager', 'admin'])), name='rung_told_known'), models.CheckConstraint(condition=models.Q(('channel__in', ['', 'sms', 'email', 'group'])), name='rung_way_known')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rung',
            trigger=pgtrigger.compiler.Trigger(name='rung_climbs', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF EXISTS (SELECT 1 FROM sla_rung r WHERE r.policy_id = NEW.policy_id AND r.id <> NEW.id\n                        AND (r.position < NEW.position) <> (r.after < NEW.after)) THEN\n                        RAISE EXCEPTION 'the ladder of policy % goes backwards', NEW.policy_id\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='1aa8b86a96b55aaa25f8fded25f0f52be7e5ba14', operation='INSERT OR UPDATE', pgid='pgtrigger_rung_climbs_5f91d', table='sla_rung', when='AFTER')),
        ),
        migrations.RunPython(from_json, to_json),
        # The new rows wait for their foreign keys; a table with such rows cannot be altered.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RemoveField(
            model_name='policy',
            name='escalate',
        ),
    ]
