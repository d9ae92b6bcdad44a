/* SPDX-License-Identifier: Apache-2.0 */
/* admin.h: the sub-command that makes an administrator, from outside the console: the
 * first one, or one more when nobody can sign in. Thread: main. */
#pragma once

/* `admin --database FILE --sign-in NAME [--name NAME] [--organisation ID | --root-name
 * NAME --root-kind KIND] [--password-file FILE]`; @argv[0] is "admin". Prints the first
 * password where no file gives one. Returns the exit status; tells on stderr. */
int sc_admin_run(int argc, char **argv);
