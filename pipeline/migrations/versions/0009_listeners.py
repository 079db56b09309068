"""How leaders listen: until when they are away, and who acts in their place"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_WHO = ("digests", "read_by"), ("escalation_steps", "instead_of"), ("answers", "given_by"), ("told", "said_by")


def upgrade() -> None:
    op.add_column("listeners", sa.Column("until", sa.DateTime(timezone=True), nullable=True))
    for table, column in (*_WHO, ("objections", "given_by")):
        op.add_column(table, sa.Column(column, sa.String(length=255), nullable=True))
