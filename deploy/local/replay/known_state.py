"""The state in which a case finds the platform: remembered once, and taken up again for each.

Starting the platform anew for each case would take longer than all cases together.
"""

from datetime import datetime

from deploy.local import Stack
from deploy.local.silence import Silence, everywhere
from libs.common import clock

# What the listeners have heard stays as it is: they hear nothing twice.
_NOT_RETURNED = "('alembic_version', 'inbox_positions')"

_REMEMBER = f"""
CREATE SCHEMA remembered;
SELECT format('CREATE TABLE remembered.%1$I AS TABLE public.%1$I', tablename)
FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN {_NOT_RETURNED} \\gexec
"""  # noqa: S608  # our own names

# Jobs have nothing to catch up with: the clock of the next case begins anew.
_RETURN = f"""
BEGIN;
SET LOCAL session_replication_role = replica;
SELECT 'TRUNCATE ' || string_agg(format('public.%I', tablename), ', ')
FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN {_NOT_RETURNED} \\gexec
SELECT format('INSERT INTO public.%1$I (%2$s) OVERRIDING SYSTEM VALUE'
              ' SELECT %2$s FROM remembered.%1$I',
              table_name, string_agg(quote_ident(column_name), ', '))
FROM information_schema.columns
WHERE table_schema = 'public' AND is_generated = 'NEVER'
  AND table_name NOT IN {_NOT_RETURNED} AND table_name <> 'job_runs'
GROUP BY table_name \\gexec
COMMIT;
"""  # noqa: S608  # our own names


class KnownState:
    """What all services but identity know at one moment; who may enter is the same in all cases."""

    def __init__(self, stack: Stack) -> None:
        """Take a running platform whose registers are filled, and keep what its services know."""
        self._stack = stack
        self._silence = Silence(stack)
        self._services = [name for name in stack.ports.services if name != "identity"]
        self._silence.wait()
        everywhere(stack, self._services, _REMEMBER)

    def begin_again(self, at: datetime) -> None:
        """Let the services know what they knew, and no more, at a time before the present."""
        for service in self._stack.services:
            if service.process.find() is None:
                service.start()
                service.wait()
        self._silence.wait()
        everywhere(self._stack, self._services, _RETURN)
        # Put in place at once: without a clock it would be today for a moment.
        file = self._stack.folder / "clock.json"
        anew = file.with_suffix(".anew")
        clock.move(anew, at)
        anew.replace(file)
