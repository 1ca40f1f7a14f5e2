"""Jobs of units."""

from membership.jobs import actions as jobs
from membership.units.actions import import_writing, imports
from membership.units.models import UnitImport


@jobs.register("units.check_import", on_failure=lambda import_id: imports.give_up_check(import_id))
def check_import(import_id, job):
    imports.check_import(UnitImport.objects.get(pk=import_id), job=job)


@jobs.register("units.write_import", on_failure=lambda import_id: import_writing.give_up_write(import_id))
def write_import(import_id, job):
    import_writing.write_import(UnitImport.objects.select_related("confirmed_by").get(pk=import_id), job=job)


@jobs.register("units.forget_imports", recurring=True)
def forget_imports():
    imports.forget_imports()
