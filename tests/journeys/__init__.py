"""Stories across services, on the whole platform: only HTTP through the gateway."""
