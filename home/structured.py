"""What search engines read of a page besides its words: schema.org data, as JSON-LD."""

from django.utils import timezone
from django.utils.html import json_script
from django.utils.safestring import SafeString

from cms.models import ActivityPage

CONTEXT = "https://schema.org"


def as_data_block(data):
    """Data for programs in HTML. No browser runs it, so the content policy lets it be; `<` is written as an escape."""
    block = json_script(data).replace("application/json", "application/ld+json", 1)
    # It is escaped already: replacing a part of a safe string makes a plain one of it.
    return SafeString(block)  # nosec B703


def organization(association, url):
    """The association itself, for its home page."""
    known = {"name": association.name, "url": url, "telephone": association.phone, "address": association.address}
    return {"@type": "Organization", **{name: value for name, value in known.items() if value}}


def website(association, url, search_url):
    """The site with its search."""
    action = {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": f"{search_url}?q={{words}}"},
        "query-input": "required name=words",
    }
    return {"@type": "WebSite", "name": association.name, "url": url, "potentialAction": action}


def page_itself(page, *, url, description, is_article, association):
    """An activity as an event, an article as such, anything else as a page."""
    common = {"url": url, "description": description or None}
    if isinstance(page, ActivityPage):
        place = {"@type": "Place", "name": page.venue, "address": page.venue}
        found = {
            "@type": "Event",
            "name": page.title,
            "startDate": _moment(page.starts_at),
            "endDate": _moment(page.ends_at),
            "location": place,
            "organizer": {"@type": "Organization", "name": association.name},
        }
    elif is_article:
        found = {
            "@type": "Article",
            "headline": page.title,
            "datePublished": _moment(page.first_published_at),
            "dateModified": _moment(page.last_published_at or page.first_published_at),
            "publisher": {"@type": "Organization", "name": association.name},
        }
    else:
        found = {"@type": "WebPage", "name": page.title}
    return {name: value for name, value in (found | common).items() if value}


def breadcrumbs(ancestors, page, request):
    """The way to the page as search engines show it."""
    steps = [(each.title, each.get_full_url(request)) for each in (*ancestors, page)]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name, "item": url}
            for number, (name, url) in enumerate(steps, 1)
            if url
        ],
    }


def _moment(moment):
    return timezone.localtime(moment).isoformat(timespec="minutes") if moment else None
