# SPDX-License-Identifier: Apache-2.0
"""The OpenAPI document as a test reads it: its operations, and values that fit its schemas."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Json = Any
PREFIX = "/api/v1/"
METHODS = ("get", "post", "put", "patch", "delete")

# What a member must hold, by its name: an id, a day in the right order, …; None: any value
# that fits its schema.
Chooser = Callable[[str, Json], Any]


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str
    roles: frozenset[str] | None  # None: nobody need be signed in
    is_first: bool  # for every person
    is_quiet: bool  # leaves no row in the audit log
    query: dict[str, Json]  # name → schema
    path_values: dict[str, list[str]]  # of a parameter of the path that has a choice
    body: Json  # the schema; None: none, or no JSON
    content_type: str  # of the body; "": none
    body_max: int
    has_version: bool  # wants If-Match

    @property
    def noun(self) -> str:
        """The first part of its path: "sites"."""
        return self.path[len(PREFIX) :].partition("/")[0]

    @property
    def is_look(self) -> bool:
        return self.method == "GET"


class Document:
    def __init__(self, root: Json) -> None:
        self.root = root
        self.operations = [
            self.read(path, method, item[method])
            for path, item in root["paths"].items()
            for method in METHODS
            if method in item
        ]
        self.by_id = {operation.id: operation for operation in self.operations}

    def follow(self, schema: Json) -> Json:
        while "$ref" in schema:
            _, group, section, name = schema["$ref"].split("/")
            schema = self.root[group][section][name]
        return schema

    def read(self, path: str, method: str, item: Json) -> Operation:
        parameters = [self.follow(p) for p in item.get("parameters", [])]
        content = item.get("requestBody", {}).get("content", {})
        kind = next(iter(content), "")
        is_json = kind == "application/json"
        return Operation(
            id=item["operationId"],
            method=method.upper(),
            path=path,
            roles=frozenset(item["x-roles"]) if "x-roles" in item else None,
            is_first=item.get("x-first", False),
            is_quiet=item.get("x-quiet", False),
            query={p["name"]: p["schema"] for p in parameters if p["in"] == "query"},
            path_values={
                p["name"]: p["schema"]["enum"]
                for p in parameters
                if p["in"] == "path" and "enum" in p["schema"]
            },
            body=self.follow(content[kind]["schema"]) if is_json else None,
            content_type=kind,
            body_max=item.get("x-body-max", 65536),
            has_version=any(p["name"] == "If-Match" for p in parameters),
        )

    def example(self, schema: Json, choose: Chooser, name: str = "") -> Any:
        """A value that fits @schema: of an object what is required, and what @choose knows."""
        schema = self.follow(schema)
        chosen = choose(name, schema)
        if chosen is not None:
            return chosen
        if "x-example" in schema:
            return schema["x-example"]
        if "enum" in schema:
            return schema["enum"][0]
        kind = schema["type"]
        if isinstance(kind, list):
            kind = kind[0]
        if kind == "object":
            return self.example_object(schema, choose)
        if kind == "array":
            count = max(1, schema.get("minItems", 0))
            return [self.example(schema["items"], choose, name) for _ in range(count)]
        if kind in ("integer", "number"):
            return schema.get("minimum", 1)
        if kind == "boolean":
            return False
        if schema.get("format") or "pattern" in schema:
            raise KeyError(f"no example for {name}: {schema}")
        return "x" * max(1, schema.get("minLength", 1))

    def example_object(self, schema: Json, choose: Chooser) -> dict[str, Any]:
        required = schema.get("required", [])
        made = {}
        for name, member in schema.get("properties", {}).items():
            if name in required:
                made[name] = self.example(member, choose, name)
        return made

    def find(
        self, schema: Json, kinds: set[str], place: tuple[Any, ...] = ()
    ) -> Iterator[Any]:
        """(place, schema) of each value of @kinds within @schema: ("periods", 0, "name")."""
        schema = self.follow(schema)
        kind = schema.get("type")
        if kinds & ({kind} if isinstance(kind, str) else set(kind or ())):
            yield place, schema
        if kind == "object":
            for name, member in schema.get("properties", {}).items():
                yield from self.find(member, kinds, (*place, name))
        elif kind == "array":
            yield from self.find(schema["items"], kinds, (*place, 0))

    def texts(self, schema: Json) -> Iterator[Any]:
        return self.find(schema, {"string"})
