"""What search engines are told of: the pages of the tree, and beside them the addresses that are no pages of it."""

from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from wagtail.contrib.sitemaps import Sitemap as PagesSitemap


class PlacesSitemap(Sitemap):
    """Terms, privacy and accessibility; forms, the search and what a page leads to are left out."""

    def items(self):
        return ["home:terms", "home:privacy", "home:accessibility"]

    def location(self, name):
        return reverse(name)


SITEMAPS = {"pages": PagesSitemap, "places": PlacesSitemap}
