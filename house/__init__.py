# SPDX-License-Identifier: Apache-2.0
"""What stands behind the script `run`: install, build, start, watch, stop, count."""
