"""Money in templates."""

from django import template

from membership.dues.amounts import in_figures

register = template.Library()
register.filter("yuan", in_figures)
