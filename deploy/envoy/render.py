"""The gateway's configuration: hand-written templates, filled in for one place it runs at."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any

from .browsers import cors
from .replies import mappers
from .routes import Route, Routes

_HERE = Path(__file__).parent
_CLUSTER = "type.googleapis.com/envoy.config.cluster.v3.Cluster"
_HTTP = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
_TLS = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext"
# Names by which a service, or a proxy before it, might believe something about the caller.
_STRIPPED_PREFIXES = ("x-tenant", "x-user", "x-jwt", "x-envoy-")
_STRIPPED = (
    "forwarded",
    "true-client-ip",
    "x-forwarded-client-cert",
    "x-forwarded-host",
    "x-http-method-override",
    "x-original-url",
    "x-real-ip",
    "x-rewrite-url",
)


@dataclass(frozen=True)
class Certificate:
    """A port with TLS, and the files of what the gateway shows there."""

    port: int
    chain: Path
    key: Path

    def socket(self) -> dict[str, Any]:
        """Give the transport of this port."""
        shown = {
            "certificate_chain": {"filename": str(self.chain)},
            "private_key": {"filename": str(self.key)},
        }
        context = {
            "tls_params": {"tls_minimum_protocol_version": "TLSv1_2"},
            "alpn_protocols": ["h2", "http/1.1"],
            "tls_certificates": [shown],
        }
        return {
            "name": "tls",
            "typed_config": {"@type": _TLS, "common_tls_context": context},
        }


@dataclass(frozen=True)
class Gateway:
    """Where the gateway listens, whom it believes, and where the services are.

    Shape: the public side has one port more where there is a certificate. `web_origins` are the
    front ends elsewhere whose browsers may call.
    Units: quotas are requests per minute, of one caller and of all together.
    """

    services: dict[str, tuple[str, int]]
    issuer: str
    public_port: int = 8080
    staff_port: int = 8081
    admin_port: int = 9901
    host: str = "127.0.0.1"
    requests_each: int = 600
    requests_together: int = 60_000
    web_origins: tuple[str, ...] = ()
    certificate: Certificate | None = None
    routes: Routes = field(default_factory=Routes.read)

    @property
    def listener_count(self) -> int:
        """How many ports are open when all is well."""
        return 2 if self.certificate is None else 3

    def write(self, folder: Path, read_from: Path | None = None) -> Path:
        """Write the configuration's three files and give the one that Envoy starts with.

        Envoy reads them from that folder, unless it finds them elsewhere, as in a container.
        """
        folder.mkdir(parents=True, exist_ok=True)
        bootstrap, listeners, clusters = (
            folder / f"{name}.yaml" for name in ("envoy", "listeners", "clusters")
        )
        seen = read_from or folder
        listeners.write_text("resources:\n" + "".join(self._listeners()))
        clusters.write_text(json.dumps({"resources": [self._cluster(it) for it in self.services]}))
        bootstrap.write_text(
            _fill(
                "envoy.yaml",
                admin_port=self.admin_port,
                listeners=seen / listeners.name,
                clusters=seen / clusters.name,
            )
        )
        return bootstrap

    def _listeners(self) -> Iterator[str]:
        public = self.routes.of_public()
        yield self._listener("public", self.public_port, "/v1/", public)
        if self.certificate is not None:
            socket = self.certificate.socket()
            yield self._listener("secure", self.certificate.port, "/v1/", public, socket)
        yield self._listener("staff", self.staff_port, "/ops/v1/", self.routes.of_staff())

    def _listener(
        self,
        name: str,
        port: int,
        base: str,
        routes: list[Route],
        socket: dict[str, Any] | None = None,
    ) -> str:
        """One listener with the paths below its base."""
        return _fill(
            "listener.yaml",
            name=name,
            host=self.host,
            port=port,
            # Without one, null: Envoy then speaks plainly.
            socket=json.dumps(socket),
            cors=json.dumps(cors(self.web_origins)),
            issuer=self.issuer,
            requests_each=self.requests_each,
            requests_together=self.requests_together,
            replies=json.dumps(mappers(), ensure_ascii=False),
            headers=json.dumps(_header_changes()),
            rules=json.dumps(self.routes.rules(base)),
            routes=json.dumps(routes),
        )

    def _cluster(self, service: str) -> dict[str, Any]:
        """One service's address, looked up anew as names may move."""
        host, port = self.services[service]
        address = {"socket_address": {"address": host, "port_value": port}}
        endpoint = {"lb_endpoints": [{"endpoint": {"address": address}}]}
        return {
            "@type": _CLUSTER,
            "name": service,
            "type": "STRICT_DNS",
            "connect_timeout": "2s",
            "load_assignment": {"cluster_name": service, "endpoints": [endpoint]},
            "typed_extension_protocol_options": {
                _HTTP: {
                    "@type": f"type.googleapis.com/{_HTTP}",
                    "explicit_http_config": {"http_protocol_options": {}},
                    # Shorter than Uvicorn's own 5 s, so that we never write to a closing one.
                    "common_http_protocol_options": {"idle_timeout": "4s"},
                }
            },
        }


def _header_changes() -> list[dict[str, Any]]:
    """What no caller may send on, and the address it really came from."""
    came_from = {
        "key": "x-forwarded-for",
        "value": "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%",
    }
    return [
        *({"remove_on_match": {"key_matcher": {"prefix": it}}} for it in _STRIPPED_PREFIXES),
        *({"remove": name} for name in _STRIPPED),
        {"append": {"header": came_from, "append_action": "APPEND_IF_EXISTS_OR_ADD"}},
    ]


def _fill(template: str, **values: object) -> str:
    return Template((_HERE / template).read_text()).substitute(values)
