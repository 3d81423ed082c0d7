"""Programs of a client, as a partner would write them; type-checked on the clients we make."""
