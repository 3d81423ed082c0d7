"""Root of this service's tables."""

from libs.common.jobs import add_job_runs
from libs.common.plumbing import add_plumbing
from libs.common.tables import Table, new_metadata


class Base(Table):
    """Root of this service's tables."""

    __abstract__ = True
    metadata = new_metadata()


add_plumbing(Base.metadata)
add_job_runs(Base.metadata)
