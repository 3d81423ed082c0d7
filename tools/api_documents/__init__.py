"""The platform's public documents, made from its code: OpenAPI, AsyncAPI, schemas, problems."""
