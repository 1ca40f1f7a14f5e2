"""资质类别 to begin with: groups, names and grades after the national standards; the office may change them."""

from django.db import migrations

FOUR, THREE, TWO, NONE = "特级、一级、二级、三级", "一级、二级、三级", "一级、二级", ""
ABC, AB = "甲级、乙级、丙级", "甲级、乙级"
# (group, names parted by blanks, grades)
CATEGORIES = [
    ("施工总承包", "建筑工程 公路工程 铁路工程 港口与航道工程 水利水电工程 电力工程 矿山工程 冶金工程 石油化工工程 市政公用工程", FOUR),
    ("施工总承包", "通信工程 机电工程", THREE),
    ("专业承包", "地基基础工程 起重设备安装工程 桥梁工程 隧道工程 钢结构工程 建筑机电安装工程 古建筑工程 城市及道路照明工程 "
     "公路路面工程 公路路基工程 铁路电务工程 铁路电气化工程 港口与海岸工程 航道工程 通航建筑物工程 水工金属结构制作与安装工程 "
     "水利水电机电安装工程 河湖整治工程 输变电工程 环保工程", THREE),
    ("专业承包", "电子与智能化工程 消防设施工程 防水防腐保温工程 建筑装修装饰工程 建筑幕墙工程 公路交通工程（安全设施） "
     "公路交通工程（机电） 铁路铺轨架梁工程 机场场道工程 民航空管及机场弱电系统工程 机场目视助航工程 "
     "港航设备安装及水上交管工程 核工程 海洋石油工程", TWO),
    ("专业承包", "预拌混凝土 模板脚手架 特种工程", NONE),
    ("施工劳务", "施工劳务", NONE),
    ("工程监理", "综合资质", NONE),
    ("工程监理", "房屋建筑工程 市政公用工程 公路工程 水利水电工程 机电安装工程 电力工程 农林工程 铁路工程 冶炼工程 矿山工程 "
     "化工石油工程 港口与航道工程 航天航空工程 通信工程", ABC),
    ("工程监理", "事务所资质", NONE),
    ("建设工程质量检测", "综合资质 建筑材料及构配件 主体结构及装饰装修 钢结构 地基基础 建筑节能 建筑幕墙 市政工程材料 道路工程 "
     "桥梁及地下工程", NONE),
    ("工程勘察", "综合资质", "甲级"),
    ("工程勘察", "岩土工程 岩土工程设计 岩土工程物探测试检测监测 水文地质勘察 工程测量", ABC),
    ("工程勘察", "工程钻探（劳务） 凿井（劳务）", NONE),
    ("工程设计", "综合资质", "甲级"),
    ("工程设计", "建筑行业 市政行业 水利行业 电力行业 公路行业 煤炭行业 化工石化医药行业 石油天然气行业 冶金行业 军工行业 机械行业 "
     "商物粮行业 核工业行业 电子通信广电行业 轻纺行业 建材行业 铁道行业 水运行业 民航行业 农林行业 海洋行业", ABC),
    ("工程设计", "建筑装饰专项 建筑幕墙专项 轻型钢结构专项 建筑智能化专项 照明专项 消防设施专项 风景园林专项 环境工程专项", AB),
    ("许可及其他", "安全生产许可证 检验检测机构资质认定（CMA） 房屋安全鉴定机构备案 承装（修、试）电力设施许可 特种设备许可 "
     "工程造价咨询（信用）", NONE),
]  # fmt: skip


def create(apps, schema_editor):
    Category = apps.get_model("units", "QualificationCategory")
    order = 0
    for group, names, grades in CATEGORIES:
        for name in names.split():
            order += 10
            Category.objects.get_or_create(group=group, name=name, defaults={"grades": grades, "sort_order": order})


class Migration(migrations.Migration):
    dependencies = [("units", "0007_dates_of_members")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
