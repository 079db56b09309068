"""What comes back by mail"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "returned",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=255), nullable=False),
        sa.Column("mail_id", _ID, nullable=True),
        sa.Column("leader", sa.String(length=255), nullable=True),
        sa.Column("period", sa.String(length=16), nullable=True),
        sa.Column("recipient", sa.String(length=255), nullable=True),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("stops", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("excerpt", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note_to", sa.String(length=255), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("note_state", sa.String(length=12), nullable=True),
        sa.Column("note_attempt", sa.Integer(), nullable=False),
        sa.Column("note_tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note_alarm", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    with op.batch_alter_table("returned", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_returned_leader"), ["leader"], unique=False)
