"""Which path goes to which service: the table `routes.json` in the words of Envoy.

Source: the resource tree of the API design; Envoy looks at the first segment after the version.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TABLE = Path(__file__).with_name("routes.json")
_BUFFER = "type.googleapis.com/envoy.extensions.filters.http.buffer.v3.BufferPerRoute"
# A ledger file and room for the other parts of its form. Source: architecture §7.2.
_UPLOAD_BYTES = 257 * 1024 * 1024
_ENDLESS = 2**62

Match = dict[str, Any]
Route = dict[str, Any]


@dataclass(frozen=True)
class Routes:
    """The route table: for each service its first segments, and the paths open to anybody."""

    public: dict[str, list[str]]
    staff: dict[str, list[str]]
    uploads: dict[str, list[str]]
    documents: dict[str, list[str]]
    open: list[str]

    @classmethod
    def read(cls) -> "Routes":
        """Read the table."""
        table = json.loads(_TABLE.read_text())
        return cls(**table)

    def of_public(self) -> list[Route]:
        """The public listener's routes: documents, files, and all else below /v1."""
        documents = [
            _to(service, {"path_separated_prefix": path})
            for service, path in _pairs(self.documents)
        ]
        return [*documents, *self._files(), *_below("/v1/", self.public)]

    def of_staff(self) -> list[Route]:
        """The staff listener's routes: all below /ops/v1, and nothing else."""
        return _below("/ops/v1/", self.staff)

    def rules(self, base: str) -> list[dict[str, Any]]:
        """Where a token is needed: everywhere below the base, but for the open paths."""
        opened = [{"match": {"path_separated_prefix": path}} for path in self.open]
        needed = {"provider_name": "identity"}
        return [*opened, {"match": {"prefix": base}, "requires": needed}]

    def _files(self) -> list[Route]:
        """The routes that carry a file: passed on as it comes, never held here."""
        pairs = [_file(service, f"/v1/{segment}") for service, segment in _pairs(self.uploads)]
        return [route for pair in pairs for route in pair]


def _below(base: str, table: dict[str, list[str]]) -> list[Route]:
    """One route for each first segment."""
    return [
        _to(service, {"path_separated_prefix": base + segment})
        for service, segment in _pairs(table)
    ]


def _pairs(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(service, part) for service, parts in table.items() for part in parts]


def _to(service: str, match: Match) -> Route:
    """Pass a request on to a service; what was never sent may be sent again."""
    retry = {"retry_on": "connect-failure", "num_retries": 2}
    return {"match": match, "route": {"cluster": service, "timeout": "60s", "retry_policy": retry}}


def _file(service: str, path: str) -> list[Route]:
    """Pass a file on; refuse it before its first byte when its declared length is too much.

    A length that is not declared, or not true, is counted by the service that reads it.
    """
    unread = {"typed_per_filter_config": {"body": {"@type": _BUFFER, "disabled": True}}}
    too_long = {"range_match": {"start": _UPLOAD_BYTES + 1, "end": _ENDLESS}}
    refusal = {
        "match": {"path": path, "headers": [{"name": "content-length", **too_long}]},
        "direct_response": {"status": 413},
    }
    passage = {"match": {"path": path}, "route": {"cluster": service, "timeout": "600s"}}
    return [refusal | unread, passage | unread]
