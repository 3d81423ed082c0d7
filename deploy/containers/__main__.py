"""Write what `docker-compose.yml` reads: `python -m deploy.containers`."""

from typing import Annotated

import typer

from deploy.local.layout import ROOT

from .material import write_material


def main(
    issuer: Annotated[str, typer.Option(envvar="MOYAI_ISSUER")] = "http://127.0.0.1:8080",
) -> None:
    """Write secrets and the gateway's configuration; what is there already stays."""
    write_material(ROOT / ".local" / "containers", issuer)


if __name__ == "__main__":
    typer.run(main)
