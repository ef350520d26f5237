"""The round as one page for a browser: ``report.html``, which needs no network."""

from nps_xlsx.reports.page.report import report_page

__all__ = ["report_page"]
