"""Audiences may name types of units and provinces."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cms', '0003_search_text'),
        ('units', '0008_qualification_categories'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='audiencerule',
            name='audience_rule_names_its_kind',
        ),
        migrations.AddField(
            model_name='audiencerule',
            name='value',
            field=models.CharField(blank=True, choices=[('owner', 'Construction client (property development)'), ('contractor', 'Contractor'), ('supervision', 'Supervision'), ('testing', 'Testing'), ('appraisal', 'Appraisal'), ('survey', 'Survey'), ('design', 'Design'), ('cost', 'Cost consulting'), ('materials', 'Ready-mixed concrete, materials and equipment'), ('school', 'School'), ('research', 'Research institute'), ('society', 'Social organisation'), ('other', 'Other'), ('11', 'Beijing'), ('12', 'Tianjin'), ('13', 'Hebei'), ('14', 'Shanxi'), ('15', 'Inner Mongolia'), ('21', 'Liaoning'), ('22', 'Jilin'), ('23', 'Heilongjiang'), ('31', 'Shanghai'), ('32', 'Jiangsu'), ('33', 'Zhejiang'), ('34', 'Anhui'), ('35', 'Fujian'), ('36', 'Jiangxi'), ('37', 'Shandong'), ('41', 'Henan'), ('42', 'Hubei'), ('43', 'Hunan'), ('44', 'Guangdong'), ('45', 'Guangxi'), ('46', 'Hainan'), ('50', 'Chongqing'), ('51', 'Sichuan'), ('52', 'Guizhou'), ('53', 'Yunnan'), ('54', 'Tibet'), ('61', 'Shaanxi'), ('62', 'Gansu'), ('63', 'Qinghai'), ('64', 'Ningxia'), ('65', 'Xinjiang'), ('71', 'Taiwan'), ('81', 'Hong Kong'), ('82', 'Macao')], max_length=16, verbose_name='type or province'),
        ),
        migrations.AlterField(
            model_name='audiencerule',
            name='kind',
            field=models.CharField(choices=[('all', 'All members'), ('body', 'Members of a body'), ('level', 'Members at a level'), ('type', 'Units of a type'), ('province', 'Units of a province'), ('unit', 'Named units'), ('exclude', 'Except these units')], max_length=8, verbose_name='kind'),
        ),
        migrations.AddConstraint(
            model_name='audiencerule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('body', None), ('kind', 'all'), ('level', None), ('unit', None), ('value', '')), models.Q(('body__isnull', False), ('kind', 'body'), ('level', None), ('unit', None), ('value', '')), models.Q(('body', None), ('kind', 'level'), ('level__isnull', False), ('unit', None), ('value', '')), models.Q(('body', None), ('kind__in', ['type', 'province']), ('level', None), ('unit', None), models.Q(('value', ''), _negated=True)), models.Q(('body', None), ('kind__in', ['unit', 'exclude']), ('level', None), ('unit__isnull', False), ('value', '')), _connector='OR'), name='audience_rule_names_its_kind'),
        ),
    ]
