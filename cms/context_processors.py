"""What every template may ask about the association."""

from cms.models import AssociationSettings


def association(request):
    return {"association": AssociationSettings.current()}
