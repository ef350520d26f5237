"""The round as one page for a browser: ``report.html``, which asks nothing of the network."""

from nps_xlsx.reports.page.report import report_page

__all__ = ["report_page"]
