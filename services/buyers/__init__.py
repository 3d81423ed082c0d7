"""buyers: the overseas buyer register (海外商社名簿)."""
