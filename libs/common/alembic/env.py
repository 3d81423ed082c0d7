"""Alembic's entry: runs one service's migrations on the connection it is given."""

from alembic import context

options = context.config.attributes

context.configure(
    connection=options["connection"],
    target_metadata=options["metadata"],
    service=options["service"],
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
