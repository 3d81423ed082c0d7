"""The same read through Envoy, with the token checked there too: what the gateway adds.

The whole platform runs; `wrk` asks buyers by itself and through the gateway, in turn.
"""

import subprocess
import tempfile
from pathlib import Path
from statistics import median

import psutil

from bench.serving import found, milliseconds
from deploy.local import Ports, Stack
from deploy.local.demo.client import granted
from deploy.local.demo.material import TOTO
from deploy.local.demo.preparing import enter_registers, register_erp
from deploy.local.demo.staff import Staff
from deploy.local.secrets import STAFF

_PATH = "/v1/buyers/1234560"
_ROUNDS = 3
_SECONDS = 5


def main() -> None:
    """Measure both in turn; print requests per second, latency, and Envoy's CPU per request."""
    with tempfile.TemporaryDirectory() as folder:
        stack = Stack(Path(folder) / "platform", Ports.free(), profile="test", durable=False)
        try:
            stack.start()
            _compare(stack, _token(stack))
        finally:
            stack.drop()


def _token(stack: Stack) -> str:
    key = stack.secrets.client_key(STAFF)
    staff = Staff(stack.ports.gateway_url, stack.ports.staff_url, STAFF, key)
    enter_registers(staff)
    erp = register_erp(staff, stack.secrets, TOTO)
    answer = erp.http.get("/buyers/1234560")
    granted(answer)
    return str(answer.request.headers["Authorization"])


def _compare(stack: Stack, authorization: str) -> None:
    ports = {"service": stack.ports.services["buyers"], "gateway": stack.ports.gateway}
    envoy = _listening_on(stack.ports.gateway)
    rounds = [
        {name: _asked(port, authorization, envoy) for name, port in ports.items()}
        for _ in range(_ROUNDS)
    ]
    for name in ports:
        rate, p50, p99, cpu = (median(one[name][it] for one in rounds) for it in range(4))
        print(
            f"{name:8} {rate:6.0f} req/s  p50 {p50:5.1f} ms  p99 {p99:5.1f} ms"
            + (f"  Envoy {cpu:4.0f} µs CPU" if name == "gateway" else "")
        )


def _asked(port: int, authorization: str, envoy: psutil.Process) -> tuple[float, ...]:
    before = sum(envoy.cpu_times()[:2])
    url = f"http://127.0.0.1:{port}{_PATH}"
    command = ["wrk", "--latency", "-t1", "-c16", f"-d{_SECONDS}s", url]
    done = subprocess.run(
        [*command, "-H", f"Authorization: {authorization}"],
        capture_output=True,
        text=True,
        check=True,
    )
    if "Non-2xx" in done.stdout:
        raise RuntimeError(done.stdout)
    count = int(found(r"(\d+) requests in", done.stdout))
    used = sum(envoy.cpu_times()[:2]) - before
    percentiles = (milliseconds(done.stdout, share) for share in ("50%", "99%"))
    return count / _SECONDS, *percentiles, used / count * 1_000_000


def _listening_on(port: int) -> psutil.Process:
    for connection in psutil.net_connections("tcp"):
        if connection.status == psutil.CONN_LISTEN and connection.laddr[1:] == (port,):
            return psutil.Process(connection.pid)
    raise RuntimeError(f"nobody listens on {port}")


if __name__ == "__main__":
    main()
