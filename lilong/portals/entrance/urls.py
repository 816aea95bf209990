"""The addresses of the entrance."""

from __future__ import annotations

from django.urls import path

from lilong.portals.entrance.account.page import account
from lilong.portals.entrance.enrol.page import enrol, qr
from lilong.portals.entrance.home.page import home
from lilong.portals.entrance.password.page import password
from lilong.portals.entrance.prefer.page import prefer
from lilong.portals.entrance.second_factor.page import second_factor
from lilong.portals.entrance.sign_in.page import sign_in, sign_out
from lilong.portals.entrance.task_link.page import task_link

urlpatterns = [
    path("", home, name="home"),
    path("sign-in", sign_in, name="sign_in"),
    path("sign-in/second-factor", second_factor, name="sign_in_second_factor"),
    path("sign-out", sign_out, name="sign_out"),
    path("account", account, name="account"),
    path("account/password", password, name="account_password"),
    path("account/second-factor", enrol, name="account_second_factor"),
    path("account/second-factor/qr.svg", qr, name="account_second_factor_qr"),
    path("case/<str:token>", task_link, name="task_link"),
    path("prefer", prefer, name="prefer"),
]
