"""Pages for partners are kept."""

from functools import partial

from django.db import transaction

from partners.models import PartnerPage


@transaction.atomic
def keep_page(*, page: PartnerPage) -> None:
    """Save a page that staff wrote. A logo must be of our own encoding; the one before goes after the commit."""
    before = PartnerPage.objects.select_for_update().filter(pk=page.pk).values_list("logo", flat=True).first()
    storage = page.logo.storage
    try:
        with transaction.atomic():
            page.save()
    except Exception:
        if page.logo and page.logo.name != before:  # the row is not there, so its file must not stay
            storage.delete(page.logo.name)
        raise
    if before and page.logo.name != before:
        transaction.on_commit(partial(storage.delete, before))
