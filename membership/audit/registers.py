"""What registers of the staff area that are only read have in common, whatever they list."""

from wagtail_modeladmin.helpers import PermissionHelper


class ReadOnly(PermissionHelper):
    """Nobody writes in the register; who may see it, its own helper says by `user_can_list`."""

    def user_can_inspect_obj(self, user, obj):
        return self.inspect_view_enabled and self.user_can_list(user)

    def user_can_create(self, user):
        return False

    def user_can_edit_obj(self, user, obj):
        return False

    def user_can_delete_obj(self, user, obj):
        return False
