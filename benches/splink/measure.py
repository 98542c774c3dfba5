"""Runs a command and tells its exit code, seconds and peak memory as the last line of standard error.

A process of its own, and a small one: what a process held before it became another program counts
towards that program's peak.
"""

import os
import sys
import time

began = time.perf_counter()
process = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
_, status, used = os.wait4(process, 0)
wall = time.perf_counter() - began
print(f"\n{os.waitstatus_to_exitcode(status)} {wall} {used.ru_utime + used.ru_stime} {used.ru_maxrss / 1024}", file=sys.stderr)
