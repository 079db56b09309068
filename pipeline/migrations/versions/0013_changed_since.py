"""What changed since a moment: found without reading half a year of issues"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_issues_updated", "issues", ["updated_at", "created_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_issues_updated", table_name="issues")
