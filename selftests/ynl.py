#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Requests by ynl, which knows of a netlink family what its specification says.

usage: ynl.py DIRECTORY SPECIFICATION SCHEMA

DIRECTORY is where ynl is, tools/net/ynl of the kernel. Standard input has a request
a line: "do OPERATION [JSON]" or "dump OPERATION [JSON]". Each is answered by a line:
JSON, or "refused: " and why. All are of one socket. The very first line says "ready",
or "missing" and which part of Python.
"""

import json
import os
import sys


def encode(value):
    """What JSON has no type for: bytes."""
    return value.hex() if isinstance(value, bytes) else list(value)


def answer(ynl, refusal, request):
    """The line that answers a request."""
    kind, operation, *attributes = request.split(maxsplit=2)
    attributes = json.loads(attributes[0]) if attributes else {}
    try:
        return json.dumps(getattr(ynl, kind)(operation, attributes), default=encode)
    except refusal as why:
        return "refused: " + " ".join(str(why).split())


def main():
    directory, specification, schema = sys.argv[1:]
    inner = os.path.join(directory, "pyynl")
    sys.path.append(inner if os.path.isdir(inner) else directory)
    try:
        import jsonschema  # the specification is held to its schema by this
        from lib import NlError, YnlFamily
    except ModuleNotFoundError as why:
        sys.exit(print("missing", why.name))

    ynl = YnlFamily(specification, schema)
    print("ready", flush=True)
    for request in sys.stdin:
        print(answer(ynl, NlError, request), flush=True)


main()
