/* SPDX-License-Identifier: Apache-2.0 */
/* paper.h: documents for tests, made with cairo. */
#pragma once

#include <glib.h>

#define PAPER_WIDTH 400 /* [points] of each page, as the next */
#define PAPER_HEIGHT 300

/* A PDF of @n_pages: page k, from 1, is white, with a black square as wide as 1/10 of it
 * at the upper left, k squares to the right; and words. */
GBytes *paper_make(unsigned n_pages);
/* The same in a file below @folder. Its path. */
char *paper_write(const char *folder, unsigned n_pages);
