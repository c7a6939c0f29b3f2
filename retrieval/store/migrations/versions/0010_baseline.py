"""The oldest schema that is upgraded; older libraries are refused, and new ones are made as `schema` says."""

revision = "0010"
down_revision = None


def upgrade() -> None:
    """Do nothing: it is a beginning."""
