"""Shared by the tests of charts: short ways to make files and to read what came of them."""

from config.charts import Chart, File


def file(text: str, name: str = "export", project: str | None = None, source: str | None = None) -> File:
    return File(name, text, project, source)


def tree(chart: Chart) -> dict[str, tuple[str | None, str | None]]:
    """Team to its parent and leader."""
    return {team.id: (team.parent, team.leader) for team in chart.teams}


def members(chart: Chart) -> dict[str, str | None]:
    return {person.id: person.team for person in chart.people}


def said(chart: Chart) -> list[str]:
    return [str(problem) for problem in chart.problems]
