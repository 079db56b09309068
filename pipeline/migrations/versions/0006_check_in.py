"""The weekly check-in"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "check_in_groups",
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("team", sa.String(length=255), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("period", "team"),
    )
    op.create_table(
        "check_in_sums",
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("team", sa.String(length=255), nullable=False),
        sa.Column("question", sa.String(length=8), nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("period", "team", "question", "step"),
    )
    op.create_table(
        "check_in_tickets",
        sa.Column("ticket", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("team", sa.String(length=255), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("ticket"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("check_in_tickets", schema=None) as batch_op:
        batch_op.create_index("ix_check_in_tickets_group", ["period", "team"], unique=False)
    op.create_table(
        "check_in_stops",
        sa.Column("person", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("person"),
    )
