/* SPDX-License-Identifier: Apache-2.0 */
/* verify.h: the sub-command that looks whether ledger and audit log are whole. Works
 * while the service runs. Thread: main. */
#pragma once

/* `verify --database FILE`; @argv[0] is "verify". Prints a line for each chain. Returns 0
 * where both are sound, 1 where one is not, 2 where it could not look. */
int sc_verify_run(int argc, char **argv);
