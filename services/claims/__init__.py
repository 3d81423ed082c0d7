"""Claims: what is told of losses (事故), by whom, until when."""
