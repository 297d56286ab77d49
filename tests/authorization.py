"""The authorization matrix: every address × method × role → what the answer is.

Words: 200 403 404 405 410 are the statuses; `login` sends to the log-in page, `join` to making or joining a company,
`ok` sends on after work was done (or was already done). One word for all roles, or one a role, in this order:

    visitor  stranger  viewer  editor  owner  moderator  suspended

The stranger owns another company; viewer, editor and owner belong to the company in question; the moderator is staff
without a company and without a second factor; the suspended person still holds an old session.
"""

PUBLIC = {"GET": "200", "POST": "405"}
ASKS_MEMBER = {"GET": "login 200 200 200 200 200 login"}
POST_ONLY = {"GET": "405"}

MATRIX: dict[str, dict[str, str]] = {
    # --- pages for everyone
    "marketplace:home": PUBLIC,
    "marketplace:about": PUBLIC,
    "marketplace:help": PUBLIC,
    "marketplace:robots": PUBLIC,
    "marketplace:leaving": {"GET": "400", "POST": "405"},  # without a signed link
    "marketplace:media": {"GET": "404", "POST": "405"},
    "health_live": PUBLIC,
    "health_ready": PUBLIC,
    "api:root": PUBLIC,
    "api:schema": PUBLIC,
    "api:manual": PUBLIC,
    "api:manual_reference": PUBLIC,
    "api:manual_problems": PUBLIC,
    "api:manual_mirror": PUBLIC,
    "api_unknown": {"GET": "404", "POST": "404"},
    # --- the API, without a key; with keys see KEYS
    **{
        f"api:{name}": {"GET": "401", "POST": "401"}
        for name in (
            *("leads", "lead", "companies", "company", "categories", "category", "countries", "country"),
            *("contacts", "contact", "contact_claim", "changes", "export", "removals"),
            *("removal_objects", "removal_receipt", "contract_end", "contract_end_receipt"),
            *("own_leads", "own_lead", "own_lead_step"),
            *("webhooks", "webhook", "webhook_secret", "webhook_ping"),
            *("webhook_deliveries", "webhook_delivery", "webhook_replay"),
        )
    },
    "metrics": {"GET": "404", "POST": "405"},  # without the token
    "privacy:terms": PUBLIC,
    "privacy:policy": PUBLIC,
    "privacy:cookies": PUBLIC,
    "privacy:centre": PUBLIC,
    "privacy:refusals": PUBLIC,
    # --- consents and cookies
    "privacy:cookie_settings": {"GET": "200", "POST": "200"},  # an empty form comes back with its errors
    "privacy:cookie_answer": PUBLIC,
    "privacy:theme": POST_ONLY | {"POST": "ok"},
    "privacy:gpc": PUBLIC,
    "privacy:consents": ASKS_MEMBER | {"POST": "login ok ok ok ok ok login"},
    "privacy:consent_history": ASKS_MEMBER | {"POST": "405"},
    "privacy:consent_receipt": ASKS_MEMBER | {"POST": "405"},
    "privacy:policy_changes": PUBLIC,
    "privacy:removal": {"GET": "200", "POST": "200"},  # an empty form comes back with its errors
    "privacy:prove_removal": {"GET": "404", "POST": "404"},  # with a token that nobody was sent
    "privacy:promises": PUBLIC,
    "directory:companies": PUBLIC,
    "directory:company": PUBLIC,
    "directory:categories": PUBLIC,
    "directory:category": PUBLIC,
    "directory:hs": PUBLIC,
    "directory:hs_suggest": PUBLIC,
    "offerboard:board": PUBLIC,
    "offerboard:lead": PUBLIC,
    "offerboard:feed": PUBLIC,
    "offerboard:category_feed": PUBLIC,
    "offerboard:countries": PUBLIC,
    "offerboard:country": PUBLIC,
    "offerboard:partner_page": PUBLIC,
    "offerboard:partner_feed": PUBLIC,
    "offerboard:sitemap": PUBLIC,
    "offerboard:sitemap_pages": PUBLIC,
    "offerboard:sitemap_categories": {"GET": "404", "POST": "405"},  # nothing was counted yet
    "offerboard:sitemap_countries": {"GET": "404", "POST": "405"},
    "offerboard:sitemap_companies": PUBLIC,
    "offerboard:sitemap_leads": PUBLIC,
    "moderation:report": {"GET": "200", "POST": "200"},  # an empty form comes back with its errors
    "partners:partners": {"GET": "200", "POST": "200"},  # an empty form comes back with its errors
    "partners:services": ASKS_MEMBER | {"POST": "405"},
    "partners:service": ASKS_MEMBER | {"POST": "405"},
    "partners:answer_service": {"GET": "login ok ok ok ok ok login", "POST": "login ok ok ok ok ok login"},
    "moderation:contact": {"GET": "200", "POST": "200"},
    "mailings:subscribe": {"GET": "200", "POST": "200"},  # an empty form comes back with its errors
    "mailings:confirm": {"GET": "200", "POST": "200"},  # whoever holds the link of a mail
    "mailings:unsubscribe": {"GET": "200", "POST": "200"},
    "mailings:archive": PUBLIC,
    "mailings:archived": PUBLIC,
    "mailings:returned": POST_ONLY | {"POST": "403"},  # without a signature
    # --- leads
    "offerboard:new": {
        "GET": "login 200 403 200 200 join login",
        "POST": "login 200 403 200 200 join login",
    },
    "offerboard:edit": {
        "GET": "login 404 403 200 200 join login",
        "POST": "login 404 403 200 200 join login",
    },
    "offerboard:preview": {"GET": "login 404 200 200 200 join login", "POST": "405"},
    "offerboard:publish": POST_ONLY | {"POST": "login 404 403 ok ok join login"},
    "offerboard:copy": POST_ONLY | {"POST": "login 404 403 ok ok join login"},
    "offerboard:document": {"GET": "404 404 200 200 200 404 404", "POST": "405"},  # of a lead that is not public
    "offerboard:pause": POST_ONLY | {"POST": "login 404 403 ok ok join login"},
    "offerboard:resume": POST_ONLY | {"POST": "login 404 403 ok ok join login"},
    "offerboard:close": POST_ONLY | {"POST": "login 404 403 ok ok join login"},
    "offerboard:renew": {
        "GET": "login 404 403 200 200 join login",
        "POST": "login 404 403 ok ok join login",
    },
    "offerboard:my_leads": {"GET": "login 200 200 200 200 join login", "POST": "405"},
    # --- leads from files
    "offerboard:export": {"GET": "login 200 200 200 200 join login", "POST": "405"},
    "offerboard:imports": {
        "GET": "login 200 403 200 200 join login",
        "POST": "login 200 403 200 200 join login",  # without a file the form comes back
    },
    "offerboard:import_template": {"GET": "login 200 403 200 200 join login", "POST": "405"},
    "offerboard:import": {"GET": "login 404 403 200 200 join login", "POST": "405"},
    "offerboard:import_refused": {"GET": "login 404 403 200 200 join login", "POST": "405"},
    "offerboard:import_columns": {
        "GET": "login 404 403 200 200 join login",
        "POST": "login 404 403 200 200 join login",
    },
    "offerboard:import_check": {"GET": "login 404 403 200 200 join login", "POST": "405"},
    "offerboard:import_start": POST_ONLY | {"POST": "login 404 403 ok ok join login"},
    "offerboard:import_stop": POST_ONLY | {"POST": "login 404 403 ok ok join login"},  # it has ended: nothing changes
    # The owner comes after the editor, who has discarded it.
    "offerboard:import_discard": POST_ONLY | {"POST": "login 404 403 ok 404 join login"},
    # --- inquiries
    "offerboard:inquire": {
        "GET": "login 200 403 403 403 join login",  # nobody asks the own company
        "POST": "login 200 403 403 403 join login",
    },
    "offerboard:inquire_company": {
        "GET": "login 200 403 403 403 join login",
        "POST": "login 200 403 403 403 join login",
    },
    "offerboard:inquiries": {"GET": "login 200 200 200 200 join login", "POST": "405"},
    "offerboard:thread": {
        "GET": "login 404 200 200 200 join login",
        "POST": "login 404 403 200 200 join login",
    },
    "offerboard:block": POST_ONLY | {"POST": "login 404 403 ok ok join login"},
    "offerboard:unblock": POST_ONLY | {"POST": "login 404 403 ok ok join login"},
    # --- what a member keeps for themselves: no company is needed, nobody else finds it
    "offerboard:watch": {"GET": "login ok ok ok ok ok login", "POST": "login ok ok ok ok ok login"},
    "offerboard:watch_company": {"GET": "login ok ok ok ok ok login", "POST": "login ok ok ok ok ok login"},
    "offerboard:watching": ASKS_MEMBER | {"POST": "405"},
    "offerboard:remove_favourite": POST_ONLY | {"POST": "login 404 404 404 ok 404 login"},
    "offerboard:searches": ASKS_MEMBER | {"POST": "405"},
    "offerboard:save_search": ASKS_MEMBER | {"POST": "login ok ok ok ok ok login"},
    "offerboard:finds": {"GET": "login 404 404 404 ok 404 login", "POST": "405"},
    "offerboard:rename_search": POST_ONLY | {"POST": "login 404 404 404 ok 404 login"},
    "offerboard:search_mails": POST_ONLY | {"POST": "login 404 404 404 ok 404 login"},
    "offerboard:delete_search": POST_ONLY | {"POST": "login 404 404 404 ok 404 login"},
    "offerboard:stop_search": {"GET": "200", "POST": "200"},  # whoever holds the link of a mail
    "offerboard:stop_searches": {"GET": "200", "POST": "200"},
    "offerboard:stop_suggestions": {"GET": "200", "POST": "200"},
    # --- one's own data; what is somebody else's is not found
    "privacy:download": ASKS_MEMBER | {"POST": "405"},
    "privacy:ask_for_export": POST_ONLY | {"POST": "login ok ok ok ok ok login"},
    # This world's people have no passwords that could be asked for; tests/privacy/test_export_job.py asks.
    "privacy:fetch_export": {"GET": "login 404 404 404 404 404 login", "POST": "405"},
    "privacy:correct": ASKS_MEMBER | {"POST": "login 200 200 200 200 200 login"},
    "privacy:stay": POST_ONLY | {"POST": "login ok ok ok ok ok login"},
    "privacy:leaving_confirm": {"GET": "410", "POST": "410"},
    "privacy:delete": ASKS_MEMBER | {"POST": "login 200 200 200 200 200 login"},
    # --- privacy centre: everybody's own
    "privacy:data": ASKS_MEMBER | {"POST": "405"},
    "privacy:received": ASKS_MEMBER | {"POST": "405"},
    # --- account, company, team
    "accounts:profile": ASKS_MEMBER | {"POST": "login 200 200 200 200 200 login"},
    "accounts:mails": ASKS_MEMBER | {"POST": "login ok ok ok ok ok login"},  # what is not sent stays as it is
    "accounts:my_company": {
        "GET": "login 200 200 200 200 join login",
        "POST": "login 200 403 200 200 join login",
    },
    "accounts:new_company": ASKS_MEMBER | {"POST": "login 200 200 200 200 200 login"},
    "accounts:keys": {"GET": "login 200 200 200 200 join login", "POST": "405"},
    "accounts:new_key": {
        "GET": "login 200 403 403 200 join login",
        "POST": "login 200 403 403 200 join login",  # an empty form comes back with its errors
    },
    "accounts:key_usage": {"GET": "login 404 200 200 200 join login", "POST": "405"},
    "accounts:renew_key": {
        "GET": "login 404 403 403 200 join login",
        "POST": "login 404 403 403 200 join login",
    },
    "accounts:revoke_key": {
        "GET": "login 404 403 403 200 join login",
        "POST": "login 404 403 403 ok join login",
    },
    "accounts:team": {"GET": "login 200 200 200 200 join login", "POST": "405"},
    "accounts:invite": POST_ONLY | {"POST": "login 200 403 403 200 join login"},
    "accounts:change_role": POST_ONLY | {"POST": "login 404 403 403 ok join login"},
    "accounts:remove": POST_ONLY | {"POST": "login 404 403 403 ok join login"},
    "accounts:withdraw_invitation": POST_ONLY | {"POST": "login 404 403 403 ok join login"},
    "accounts:switch": POST_ONLY | {"POST": "login 404 404 404 404 404 login"},  # to no company at all
    "accounts:accept_invitation": POST_ONLY | {"POST": "login 404 404 404 404 404 login"},  # somebody else's
    "accounts:decline_invitation": POST_ONLY | {"POST": "login 404 404 404 404 404 login"},
    "accounts:invitation": {"GET": "404", "POST": "404"},  # with a token that nobody was sent
}
# Addresses of libraries; each is open to everyone, or asks for a log-in.
OPEN = {
    "accounts:sign_up",
    "account_confirm_email",
    "account_confirm_login_code",
    "account_email_verification_sent",
    "account_inactive",
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_signup",
    "mfa_authenticate",
    "mfa_login_webauthn",
}
MEMBERS_ONLY = {
    "account_change_password",
    "account_email",
    "account_reauthenticate",
    "account_set_password",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_deactivate_totp",
    "mfa_download_recovery_codes",
    "mfa_edit_webauthn",
    "mfa_generate_recovery_codes",
    "mfa_index",
    "mfa_list_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
    "usersessions_list",
}

