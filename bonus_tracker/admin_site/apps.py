from django.contrib.admin.apps import AdminConfig


class RolesAdminConfig(AdminConfig):
    default_site = "bonus_tracker.admin_site.site.RolesAdminSite"

    def ready(self) -> None:
        super().ready()
        from bonus_tracker.admin_site import schedules

        schedules.replace_registrations()
