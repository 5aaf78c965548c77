from django.apps import AppConfig, apps


class SignInConfig(AppConfig):
    name = "apps.sign_in"

    def ready(self) -> None:
        from django.contrib import admin

        from apps.sign_in import second_factor_log  # noqa: F401 (listens)

        for config in ("account", "mfa", "socialaccount"):  # secrets and addresses have no page there
            for model in apps.get_app_config(config).get_models():
                if admin.site.is_registered(model):
                    admin.site.unregister(model)
