from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path
from django.views.i18n import set_language

from apps.leaderboard.password import OwnPassword

urlpatterns = [
    path("admin/", admin.site.urls),
    path("console/", include("apps.console.urls")),
    path("sign-in/", LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("sign-out/", LogoutView.as_view(), name="logout"),
    path("password/", OwnPassword.as_view(), name="own-password"),
    path("language/", set_language, name="set_language"),
    path("", include("apps.leaderboard.urls")),
]
