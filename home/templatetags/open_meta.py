"""The template tag of the head of an open page: what programs find in it, and what they can follow from it."""

from django import template

from home import page_meta

register = template.Library()


@register.simple_tag(takes_context=True)
def meta_of(context, page, description, type_, query):
    """What the head tells of the page (`home.page_meta`); `type_` is article or website."""
    is_article = type_ == "article"
    return page_meta.meta_of(page, context["request"], description=description, is_article=is_article, query=query)
