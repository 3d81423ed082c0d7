"""What a committed API document must pass before anybody may build on it."""
