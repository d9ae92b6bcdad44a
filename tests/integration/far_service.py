# SPDX-License-Identifier: Apache-2.0
"""Serves the sample lesson in the network namespace this is started in.

    far_service.py ADDRESS N_CLASSROOMS DIR

Plain HTTP, though the address is no loopback: a long line's tests measure media, and a
namespace holds no browser that would ask for a secure page."""

import asyncio
import sys
from pathlib import Path

from house.serve import serve
from house.service import PORT, Place

if __name__ == "__main__":
    address, n_classrooms, var = sys.argv[1:]
    place = Place(address, address, PORT, Path(var), secure=False)
    sys.exit(asyncio.run(serve(place, int(n_classrooms))))
