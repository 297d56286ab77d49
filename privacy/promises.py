"""What the market does to keep each promise of its policies, in words for everybody; the tests prove it."""

from django.utils.translation import gettext_lazy as _

CONTROLS = {
    "announcements-without-promotion": _(
        "Advertising cannot be saved in one, and the database refuses a release by whoever wrote it."
    ),
    "back-within-14-days": _("What is hidden at once is noted, and put back as it was by the same program."),
    "breach-told": _(
        "Each kind of data leads back to its people, and the database refuses a second mail to one of them."
    ),
    "child-hidden-at-once": _("The report itself hides it, in one transaction; nobody has to be at work for that."),
    "consent-append-only": _("The database itself refuses to change or delete it before its time."),
    "contact-details-masked": _("One function hides them in every text that members write, also in files of leads."),
    "contacts-not-public": _("Others see no e-mail address and no street, and of a phone number the area at most."),
    "deleted-again-after-a-restore": _("A file outside of the database remembers it, and is read at every start."),
    "deleted-when-a-contract-ends": _(
        "A program looks each minute whose time in the register is over, asks once for each end, and reminds."
    ),
    "documents-private": _("They lie outside of the public folder, and each download asks who you are."),
    "evidence-deleted": _("A job deletes it; until then one page gives it to staff who answer such requests."),
    "export-complete": _("The copy is made from the same map of all columns as the policy."),
    "export-deleted-after-7-days": _("A job deletes it; until then the page refuses it."),
    "export-only-yours": _("Rows are found by person, and fetching asks for the password."),
    "get-changes-nothing": _("Tests open every address, compare the database before and after, and find it the same."),
    "gpc-honoured": _("The signal is read with each page and stands over an earlier yes."),
    "hidden-at-once": _("Hiding belongs to the same transaction as the request."),
    "leaving-leaves-nothing": _("The map says of every column what becomes of it, and one program carries it out."),
    "logs-without-addresses": _("The log knows only the kind of page, the time and the answer."),
    "never-retroactive": _("The database refuses a version that takes effect before it is published."),
    "no-column-forgotten": _("A check stops the program from being released while a column has no entry in the map."),
    "no-cookie-unasked": _(
        "Every answer passes a gate. It lets out declared cookies only, and optional ones only after your yes."
    ),
    "no-marketing-without-consent": _(
        "The statement that lets a mail go asks for your yes once more, at the last moment before it is handed over."
    ),
    "no-sale": _("Data leave through one gate, which refuses every receiver that the policy does not name."),
    "nothing-from-elsewhere": _(
        "Our files are our own, and a security policy tells your browser to load nothing else."
    ),
    "nothing-outlives-its-time": _("A sweep every night deletes by the same map from which the tables are made."),
    "password-unreadable": _("Passwords are stored as Argon2 hashes. No page and no copy of data shows them."),
    "receivers-told": _(
        "Whom to tell is read from the log of what was given, and written down with the change itself."
    ),
    "removed-stays-removed": _(
        "A keyed digest of the address is asked before each mail and before a company is listed."
    ),
    "services-end-at-once": _(
        "Each call of a service is answered by what you agreed to at that moment; the log says who has to delete what."
    ),
    "staff-look-with-reason": _(
        "Records and letters open only after the reason is written down where you can read it."
    ),
    "told-14-days-before": _(
        "A material version takes effect 14 days after the last mail about it, whatever its date says."
    ),
    "subscribed-by-the-mailbox": _("Readers are only those whose yes came from a link that was mailed to them."),
    "unsubscribe-in-every-mail": _("A mail that lacks the link when it is made up is not sent."),
    "unsubscribed-at-once": _(
        "Your no takes back what waits, and the page waits for what is being handed over before it answers."
    ),
    "withdrawn-at-once": _("One rule decides what is public, and each page asks it anew."),
}
