"""Addresses of the offerboard."""

from django.urls import path, re_path

from offerboard.views import board, countries, documents, feeds, inquiries, leads, my_leads, searches, sitemaps, watching

app_name = "offerboard"
urlpatterns = [
    path("leads/", board.board, name="board"),
    path("leads/feed.atom", feeds.feed, name="feed"),
    path("leads/new/", leads.new, name="new"),
    path("leads/<slug:slug>/", board.lead, name="lead"),
    path("leads/<slug:slug>/edit/", leads.edit, name="edit"),
    path("leads/<slug:slug>/preview/", leads.preview, name="preview"),
    path("leads/<slug:slug>/publish/", leads.publish, name="publish"),
    path("leads/<slug:slug>/copy/", my_leads.copy, name="copy"),
    path("leads/<slug:slug>/documents/<uuid:pk>/", documents.document, name="document"),
    path("leads/<slug:slug>/pause/", my_leads.pause, name="pause"),
    path("leads/<slug:slug>/resume/", my_leads.resume, name="resume"),
    path("leads/<slug:slug>/close/", my_leads.close, name="close"),
    path("leads/<slug:slug>/renew/", my_leads.renew, name="renew"),
    path("leads/<slug:slug>/inquire/", inquiries.inquire, name="inquire"),
    path("companies/<slug:slug>/inquire/", inquiries.inquire_company, name="inquire_company"),
    path("leads/<slug:slug>/watch/", watching.watch_lead, name="watch"),
    path("companies/<slug:slug>/watch/", watching.watch_company, name="watch_company"),
    path("my/watching/", watching.watching, name="watching"),
    path("my/watching/<uuid:pk>/remove/", watching.remove_favourite, name="remove_favourite"),
    path("my/searches/", searches.searches, name="searches"),
    path("my/searches/save/", searches.save, name="save_search"),
    path("my/searches/<uuid:pk>/finds/", searches.finds, name="finds"),
    path("my/searches/<uuid:pk>/rename/", searches.rename, name="rename_search"),
    path("my/searches/<uuid:pk>/delete/", searches.delete, name="delete_search"),
    path("categories/<slug:slug>/feed.atom", feeds.category_feed, name="category_feed"),
    path("countries/", countries.countries, name="countries"),
    re_path(r"^countries/(?P<code>[A-Za-z]{2})/$", countries.country, name="country"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemaps/pages.xml", sitemaps.pages, name="sitemap_pages"),
    path("sitemaps/categories.xml", sitemaps.categories, name="sitemap_categories"),
    path("sitemaps/countries.xml", sitemaps.countries, name="sitemap_countries"),
    re_path(r"^sitemaps/companies-(?P<number>\d{1,9})\.xml$", sitemaps.companies, name="sitemap_companies"),
    re_path(r"^sitemaps/leads-(?P<number>\d{1,9})\.xml$", sitemaps.leads, name="sitemap_leads"),
    path("my/leads/", my_leads.my_leads, name="my_leads"),
    path("my/inquiries/", inquiries.inquiries, name="inquiries"),
    path("my/inquiries/<uuid:pk>/", inquiries.thread, name="thread"),
    path("my/inquiries/<uuid:pk>/block/", inquiries.block, name="block"),
    path("my/inquiries/<uuid:pk>/unblock/", inquiries.unblock, name="unblock"),
]
