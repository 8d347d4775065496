#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What fastdrop -j prints is as the schema says, and the schema says something.

usage: json_valid.py SCHEMA DOCUMENTS

Each line of DOCUMENTS is the name of a definition of the schema and a document. Three
checks a definition, a line "ok WHAT" or "not ok WHAT" each: its documents are valid; an
empty one is not; nor is one of them in which any value is of another type.
"""
import copy
import json
import sys

import jsonschema


def places(value, path=()):
    """The paths to all values in a document, itself left out; of a list, to the last one's."""
    items = value.items() if isinstance(value, dict) else \
        list(enumerate(value))[-1:] if isinstance(value, list) else ()
    for key, inner in items:
        yield path + (key,)
        yield from places(inner, path + (key,))


def spoil(document, path):
    """A copy with a value of another type at the path."""
    copied = copy.deepcopy(document)
    place = copied
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = 5 if isinstance(place[path[-1]], (str, bool, dict, list)) else "five"
    return copied


def check(what, faults):
    """Prints the result, and the first faults."""
    for fault in faults[:3]:
        print(f"# {fault}")
    print("not ok" if faults else "ok", what)


def check_kind(kind, validator, documents):
    """The three checks of a definition."""
    faults = [f"{error.message} at {list(error.path)}"
              for document in documents for error in validator.iter_errors(document)]
    check(f"JSON of {kind} is as the schema says",
          faults if documents else ["there is none"])
    check(f"the schema refuses an empty one of {kind}",
          ["{} is valid"] if validator.is_valid({}) else [])
    faults = [f"another type is valid at {list(path)}"
              for document in documents for path in places(document)
              if validator.is_valid(spoil(document, path))]
    check(f"the schema refuses wrong types in one of {kind}", faults)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    documents = {}
    with open(sys.argv[2], encoding="utf-8") as file:
        for line in file:
            kind, text = line.split(" ", 1)
            documents.setdefault(kind, []).append(json.loads(text))
    for reference in schema["anyOf"]:
        kind = reference["$ref"].rsplit("/", 1)[1]
        part = {"$ref": reference["$ref"], "definitions": schema["definitions"]}
        check_kind(kind, jsonschema.Draft7Validator(part), documents.get(kind, []))


main()
