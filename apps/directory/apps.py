from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class DirectoryConfig(AppConfig):
    name = "apps.directory"
    verbose_name = _("Directory")

    def ready(self) -> None:
        from apps.directory.roles import grant_permissions

        # Comes after django.contrib.auth's own receiver, which makes the permissions.
        post_migrate.connect(grant_permissions, dispatch_uid="directory.grant_permissions")
