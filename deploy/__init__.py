"""How the platform is started: its engines, its gateway and its services on one machine."""
