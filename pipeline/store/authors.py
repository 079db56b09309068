"""Who is counted for what somebody wrote."""

from pipeline.issue import Role
from pipeline.org import Org


def author_of(
    org: Org, source: str, author: str | None, role: str, account: str | None, external_id: str
) -> tuple[str | None, Role, str | None]:
    """(unit of counting, role, own team): a person of the organisation, an account, a stranger, or nobody for a bot."""
    person = org.member(source, author)
    if person is not None:
        return person.id, "staff", person.team
    if role == "bot":
        return None, "bot", None
    if account:
        return f"account:{account}", "customer", None
    if author:
        return f"{source}/{author}", role, None  # type: ignore[return-value]
    return f"{source}:{external_id}", role, None  # type: ignore[return-value]
