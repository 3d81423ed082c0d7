"""Moments at which a worker is killed: what the database sees it do just then."""

from dataclasses import dataclass

from deploy.postgres import Postgres

# Looks every few milliseconds, inside the server, until somebody is found at it.
_WATCH = """
SET statement_timeout = '100s';
CREATE FUNCTION pg_temp.seen() RETURNS int LANGUAGE plpgsql AS $$
DECLARE port int;
BEGIN
    LOOP
        PERFORM pg_stat_clear_snapshot();
        {who}
        IF port IS NOT NULL THEN RETURN port; END IF;
        PERFORM pg_sleep(0.002);
    END LOOP;
END $$;
SELECT pg_temp.seen();
"""
# Who locked a task carries it out: its transaction stands in the task's row.
_AT_A_TASK = """
SELECT client_port INTO port FROM upload_tasks AS task
JOIN pg_stat_activity ON backend_xid = task.xmax
WHERE task.kind LIKE '{kind}%' AND query ~ '{statement}' LIMIT 1;
"""
_IN_THE_MIDDLE = """
SELECT client_port INTO port FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_database() || '_app'
  AND state <> 'idle' AND query ~ '{statement}' LIMIT 1;
"""
# It has fetched what is unsent, and has not noted yet that it was sent.
_AT_THE_RELAY = """
SELECT client_port INTO port FROM pg_stat_activity
WHERE datname = current_database() AND query ~ 'FROM outbox WHERE sent_at IS NULL'
  AND application_name <> 'psql' AND EXISTS (SELECT FROM outbox WHERE sent_at IS NULL) LIMIT 1;
"""


@dataclass(frozen=True, slots=True)
class Moment:
    """A worker of a service in the middle of something."""

    service: str
    who: str

    def port(self, postgres: Postgres) -> int:
        """Wait for the moment; gives the port from which the worker has its connection."""
        return int(postgres.sql(_WATCH.format(who=self.who), self.service))


def _task(kind: str, statement: str = "") -> Moment:
    return Moment("ledger", _AT_A_TASK.format(kind=kind, statement=statement))


def _in_the_middle(service: str, statement: str) -> Moment:
    return Moment(service, _IN_THE_MIDDLE.format(statement=statement))


READING = _task("READ")
JUDGING = _task("JUDGE")
APPLYING = _task("APPLY")
COPYING_IN = _task("APPLY", "^COPY")
MOVING_IN = _task("APPLY", "INSERT INTO contract_histories")
ANNOUNCING = _task("APPLY", "outbox_heads")
TELLING = Moment("ledger", _AT_THE_RELAY)
ASSESSING = _in_the_middle("premium", "INSERT INTO assessments")
LISTING = _in_the_middle("underwriting", "INSERT INTO polic")
COPYING = _in_the_middle("claims", "INSERT INTO (branch|inbox)")
FIXING = _in_the_middle("ledger", "INSERT INTO fixed_ledger_lines")
INVOICING = _in_the_middle("premium", "INTO invoice_lines")
NOTING = _in_the_middle("buyers", "INSERT INTO (buyer_uses|inbox)")
