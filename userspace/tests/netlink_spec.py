#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The netlink specification says what the header says, and is a valid one.

usage: tests/netlink_spec.py [HEADER SPECIFICATION]

The schema is scripts/setup ynl's; without it, or without Python's modules for YAML and
JSON schemas, what needs them is skipped.
"""
import os
import re
import sys

try:
    import yaml
except ImportError:
    yaml = None
try:
    import jsonschema
except ImportError:
    jsonschema = None

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
HEADER = os.path.join(TOP, "module", "uapi", "fastdrop.h")
SPECIFICATION = os.path.join(TOP, "docs", "netlink", "fastdrop.yaml")
CACHE = os.environ.get("FASTDROP_CACHE") or os.path.join(
    os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "fastdrop")
SCHEMA = os.path.join(CACHE, "ynl", "Documentation", "netlink", "genetlink.yaml")

# What anybody may ask; all else takes CAP_NET_ADMIN.
UNPRIVILEGED = {"dev-get"}


class Report:
    """KTAP, a line a test."""

    def __init__(self, plan):
        self.number = 0
        self.failed = False
        print(f"TAP version 13\n1..{plan}")

    def result(self, what, complaints):
        self.number += 1
        for complaint in complaints:
            print(f"# {complaint}")
        print(f"{'not ok' if complaints else 'ok'} {self.number} {what}")
        self.failed = self.failed or bool(complaints)

    def skip(self, what, why):
        self.number += 1
        print(f"ok {self.number} {what} # SKIP {why}")


def header_enums(text):
    """{enum: {name: number}} of the family in a C header; what begins with __ is no value.

    Its enums are called _cmd and _attr; others are of the rings.
    """
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    enums = {}
    for name, body in re.findall(r"enum (\w+_(?:cmd|attr)) \{(.*?)\}", text, flags=re.S):
        number = 0
        enums[name] = {}
        for entry in filter(None, (e.strip() for e in body.split(","))):
            word, _, value = (part.strip() for part in entry.partition("="))
            number = int(value, 0) if value else number
            if not word.startswith("__"):
                enums[name][word] = number
            number += 1
    return enums


def spec_enum(prefix, entries):
    """{C name: number}: from 1 on, as the kernel's generator counts."""
    number = 1
    enum = {}
    for entry in entries:
        number = entry.get("value", number)
        enum[(prefix + entry["name"]).upper().replace("-", "_")] = number
        number += 1
    return enum


def spec_enums(spec):
    operations = spec["operations"]
    enums = {s["enum-name"].replace("-", "_"): spec_enum(s["name-prefix"], s["attributes"])
             for s in spec["attribute-sets"]}
    commands = spec_enum(operations["name-prefix"], operations["list"])
    # An operation cannot be the one that there is not.
    commands[operations["name-prefix"].upper().replace("-", "_") + "UNSPEC"] = 0
    enums[operations["enum-name"].replace("-", "_")] = commands
    return enums


def differences(header, spec):
    for enum in sorted(header.keys() | spec.keys()):
        ours, theirs = header.get(enum, {}), spec.get(enum, {})
        for name in sorted(ours.keys() | theirs.keys()):
            if ours.get(name) != theirs.get(name):
                yield f"{name}: {ours.get(name)} in the header, {theirs.get(name)} in the spec"


def groups(text, spec):
    ours = set(re.findall(r'define FASTDROP_GROUP_\w+\s+"(\w+)"', text))
    theirs = {group["name"] for group in spec["mcast-groups"]["list"]}
    told = {op["mcgrp"] for op in spec["operations"]["list"] if "mcgrp" in op}
    for name in sorted((ours | theirs | told) - (ours & theirs & told)):
        yield f"group {name}: not in the header, the groups and the notifications alike"


def attributes_of(op):
    yield from op.get("event", {}).get("attributes", [])
    for kind in ("do", "dump"):
        for message in ("request", "reply"):
            yield from op.get(kind, {}).get(message, {}).get("attributes", [])


def unknown(spec):
    """What operations speak of and is nowhere, and what nothing speaks of."""
    sets = {s["name"]: {a["name"]: a for a in s["attributes"]} for s in spec["attribute-sets"]}
    names = {op["name"] for op in spec["operations"]["list"]}
    used = set()
    for op in spec["operations"]["list"]:
        if op.get("notify", op["name"]) not in names:
            yield f"{op['name']}: there is no operation {op['notify']}"
        for name in attributes_of(op):
            used.add(name)
            if name not in sets["fastdrop"]:
                yield f"{op['name']}: there is no attribute {name}"
    for name, attribute in sets["fastdrop"].items():
        if attribute["type"] not in ("unused", "pad") and name not in used:
            yield f"attribute {name} is of no operation"
        if attribute["type"] == "nest" and attribute.get("nested-attributes") not in sets:
            yield f"attribute {name} is a nest of nothing that there is"


def permissions(spec):
    for op in spec["operations"]["list"]:
        asked = "do" in op or "dump" in op
        admin = "admin-perm" in op.get("flags", [])
        if asked and admin == (op["name"] in UNPRIVILEGED):
            yield f"{op['name']}: admin-perm is {'there' if admin else 'missing'}"


def undocumented(spec):
    for space in spec["attribute-sets"]:
        for a in space["attributes"]:
            if a["type"] not in ("unused", "pad") and not a.get("doc"):
                yield f"attribute {a['name']} of {space['name']} has no doc"


def validate(report, spec):
    what = "the specification is valid by the kernel's schema"
    if not jsonschema:
        report.skip(what, "no python3-jsonschema")
        return
    if not os.path.exists(SCHEMA):
        report.skip(what, "no schema: scripts/setup ynl")
        return
    with open(SCHEMA, encoding="utf-8") as file:
        schema = yaml.safe_load(file)
    errors = jsonschema.Draft7Validator(schema).iter_errors(spec)
    report.result(what, ["/".join(map(str, e.absolute_path)) + ": " + e.message for e in errors])


def main():
    paths = sys.argv[1:] or [HEADER, SPECIFICATION]
    if not yaml:
        print("TAP version 13\n1..0 # SKIP no python3-yaml")
        return 0
    with open(paths[0], encoding="utf-8") as file:
        text = file.read()
    with open(paths[1], encoding="utf-8") as file:
        spec = yaml.safe_load(file)
    report = Report(6)
    validate(report, spec)
    report.result("header and specification have the same names and numbers",
                  list(differences(header_enums(text), spec_enums(spec))))
    report.result("and the same multicast groups", list(groups(text, spec)))
    report.result("operations and attributes name each other", list(unknown(spec)))
    report.result("all but dev-get takes CAP_NET_ADMIN", list(permissions(spec)))
    report.result("every attribute has its doc", list(undocumented(spec)))
    return report.failed


sys.exit(main())
