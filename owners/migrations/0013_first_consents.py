"""The purposes that a service center usually has, and which people on record are children."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import migrations
from django.utils import timezone

from servicecenter.audit import vault

PURPOSES = [
    (
        "service",
        "contract",
        {
            "zh-hans": {
                "title": "物业服务",
                "text": "为您办理报修、入伙、门禁、缴费和紧急联系，我们使用您的姓名、电话、房号和证件信息。"
                "这是履行物业服务合同所必需的，无需另行同意。",
            },
            "zh-hant": {
                "title": "物業服務",
                "text": "為您辦理報修、入伙、門禁、繳費和緊急聯絡，我們使用您的姓名、電話、房號和證件資料。"
                "這是履行物業服務合同所必需的，無需另行同意。",
            },
            "en": {
                "title": "Property service",
                "text": "For repairs, move-in, access, payments and emergencies we use your name, phone number, home and "
                "papers. The service contract needs this, so we do not ask for consent.",
            },
        },
    ),
    (
        "sms",
        "consent",
        {
            "zh-hans": {
                "title": "短信问卷与邀请",
                "text": "除报修进度等服务通知外，我们还可以用短信请您参加满意度调查和业主会议。"
                "不同意不影响任何服务，您可随时撤回。",
            },
            "zh-hant": {
                "title": "簡訊問卷與邀請",
                "text": "除報修進度等服務通知外，我們還可以用簡訊請您參加滿意度調查和業主會議。"
                "不同意不影響任何服務，您可隨時撤回。",
            },
            "en": {
                "title": "Surveys and invitations by SMS",
                "text": "Beyond news about your service we may invite you by SMS to surveys and owners' meetings. "
                "Saying no changes nothing about the service; you can withdraw at any time.",
            },
        },
    ),
    (
        "photos",
        "consent",
        {
            "zh-hans": {
                "title": "照片用于培训",
                "text": "报修和验房照片在办结后，可去除个人信息用于员工培训和典型案例。"
                "不同意不影响任何服务，您可随时撤回。",
            },
            "zh-hant": {
                "title": "照片用於培訓",
                "text": "報修和驗房照片在辦結後，可去除個人資料用於員工培訓和典型案例。"
                "不同意不影響任何服務，您可隨時撤回。",
            },
            "en": {
                "title": "Photos for training",
                "text": "When the work is done, photos of repairs and inspections may be used without personal data to train "
                "colleagues. Saying no changes nothing about the service; you can withdraw at any time.",
            },
        },
    ),
    (
        "marketing",
        "consent",
        {
            "zh-hans": {
                "title": "社区活动与优惠",
                "text": "我们可以向您发送社区活动、团购和增值服务的消息。不同意不影响任何服务，您可随时撤回。",
            },
            "zh-hant": {
                "title": "社區活動與優惠",
                "text": "我們可以向您發送社區活動、團購和增值服務的消息。不同意不影響任何服務，您可隨時撤回。",
            },
            "en": {
                "title": "Activities and offers",
                "text": "We may send you news about activities, group offers and extra services. Saying no changes nothing "
                "about the service; you can withdraw at any time.",
            },
        },
    ),
]
OF_AGE = 14


def add(apps: Any, schema_editor: Any) -> None:
    """The usual purposes, in their first version."""
    Purpose, Version = apps.get_model("owners", "ConsentPurpose"), apps.get_model("owners", "ConsentVersion")
    for position, (code, basis, texts) in enumerate(PURPOSES, 1):
        purpose = Purpose.objects.create(code=code, basis=basis, position=position * 10)
        Version.objects.create(purpose=purpose, number=1, texts=texts, published_at=timezone.now())


def find_children(apps: Any, schema_editor: Any) -> None:
    """Whoever is younger than fourteen is marked, and has no login any more."""
    Person = apps.get_model("owners", "Person")
    today = timezone.localdate()
    rows = Person.objects.exclude(birthday_sealed="").order_by("id")
    for person in rows.only("id", "vault_id", "birthday_sealed").iterator():
        try:
            place = vault.place("owners_person", "birthday", person.vault_id)
            born = date.fromisoformat(vault.unseal(person.birthday_sealed, place))
        except (vault.VaultError, ValueError):
            continue
        age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        if age < OF_AGE:
            Person.objects.filter(pk=person.pk).update(is_minor=True, user=None)


class Migration(migrations.Migration):
    """Rows only."""

    dependencies: ClassVar = [("owners", "0012_consents_and_children")]
    operations: ClassVar = [
        migrations.RunPython(add, migrations.RunPython.noop),
        migrations.RunPython(find_children, migrations.RunPython.noop),
    ]
