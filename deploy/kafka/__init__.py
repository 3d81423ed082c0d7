"""Apache Kafka on this machine: pinned jars on the Java of a wheel."""

from .broker import Kafka

__all__ = ["Kafka"]
