"""Drawing an SVG, in a process of its own: what takes too long, too much, or breaks the drawer harms nobody.

python -m matricula.web.drawing: takes {"svg", "width", "height"} as JSON, gives a PNG of as many pixels.
"""

import json
import os
import resource
import subprocess
import sys

import typst

SECONDS = 10
HANDED_ON = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH")
MEMORY = 2 * 1024**3
"""Bytes of address space; most of it is never touched."""
DRAWING = b"""#set page(width: auto, height: auto, margin: 0pt, fill: none)
#let c = json(bytes(sys.inputs.drawing))
#image(bytes(c.svg), format: "svg", width: c.width * 1pt, height: c.height * 1pt)
"""


class NotDrawn(Exception):
    """The drawing is broken, or nothing that can be drawn in reasonable time."""


def draw(svg: bytes, width: int, height: int) -> bytes:
    """A PNG. Raises NotDrawn."""
    asked = json.dumps({"svg": svg.decode(), "width": width, "height": height})
    command = [sys.executable, "-m", "matricula.web.drawing"]
    try:
        done = subprocess.run(
            command, input=asked.encode(), capture_output=True, timeout=SECONDS, check=True, env=bare()
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as fault:
        raise NotDrawn from fault
    return done.stdout


def bare() -> dict[str, str]:
    """Where programs are, and none of the secrets that this process was started with."""
    return {name: os.environ[name] for name in HANDED_ON if name in os.environ}


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    inputs = {"drawing": sys.stdin.read()}
    typst.compile(DRAWING, format="pdf", sys_inputs=inputs)  # it will be printed on certificates too
    sys.stdout.buffer.write(typst.compile(DRAWING, format="png", ppi=72, sys_inputs=inputs))


if __name__ == "__main__":
    main()