# The API: every address × method × key → what the answer is. The words are statuses, one a key, in this order:
#
#     partner  member  without  revoked  expired  replaced  over  shrunk  suspended  left
#
# A partner's and a member's key with all that the address needs; one that may do everything else; one that was revoked,
# has expired, or was renewed eight days ago; of a partner whose contract is over, and whose contract allows everything
# else today; of a member who is suspended, and of one who left the company's team. Each refusal says why: REFUSALS.
API_KEYS = ("partner", "member", "without", "revoked", "expired", "replaced", "over", "shrunk", "suspended", "left")
REFUSED = "403 401 401 401 403 403 403 403"
REFUSALS = {
    "partner": "scope-missing",
    "member": "for-partners",
    "without": "scope-missing",
    "revoked": "unauthorized",
    "expired": "unauthorized",
    "replaced": "unauthorized",
    "over": "holder-is-out",
    "shrunk": "scope-missing",
    "suspended": "holder-is-out",
    "left": "no-company",
}
# No member's key can have the scope.
REFUSED_OTHERWISE = {("api:contacts", "partner"): "not-announced", ("api:contact", "partner"): "not-announced"}
REFUSED_OTHERWISE |= {(f"api:{name}", "member"): "scope-missing" for name in ("contacts", "contact", "contact_claim")}
ANY_KEY = "200 200 200 401 401 401 403 200 403 403"
OWED = "200 403 200 401 401 401 200 200 403 403"  # whatever its contract allows; a member owes nothing
ANY_OWED = "405 405 405 401 401 401 405 405 403 403"
OWN = "403 200 403 401 401 401 403 403 403 403"  # a partner has no leads
KEYS: dict[str, dict[str, str]] = {
    "api:changes": {"GET": f"200 200 {REFUSED}", "POST": f"405 405 {REFUSED}"},
    "api:export": {"GET": f"200 200 {REFUSED}", "POST": f"405 405 {REFUSED}"},
    **{
        f"api:{name}": {"GET": f"200 200 {REFUSED}", "POST": f"405 405 {REFUSED}"}
        for name in ("leads", "lead", "companies", "company", "categories", "category")
    },
    "api:own_leads": {"GET": OWN, "POST": OWN.replace("200", "422")},  # an empty body
    "api:own_lead": {  # of another company
        **dict.fromkeys(("GET", "PATCH", "DELETE"), OWN.replace("200", "404")),
        "POST": OWN.replace("200", "405"),
    },
    "api:own_lead_step": {"GET": OWN.replace("200", "405"), "POST": OWN.replace("200", "404")},
    "api:countries": {"GET": ANY_KEY, "POST": ANY_KEY.replace("200", "405")},  # no scope is needed
    "api:country": {"GET": ANY_KEY, "POST": ANY_KEY.replace("200", "405")},
    # No policy names the partner:
    "api:contacts": {"GET": f"403 403 {REFUSED}", "POST": f"405 403 {REFUSED}"},
    "api:contact_claim": {"GET": f"405 403 {REFUSED}", "POST": f"422 403 {REFUSED}"},
    "api:contact": {"GET": f"403 403 {REFUSED}", "POST": f"405 403 {REFUSED}"},
    "api:removals": {"GET": OWED, "POST": ANY_OWED},
    "api:removal_objects": {"GET": OWED.replace("200", "404"), "POST": ANY_OWED},  # another partner's
    "api:removal_receipt": {"GET": ANY_OWED, "POST": OWED.replace("200", "404")},  # another partner's
    "api:contract_end": {"GET": OWED.replace("200", "404"), "POST": ANY_OWED},  # nothing is asked
    "api:contract_end_receipt": {"GET": ANY_OWED, "POST": OWED.replace("200", "404")},  # another partner's
    "api:webhooks": {"GET": f"200 200 {REFUSED}", "POST": f"422 422 {REFUSED}"},  # an empty body
    # Somebody else's webhook:
    "api:webhook": {"GET": f"404 404 {REFUSED}", "POST": f"405 405 {REFUSED}"},
    "api:webhook_secret": {"GET": f"405 405 {REFUSED}", "POST": f"404 404 {REFUSED}"},
    "api:webhook_ping": {"GET": f"405 405 {REFUSED}", "POST": f"404 404 {REFUSED}"},
    "api:webhook_deliveries": {"GET": f"404 404 {REFUSED}", "POST": f"405 405 {REFUSED}"},
    "api:webhook_delivery": {"GET": f"404 404 {REFUSED}", "POST": f"405 405 {REFUSED}"},
    "api:webhook_replay": {"GET": f"405 405 {REFUSED}", "POST": f"404 404 {REFUSED}"},
}
# What a key needs for it.
NEEDED = dict.fromkeys(KEYS, "changes:read")
NEEDED |= {name: "webhooks:write" for name in KEYS if name.startswith("api:webhook")}
NEEDED |= {f"api:{name}": "leads:read" for name in ("leads", "lead", "categories", "category")}
NEEDED |= {name: "contacts:read" for name in KEYS if name.startswith("api:contact")}
NEEDED |= {name: "leads:write" for name in KEYS if name.startswith("api:own_")}
NEEDED |= {f"api:{name}": "companies:read" for name in ("companies", "company")}
# Addresses of the API that look at no key.
WITHOUT_KEY = {"api:root", "api:schema"} | {f"api:manual{page}" for page in ("", "_reference", "_problems", "_mirror")}
