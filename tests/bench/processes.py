"""Memory and children of a process, as Linux tells them."""

import re
from pathlib import Path


def children(pid):
    """The keys of the processes that this one started."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def resident(pid="self"):
    """Megabytes that the process holds now."""
    return _told(pid, "VmRSS")


def peak(pid="self"):
    """The most megabytes that it held since it began, or since `forget_peak`."""
    return _told(pid, "VmHWM")


def forget_peak():
    """From now on, `peak` of this process is the most that it holds after this."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _told(pid, name):
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(rf"^{name}:\s+(\d+) kB$", status, re.MULTILINE)[1]) / 1024
