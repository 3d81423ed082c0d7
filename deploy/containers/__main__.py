"""Write what `docker-compose.yml` reads: `python -m deploy.containers`."""

from typing import Annotated

import typer

from deploy.local.layout import ROOT

from .material import write_material


def main(
    issuer: Annotated[str, typer.Option(envvar="MOYAI_ISSUER")] = "http://127.0.0.1:8080",
    web_origins: Annotated[
        str, typer.Option(envvar="MOYAI_WEB_ORIGINS", help="Parted by commas.")
    ] = "",
) -> None:
    """Write secrets and the gateway's configuration; what is there already stays."""
    origins = tuple(it.strip() for it in web_origins.split(",") if it.strip())
    write_material(ROOT / ".local" / "containers", issuer, origins)


if __name__ == "__main__":
    typer.run(main)
