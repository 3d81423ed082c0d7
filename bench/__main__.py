"""Every bench in one run: floors and the platform beside them, as ratios."""

from bench import facts, gateway, identity, ledger, reads, registers, uploads, writes


def main() -> None:
    """Measure one thing after the other; nothing else should run meanwhile."""
    print("Ledger files, applied: rows per second beside parsing and copying alone")
    ledger.main()
    print("Ledger files through the whole platform")
    uploads.main()
    print("Facts, from the teller's commit to the listener's commit")
    facts.main()
    print("GET /v1/buyers/{code}, beside a FastAPI GET that reads nothing")
    reads.main()
    print("A write with its key, its kept answer and its facts, beside two bare inserts")
    writes.main()
    print("A register of a million buyers")
    registers.main()
    print("Signing in, being shut out, and the access history")
    identity.main()
    print("The same read by itself and through Envoy, sixteen connections")
    gateway.main()


if __name__ == "__main__":
    main()
