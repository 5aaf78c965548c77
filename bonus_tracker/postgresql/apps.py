from django.apps import AppConfig


class PostgresqlConfig(AppConfig):
    name = "bonus_tracker.postgresql"
    label = "bonus_postgresql"

    def ready(self) -> None:
        from bonus_tracker.postgresql import checks  # noqa: F401  (registers itself)
