import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from servicecenter.lib.tenancy import anchor, same_community


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_drop_failures_of_codes'),
        ('surveys', '0007_campaigns'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='followup',
            name='call_back_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='followup',
            name='language',
            field=models.CharField(blank=True, db_default='', default='', max_length=8),
        ),
        migrations.CreateModel(
            name='CallReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('recording', models.CharField(blank=True, max_length=200, verbose_name='recording')),
                ('greeted', models.BooleanField(verbose_name='greeted, and said who calls and why')),
                ('asked_all', models.BooleanField(verbose_name='asked every question of the script')),
                ('polite', models.BooleanField(verbose_name='listened, was polite')),
                ('noted', models.BooleanField(verbose_name='what was written down is what was said')),
                ('note', models.TextField(blank=True, verbose_name='what the caller may do better')),
                ('attempt', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='review', to='surveys.attempt')),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.community')),
            ],
            options={
                'verbose_name': 'call that was listened to',
                'verbose_name_plural': 'calls that were listened to',
            },
        ),
        migrations.CreateModel(
            name='AfterCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('asked_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(null=True)),
                ('solved', models.BooleanField(null=True)),
                ('overall', models.PositiveSmallIntegerField(null=True)),
                ('comment', models.TextField(blank=True)),
                ('community', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.community')),
                ('follow_up', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='after_call', to='surveys.followup')),
            ],
            options={
                'verbose_name': 'three questions by message',
                'verbose_name_plural': 'three questions by message',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('comment', ''), ('overall', None), ('solved', None)), models.Q(('answered_at__isnull', False), ('digest', ''), ('overall__range', (1, 10)), ('solved__isnull', False)), _connector='OR'), name='after_call_whole'), models.UniqueConstraint(condition=models.Q(('digest', ''), _negated=True), fields=('digest',), name='after_call_digest')],
            },
        ),
        anchor("surveys_attempt"),
        same_community("surveys_callreview", "attempt_id", "surveys_attempt"),
        same_community("surveys_aftercall", "follow_up_id", "surveys_followup"),
    ]
