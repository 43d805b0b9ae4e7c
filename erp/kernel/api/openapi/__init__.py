"""The API described for programs (OpenAPI 3.1), made of the declared sets: /api/openapi.json."""
