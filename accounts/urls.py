"""Addresses of one's account, team and company; log-in and its kin are allauth's."""

from django.urls import path

from accounts.views import company, company_keys, invitations, mails, new_company, profile, signup, team

app_name = "accounts"
urlpatterns = [
    path("account/", profile.profile, name="profile"),
    path("account/signup/", signup.SignUpView.as_view(), name="sign_up"),  # stands before allauth's own, same address
    path("account/invitations/<int:pk>/accept/", invitations.accept_waiting, name="accept_invitation"),
    path("account/invitations/<int:pk>/decline/", invitations.decline, name="decline_invitation"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("my/mails/", mails.mails, name="mails"),
    path("my/company/", company.my_company, name="my_company"),
    path("my/company/new/", new_company.new_company, name="new_company"),
    path("my/company/keys/", company_keys.keys, name="keys"),
    path("my/company/keys/new/", company_keys.new_key, name="new_key"),
    path("my/company/keys/<int:pk>/usage/", company_keys.usage, name="key_usage"),
    path("my/company/keys/<int:pk>/renew/", company_keys.renew, name="renew_key"),
    path("my/company/keys/<int:pk>/revoke/", company_keys.revoke, name="revoke_key"),
    path("my/company/team/", team.team, name="team"),
    path("my/company/team/invite/", invitations.invite, name="invite"),
    path("my/company/team/<int:pk>/role/", team.change_role, name="change_role"),
    path("my/company/team/<int:pk>/remove/", team.remove, name="remove"),
    path("my/company/invitations/<int:pk>/withdraw/", invitations.withdraw, name="withdraw_invitation"),
    path("my/companies/switch/", new_company.switch, name="switch"),
]
