"""What services promise each other and their callers: facts, documents, permissions, problems."""
