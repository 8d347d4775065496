#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""scripts/bench-report holds figures against their bars and against a baseline."""

import json
import pathlib
import subprocess
import sys
import tempfile

REPORT = pathlib.Path(__file__).parents[2] / "scripts" / "bench-report"
FIGURES = [("road", "fastdrop", "burst 64", 372.0), ("road", "iptables", "burst 64", 1221.0),
           ("road", "none", "burst 64", 5400.0), ("road", "miss", "burst 64", 5540.0),
           ("road", "asleep", "burst 64", 372.0), ("road", "sample1000", "burst 64", 379.0),
           ("road", "sample1", "burst 64", 567.0),
           ("ladder", "xdp", "wire 63", 1611.0), ("ladder", "xdp-bare", "wire 63", 1498.0),
           ("ladder", "xdp-filter", "wire 63", 1610.0), ("ladder", "iptables", "wire 63", 3456.0),
           ("ladder", "ingress", "wire 63", 2841.0), ("ladder", "nft", "wire 63", 3492.0),
           ("growth", "mixed:100000", "instructions/packet", 640.0),
           ("growth", "mixed:100000", "MiB", 38.0),
           ("growth", "set:100000", "instructions/packet", 517.0),
           ("growth", "prefix:1", "instructions/packet", 392.0)]

# nft's quartiles lie within those of ingress, u32's do not.
NATIVE = [("native", row, column, value)
          for row, values in {"ingress": (58, 1.05, 1.27), "nft": (57, 1.15, 1.28),
                              "u32": (46, 0.64, 0.98)}.items()
          for column, value in zip(("ns/packet", "lower", "upper"), values)]
GOODPUT = [("goodput", row, column, value)
           for row, values in {"none": (900, 10, 0), "iptables": (990, 960, 50),
                               "fastdrop": (1000, 900, 20)}.items()
           for column, value in zip(("0", "100", "500"), values)]

tests = failed = 0


def check(what, good):
    global tests, failed
    tests += 1
    failed += not good
    print(f"{'' if good else 'not '}ok {tests} bench_report: {what}")


def report(*args):
    return subprocess.run([REPORT, *args], capture_output=True, text=True)


def write(path, figures, kernel="6.1.0-1"):
    lines = [f"about\t6.1\t\tkernel\t\t{kernel}", "about\t6.1\t\tcompiler\t\tgcc-12",
             "about\t\t\tdate\t\t2026-01-01"]
    lines += [f"{part}\t{'uml' if part == 'native' else '6.1'}\tgcc\t{row}\t{column}\t{value}" for part, row, column, value in figures]
    path.with_suffix(".tsv").write_text("\n".join(lines) + "\n")
    made = report("json", path.with_suffix(".tsv"))
    path.write_text(made.stdout)
    return made


def grown(row, times):
    return [(p, r, c, v * times if r == row else v) for p, r, c, v in FIGURES]


with tempfile.TemporaryDirectory() as name:
    now, base = pathlib.Path(name) / "now.json", pathlib.Path(name) / "base.json"
    write(now, FIGURES)
    base.write_text(report("baseline", now).stdout)
    same = report("gate", now, base)
    check("nothing has grown", same.returncode == 0 and "not ok" not in same.stdout)
    check("bars are held", "hook xdp, more than a bare XDP program: 113.00" in same.stdout)

    write(now, grown("fastdrop", 1.019))
    check("2 % are allowed", report("gate", now, base).returncode == 0)
    write(now, grown("fastdrop", 1.021))
    check("no more", "\nnot ok" in report("gate", now, base).stdout)
    write(now, grown("miss", 0.99))
    check("less is", report("gate", now, base).returncode == 0)
    write(now, grown("xdp", 1.1))
    gate = report("gate", now, base)
    check("a bar that does not hold fails", gate.returncode == 1 and
          "not ok 8 hook xdp, more than a bare XDP program: 274.10, at most 160" in gate.stdout)

    write(now, grown("fastdrop", 1.1), "6.1.0-2")
    gate = report("gate", now, base)
    check("a baseline of another kernel is none", gate.returncode == 0 and "# SKIP" in gate.stdout)
    check("and none at all fails", report("gate", now, base.with_name("none")).returncode == 1)
    write(now, [f for f in FIGURES if f[1] != "ingress"])
    gate = report("gate", now, base)
    check("what was not measured fails", gate.returncode == 1 and
          "ingress, of what nft takes there was not measured" in gate.stdout and
          "ladder ingress wire 63 was not measured" in gate.stdout)
    json.dump({"source": json.loads(base.read_text())["source"], "rows": {}}, base.open("w"))
    write(now, FIGURES)
    check("a row that is new wants one", "no baseline" in report("gate", now, base).stdout)

    text = report("text", now).stdout
    check("a table has rows and columns", "fastdrop         372" in text and "burst 64" in text)
    full = report("complete", now)
    check("what a full run lacks is told", full.returncode == 1 and
          "not measured: ladder-6.12, clang-6.1," in full.stderr)

    write(now, FIGURES + NATIVE + GOODPUT)
    winners = report("text", now).stdout.split("# winners\n")[1]
    check("natively only who is ahead by quartiles wins", "u32 46\n" in winners and "nft 57" not in winners)
    check("in goodput only up to the knee", "at 100 kpps" in winners and "at 500" not in winners)
    check("and where more is better, less is not", "none" not in winners)
    twice = write(now, FIGURES + FIGURES[:1])
    check("a figure is measured once", twice.returncode == 1 and "measured twice" in twice.stderr)

print(f"1..{tests}")
sys.exit(failed > 0)
