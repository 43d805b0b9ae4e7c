"""Bodies that belong to no set: refusals, the list of sets, captions, batches."""

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]
ADDRESS: Schema = {"type": "string", "format": "uri-reference"}

COMMON: Mapping[str, Schema] = {
    "Error": {
        "type": "object",
        "description": "Why something was refused.",
        "properties": {
            "error": {
                "type": "object",
                "properties": {
                    "code": {"type": "string", "description": "For programs, as Application_DialogException."},
                    "message": {"type": "string", "description": "For people; ends with the request's number."},
                    "target": {"type": "string", "description": "The property, as salesOrderLines[2].quantity."},
                    "details": {"type": "array", "items": {"type": "object"}, "description": "Further reasons."},
                    "innererror": {
                        "type": "object",
                        "properties": {"requestId": {"type": "string"}},
                        "required": ["requestId"],
                    },
                },
                "required": ["code", "message"],
            }
        },
        "required": ["error"],
    },
    "Service": {
        "type": "object",
        "properties": {
            "@odata.context": ADDRESS,
            "value": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "name": {"type": "string"},
                        "kind": {"type": "string", "enum": ["EntitySet", "Singleton"]},
                        "url": {"type": "string"},
                    },
                    "required": ["name", "kind", "url"],
                },
            },
        },
        "required": ["@odata.context", "value"],
    },
    "Definitions": {
        "type": "object",
        "properties": {"@odata.context": ADDRESS, "value": {"type": "array", "items": {"type": "object"}}},
        "required": ["@odata.context", "value"],
    },
    "Batch": {
        "type": "object",
        "properties": {
            "requests": {
                "type": "array",
                "minItems": 1,
                "maxItems": 100,
                "items": {
                    "type": "object",
                    "properties": {
                        "id": {"type": "string", "minLength": 1},
                        "method": {"type": "string", "enum": ["GET", "POST", "PATCH", "DELETE"]},
                        "url": {"type": "string", "minLength": 1, "description": "Relative; $1 names an answer."},
                        "headers": {"type": "object", "additionalProperties": {"type": "string"}},
                        "body": {"type": "object"},
                        "dependsOn": {"type": "array", "items": {"type": "string"}},
                        "atomicityGroup": {"type": "string"},
                    },
                    "required": ["id", "method", "url"],
                },
            }
        },
        "required": ["requests"],
    },
    "BatchAnswer": {
        "type": "object",
        "properties": {
            "responses": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "id": {"type": "string"},
                        "status": {"type": "integer"},
                        "headers": {"type": "object"},
                        "body": {},
                        "atomicityGroup": {"type": "string"},
                    },
                    "required": ["id", "status"],
                },
            }
        },
        "required": ["responses"],
    },
}  # fmt: skip
