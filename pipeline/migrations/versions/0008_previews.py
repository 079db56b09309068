"""What is quoted upward is seen before"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "previews",
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("reader", sa.String(length=255), nullable=False),
        sa.Column("issue", sa.String(length=320), nullable=False),
        sa.Column("leader", sa.String(length=255), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("period", "reader", "issue"),
    )
    with op.batch_alter_table("previews", schema=None) as batch_op:
        batch_op.create_index("ix_previews_leader", ["period", "leader"], unique=False)
    op.create_table(
        "preview_contexts",
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("leader", sa.String(length=255), nullable=False),
        sa.Column("issue", sa.String(length=320), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("period", "leader", "issue"),
    )
