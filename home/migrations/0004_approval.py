"""Wagtail's first workflow asks a group that this house does not have: here the secretary-general approves."""

from django.db import migrations


def create(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    Workflow = apps.get_model("wagtailcore", "Workflow")
    GroupApprovalTask = apps.get_model("wagtailcore", "GroupApprovalTask")
    Workflow.objects.filter(name="Moderators approval").update(name="秘书长审批")
    for task in GroupApprovalTask.objects.filter(name="Moderators approval"):
        task.name = "秘书长审批"
        task.save()
        task.groups.set(Group.objects.filter(name="秘书长"))


class Migration(migrations.Migration):
    dependencies = [("home", "0003_site")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
