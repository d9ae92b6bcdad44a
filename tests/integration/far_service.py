# SPDX-License-Identifier: Apache-2.0
"""Serves the sample lesson in the network namespace this is started in.

    far_service.py ADDRESS N_CLASSROOMS DIR

Plain HTTP, though the address is no loopback: a long line's tests measure media, and a
namespace holds no browser that would ask for a secure page."""

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from house.serve import serve  # noqa: E402
from house.service import PORT, Place  # noqa: E402

if __name__ == "__main__":
    address, n_classrooms, var = sys.argv[1:]
    place = Place(address, address, PORT, Path(var), secure=False)
    sys.exit(asyncio.run(serve(place, int(n_classrooms))))
