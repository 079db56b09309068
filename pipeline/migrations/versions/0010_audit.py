"""The audit, and tombstones of who was forgotten"""

import sqlalchemy as sa
from alembic import op

from pipeline.tables import Utc

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tombstones",
        sa.Column("hash", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("pseudonym", sa.String(length=32), nullable=False),
        sa.Column("at", Utc(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("at", Utc(timezone=True), nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("who", sa.String(length=255), nullable=True),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("object", sa.String(length=600), nullable=False),
        sa.Column("about", sa.String(length=255), nullable=True),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("before", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    # Whoever adds to them locks these rows, so they have to be there.
    marks = sa.table("marks", sa.column("name", sa.String), sa.column("value", sa.Text))
    op.bulk_insert(marks, [{"name": "forgotten", "value": ""}, {"name": "audit", "value": ""}])
