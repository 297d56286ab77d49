"""Addresses of the offerboard."""

from django.urls import path

from offerboard.views import board, imports, inquiries, leads, my_leads

app_name = "offerboard"
urlpatterns = [
    path("leads/", board.board, name="board"),
    path("leads/new/", leads.new, name="new"),
    path("leads/<slug:slug>/", board.lead, name="lead"),
    path("leads/<slug:slug>/edit/", leads.edit, name="edit"),
    path("leads/<slug:slug>/preview/", leads.preview, name="preview"),
    path("leads/<slug:slug>/publish/", leads.publish, name="publish"),
    path("leads/<slug:slug>/pause/", my_leads.pause, name="pause"),
    path("leads/<slug:slug>/resume/", my_leads.resume, name="resume"),
    path("leads/<slug:slug>/close/", my_leads.close, name="close"),
    path("leads/<slug:slug>/renew/", my_leads.renew, name="renew"),
    path("leads/<slug:slug>/inquire/", inquiries.inquire, name="inquire"),
    path("companies/<slug:slug>/inquire/", inquiries.inquire_company, name="inquire_company"),
    path("my/leads/", my_leads.my_leads, name="my_leads"),
    path("my/leads/export.csv", imports.export, name="export"),
    path("my/leads/import/", imports.imports, name="imports"),
    path("my/leads/import/template.csv", imports.template, name="import_template"),
    path("my/leads/import/<uuid:pk>/", imports.report, name="import"),
    path("my/leads/import/<uuid:pk>/columns/", imports.columns, name="import_columns"),
    path("my/leads/import/<uuid:pk>/check/", imports.check, name="import_check"),
    path("my/leads/import/<uuid:pk>/start/", imports.start, name="import_start"),
    path("my/leads/import/<uuid:pk>/discard/", imports.discard, name="import_discard"),
    path("my/leads/import/<uuid:pk>/refused.csv", imports.refused, name="import_refused"),
    path("my/inquiries/", inquiries.inquiries, name="inquiries"),
    path("my/inquiries/<uuid:pk>/", inquiries.thread, name="thread"),
    path("my/inquiries/<uuid:pk>/block/", inquiries.block, name="block"),
    path("my/inquiries/<uuid:pk>/unblock/", inquiries.unblock, name="unblock"),
]
