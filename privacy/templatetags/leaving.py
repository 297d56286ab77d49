"""`{{ company.website|leaving }}` in templates."""

from django import template

from privacy.leaving import leaving_url

register = template.Library()
register.filter("leaving", leaving_url)
