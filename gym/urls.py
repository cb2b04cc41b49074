"""The doors of the house."""

from allauth.account.decorators import reauthentication_required, secure_admin_login
from allauth.account.views import password_set
from django.contrib import admin
from django.urls import include, path

from gym import views
from gym.views import account, claiming

handler500 = "gym.middleware.server_error"

# The operator signs in by the same door as everybody, with its limit on tries.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

# Pages of allauth that are closed: with addresses taken on a gym's word, a second one could capture
# somebody else's sign-in (gym/models/addresses.py changes the one there is). The names stay, because allauth's own
# pages ask for them.
closed = [
    path("email/", views.closed, name="account_email"),
    path("confirm-email/", views.closed, name="account_email_verification_sent"),
    path("confirm-email/<str:key>/", views.closed, name="account_confirm_email"),
    # Recovery codes are shown once, to be printed or written down.
    path("2fa/recovery-codes/download/", views.closed, name="mfa_download_recovery_codes"),
]

urlpatterns = [
    path("", views.home, name="home"),
    path("health/", views.health, name="health"),
    path("health/mail/", views.health_of_mail, name="health_of_mail"),
    path("mail/<str:switch>/", views.mail_switch, name="mail_switch"),
    path("sw.js", views.worker, name="worker"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("no-connection/", views.no_connection, name="no_connection"),
    path("account/secret/", views.secret, name="secret"),
    path("account/", account.account, name="account"),
    path("account/is-it-you/", account.is_it_you, name="is_it_you"),
    # Whoever signs in by code alone is asked for one first: a password would be as good as the address ever after.
    path("account/password/set/", reauthentication_required(password_set), name="account_set_password"),
    path("account/address/", account.address, name="change_address"),
    path("account/address/confirm/<str:token>/", account.confirm_address, name="confirm_address"),
    path("account/address/stop/<str:token>/", account.stop_address, name="stop_address"),
    path("account/sessions/", account.sessions, name="usersessions_list"),
    path("account/", include([*closed, path("", include("allauth.urls"))])),
    # The admin's way to a row's page outside it: no row has one, and a made-up address ends there as a 500.
    path("admin/r/<path:key>/", views.closed),
    path("admin/", admin.site.urls),
    path("gym/<slug:gym_slug>/invitation/<str:invited>/", claiming.invitation, name="invitation"),
    path("gym/<slug:gym_slug>/", include("programming.urls")),
]
