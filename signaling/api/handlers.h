/* SPDX-License-Identifier: Apache-2.0 */
/* handlers.h: the nouns whose handlers the API is made of, each in a file of its own. */
#pragma once

#include "signaling/api/api.h"

/* A line for each noun. */
#define SC_HANDLERS(X) \
    X(audit)           \
    X(bell_schedule)   \
    X(calendar)        \
    X(device)          \
    X(device_side)     \
    X(document)        \
    X(enrolment)       \
    X(entry)           \
    X(export)          \
    X(import)          \
    X(job)             \
    X(lesson)          \
    X(organisation)    \
    X(pairing)         \
    X(person)          \
    X(report)          \
    X(session)         \
    X(site)            \
    X(term)            \
    X(today)

#define SC_HANDLERS_DECLARE(noun)                     \
    extern const ScApiHandler sc_##noun##_handlers[]; \
    extern const unsigned sc_n_##noun##_handlers;
SC_HANDLERS(SC_HANDLERS_DECLARE)
#undef SC_HANDLERS_DECLARE
