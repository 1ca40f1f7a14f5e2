"""What search engines read of a page besides its words: schema.org data, as JSON-LD."""

from django.utils import timezone
from django.utils.html import json_script
from django.utils.safestring import SafeString

CONTEXT = "https://schema.org"


def data_block(page):
    """Data about a page (`home.page_meta.Meta`) in HTML. No browser runs it, so the content policy lets it be; `<` is
    written as an escape."""
    found = [_organization(page), _website(page)] if page.search_url else [_itself(page), _breadcrumbs(page)]
    block = json_script({"@context": CONTEXT, "@graph": found}).replace("application/json", "application/ld+json", 1)
    # It is escaped already: replacing a part of a safe string makes a plain one of it.
    return SafeString(block)  # nosec B703


def _organization(page):
    """The association itself, for its home page."""
    ours = page.association
    known = {"name": ours.name, "url": page.url, "telephone": ours.phone, "address": ours.address}
    return {"@type": "Organization", **{name: value for name, value in known.items() if value}}


def _website(page):
    """The site with its search."""
    action = {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": f"{page.search_url}?q={{words}}"},
        "query-input": "required name=words",
    }
    return {"@type": "WebSite", "name": page.association.name, "url": page.url, "potentialAction": action}


def _itself(page):
    """An activity as an event, an article as such, anything else as a page."""
    common = {"url": page.url, "description": page.description or None}
    if page.activity:
        place = {"@type": "Place", "name": page.activity.venue, "address": page.activity.venue}
        found = {
            "@type": "Event",
            "name": page.headline,
            "startDate": _moment(page.activity.starts_at),
            "endDate": _moment(page.activity.ends_at),
            "location": place,
            "organizer": {"@type": "Organization", "name": page.association.name},
        }
    elif page.is_article:
        found = {
            "@type": "Article",
            "headline": page.headline,
            "datePublished": _moment(page.published_at),
            "dateModified": _moment(page.modified_at or page.published_at),
            "publisher": {"@type": "Organization", "name": page.association.name},
        }
    else:
        found = {"@type": "WebPage", "name": page.headline}
    return {name: value for name, value in (found | common).items() if value}


def _breadcrumbs(page):
    """The way to the page as search engines show it."""
    steps = [*((step.title, step.full_url) for step in page.steps), (page.headline, page.url)]
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
