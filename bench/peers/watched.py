"""Runs one command and reports how it fared.

usage: watched.py REPORT.json LIMIT_SECONDS COMMAND...

REPORT: exit (124: it took longer than the limit and was ended), seconds, peak_gb (the most that the process, or one of its children, had
resident: of this child alone, unlike RUSAGE_CHILDREN), others (share of the machine's processor time that other processes took meanwhile;
null where the system does not tell).
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

GRACE_SECONDS = 10
STAT = pathlib.Path("/proc/stat")


def busy():
    """Processor seconds that all processes have taken since the start of the machine."""
    user, nice, system, _, _, irq, softirq, steal = map(int, STAT.read_text().split("\n", 1)[0].split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def main():
    report, limit, command = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    before, start = busy() if STAT.exists() else None, time.time()
    child = subprocess.Popen(command, start_new_session=True)

    def end(sent, frame):
        # A session of its own: its children go with it, nobody else does.
        os.killpg(child.pid, signal.SIGTERM if not ended else signal.SIGKILL)
        ended.append(sent)
        signal.alarm(GRACE_SECONDS)

    ended = []
    for wanted in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted, end)
    signal.alarm(limit)
    _, status, usage = os.wait4(child.pid, 0)
    signal.alarm(0)
    child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.time() - start
    others = None
    if before is not None:
        others = max(0.0, (busy() - before - usage.ru_utime - usage.ru_stime) / seconds / os.cpu_count())
    code = 124 if signal.SIGALRM in ended else child.returncode
    pathlib.Path(report).write_text(json.dumps({"exit": code, "seconds": round(seconds, 1), "peak_gb": usage.ru_maxrss * 1024 / 1e9, "others": others}))
    return code


if __name__ == "__main__":
    sys.exit(main())
