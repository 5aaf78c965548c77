from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ActivityConfig(AppConfig):
    name = "apps.activity"
    verbose_name = _("Activity")

    def ready(self) -> None:
        from apps.activity.corrections import first_day, follow
        from apps.activity.cuts import whole_from
        from apps.activity.gate import close_gate
        from apps.directory import corrections

        corrections.before_correction(close_gate)
        corrections.after_correction(follow)
        corrections.traffic_since(first_day)
        corrections.traffic_kept_from(whole_from)
