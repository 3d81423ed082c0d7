"""The rules of the house (style), measured on what is there: every folder, every file, no list."""
