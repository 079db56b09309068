"""What issues and comments were read from: the same raw item is not read again"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

INDEX = {"issues": "ix_issues_read", "comments": "ix_comments_read"}


def upgrade() -> None:
    for table, index in INDEX.items():
        op.add_column(table, sa.Column("raw_hash", sa.String(length=32), nullable=True))
        op.create_index(index, table, ["raw_hash"], unique=False)


def downgrade() -> None:
    for table, index in INDEX.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_index(index)
            batch_op.drop_column("raw_hash")
