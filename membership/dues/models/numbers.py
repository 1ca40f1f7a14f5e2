"""Numbers that begin anew every year and leave no gap."""

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _


class Series(models.TextChoices):
    ORDER = "DD", _("Orders")
    INVOICE = "KP", _("Invoices")


class NumberSeriesQuerySet(models.QuerySet):
    def next(self, series, year, many=1):
        """The next number of this series and year, such as DD2026000123, or with `many` a list of so many.

        Call it inside the verb's transaction: the row stays locked until its end, and what is rolled back takes its
        number back, so that there are no gaps.
        """
        self.get_or_create(series=series, year=year)
        self.filter(series=series, year=year).update(last=F("last") + many)
        last = self.values_list("last", flat=True).get(series=series, year=year)
        numbers = [f"{Series(series)}{year}{number:06d}" for number in range(last - many + 1, last + 1)]
        return numbers if many != 1 else numbers[0]


class NumberSeries(models.Model):
    """The last number given in a year."""

    wagtail_reference_index_ignore = True  # no content: every save would cost the worker a task

    series = models.CharField(_("series"), max_length=2, choices=Series.choices)
    year = models.PositiveSmallIntegerField(_("year"))
    last = models.PositiveIntegerField(_("last number"), default=0)

    objects = NumberSeriesQuerySet.as_manager()

    class Meta:
        verbose_name = _("number series")
        verbose_name_plural = _("number series")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["series", "year"], name="number_series_once_a_year")]

    def __str__(self):
        return f"{self.series}{self.year}"
