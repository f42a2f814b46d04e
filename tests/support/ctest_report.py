#!/usr/bin/env python3
"""Reads ctest's JUnit report: ctest_report.py REPORT DIRECTORY

Prints "PASSED FAILED SKIPPED", then a line for each test that failed or was skipped: "failed NAME FILE", where FILE in
DIRECTORY holds its output, and "skipped NAME REASON".
"""
import pathlib
import re
import shutil
import sys
import xml.etree.ElementTree

report, directory = sys.argv[1], pathlib.Path(sys.argv[2])
shutil.rmtree(directory, ignore_errors=True)
# A test may print bytes that XML does not know.
text = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "?", pathlib.Path(report).read_text(errors="replace"))
cases = xml.etree.ElementTree.fromstring(text).iter("testcase")

passed = failed = skipped = 0
lines = []
for case in cases:
    name, status, mark = case.get("name"), case.get("status"), case.find("skipped")
    output = case.findtext("system-out") or ""
    # A program that is not there is "skipped" to ctest.
    if status == "disabled" or (mark is not None and mark.get("message", "").startswith("SKIP_")):
        skipped += 1
        reason = re.search(r"^SKIPPED: (.+)$|: Skipped\n(.+)$", output, re.MULTILINE)
        lines.append(f"skipped {name} {(reason[1] or reason[2]) if reason else ''}")
    elif status == "run":
        passed += 1
    else:
        failed += 1
        directory.mkdir(parents=True, exist_ok=True)
        file = directory / f"{name}.txt"
        why = mark.get("message") if mark is not None else f"failed after {float(case.get('time')):.1f} s"
        file.write_text(f"{output}\n{name}: {why}\n")
        lines.append(f"failed {name} {file}")
print(passed, failed, skipped)
print("\n".join(lines))
