"""What may no longer be shown: found by each mail without reading its whole week"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def _holds(column: str, *names: str) -> str:
    return " OR ".join(f"""CAST({column} AS VARCHAR) LIKE '%"{name}"%'""" for name in names)


MARKED = f"(state = 'deleted' OR {_holds('tags', 'mute', 'no-quote', 'private')})"
SENSITIVE = f"({_holds('signals', 'hr', 'legal', 'security')})"


def upgrade() -> None:
    _partial("ix_issues_marked", "issues", ["created_at", "updated_at"], MARKED)
    _partial("ix_verdicts_sensitive", "verdicts", ["issue_id"], SENSITIVE)


def _partial(index: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(index, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    op.drop_index("ix_verdicts_sensitive", table_name="verdicts")
    op.drop_index("ix_issues_marked", table_name="issues")
