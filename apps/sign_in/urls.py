"""Every address of signing in. Of django-allauth's own only these views are there, under the names it looks for."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from apps.leaderboard.password import OwnPassword
from apps.sign_in import second_factor, views

urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="login"),
    path("sign-in/", views.SignIn.as_view(), name="account_login"),
    path("sign-in/code/", second_factor.EnterCode.as_view(), name="mfa_authenticate"),
    path("sign-in/again/", views.again, name="sign-in-again"),
    path("sign-in/company/", views.to_provider, name="company_login"),
    path("sign-in/company/callback/", views.from_provider, name="company_callback"),
    path("sign-out/", LogoutView.as_view(), name="logout"),
    path("password/", OwnPassword.as_view(), name="own-password"),
    path("second-factor/", second_factor.overview, name="mfa_index"),
    path("second-factor/needed/", second_factor.needed, name="second-factor-needed"),
    path("second-factor/set-up/", second_factor.SetUp.as_view(), name="mfa_activate_totp"),
    path("second-factor/codes/", second_factor.Codes.as_view(), name="mfa_view_recovery_codes"),
    path("second-factor/codes/new/", second_factor.NewCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("second-factor/remove/", second_factor.Remove.as_view(), name="mfa_deactivate_totp"),
]
