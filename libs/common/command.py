"""The command line of a process: serve, migrate, create topics, put dead letters back."""

import asyncio
import gc
import importlib
from typing import Annotated

import typer
import uvicorn

from . import migrations, topics
from .dead_letters import put_back
from .logs import configure_logs
from .service import Service, build_app

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)


def load(name: str) -> Service:
    """Find a service by its folder's name."""
    service: Service = importlib.import_module(f"services.{name}.app").service
    return service


@app.command()
def serve(
    name: str,
    port: int,
    host: str = "127.0.0.1",
    *,
    api: Annotated[bool, typer.Option(help="Answer HTTP.")] = True,
    worker: Annotated[bool, typer.Option(help="Run relay, listener and workers.")] = True,
) -> None:
    """Run one process of a service until it is told to stop."""
    # What is loaded now stays: collections need not look at it, neither now nor later.
    gc.disable()
    service = load(name)
    settings = service.settings(service=name)
    configure_logs(name, settings.log_format)
    asyncio.run(migrations.check_is_current(name, service.metadata, settings.database_url))
    application = build_app(service, settings, api=api, worker=worker)
    gc.freeze()
    gc.enable()
    uvicorn.run(
        application,
        host=host,
        port=port,
        access_log=False,
        log_config=None,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )


@app.command()
def migrate(name: str) -> None:
    """Bring a service's database to the newest schema."""
    service = load(name)
    asyncio.run(migrations.upgrade(name, service.metadata, _owner_url(service)))


@app.command()
def revision(name: str, message: str) -> None:
    """Write a migration from what `tables.py` says and the database does not have yet."""
    service = load(name)
    asyncio.run(migrations.write_revision(name, service.metadata, _owner_url(service), message))


def _owner_url(service: Service) -> str:
    url = service.settings(service=service.name).database_owner_url
    if url is None:
        raise typer.BadParameter("MOYAI_DATABASE_OWNER_URL is not set: only the owner migrates")
    return url


@app.command(name="topics")
def create_topics(bootstrap: Annotated[str, typer.Option(envvar="MOYAI_KAFKA_BOOTSTRAP")]) -> None:
    """Create the topics that do not exist yet."""
    asyncio.run(topics.create_topics(bootstrap))


@app.command(name="put-back")
def put_back_dead_letters(
    group: str, bootstrap: Annotated[str, typer.Option(envvar="MOYAI_KAFKA_BOOTSTRAP")]
) -> None:
    """Send a group's dead letters to their topics again, in order."""
    typer.echo(f"{asyncio.run(put_back(group, bootstrap))} facts put back")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def run(context: typer.Context, name: str, command: str) -> None:
    """Carry out an operator's act of a service, with the words that follow."""
    service = load(name)
    if (tool := service.tools.get(command)) is not None:
        typer.echo(tool(*context.args))
        return
    settings = service.settings(service=name)
    configure_logs(name, settings.log_format)
    asyncio.run(service.commands[command](settings, *context.args))


if __name__ == "__main__":
    app()
