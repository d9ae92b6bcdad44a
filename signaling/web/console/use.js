/* SPDX-License-Identifier: Apache-2.0 */
/* use.js: hooks: what was asked of the server, the address, the person who is signed in. */

import { createContext, useCallback, useContext, useEffect, useRef, useState }
    from '/assets/vendor/preact.js';

import { Problem } from '../assets/problem.js';
import { DEFAULT_ZONE } from './days.js';
import { parseRoute } from './router.js';

export const SessionContext = createContext(null);

/* {person, roles, zone, is(role), …} of the person who is signed in. */
export const useSession = () => useContext(SessionContext);

export function makeSession(answer) {
    const held = new Set(answer.roles.map(({ role }) => role));
    return {
        ...answer, zone: answer.zone ?? DEFAULT_ZONE, is: (role) => held.has(role),
        can_change: held.has('administrator'),
        /* may see what lies below some organisation, not only what is its own */
        can_look: held.has('administrator') || held.has('inspector'),
        /* every organisation that it is appointed to */
        places: [...new Set(answer.roles.map(({ organisation }) => organisation))],
        /* where its sight begins */
        roots: [...new Map(answer.roles.filter(({ role }) => role !== 'teacher')
            .map(({ organisation, organisation_name }) => [organisation, organisation_name]))]
            .map(([id, name]) => ({ id, name })),
    };
}

export function useRoute() {
    const [route, setRoute] = useState(() => parseRoute(location.hash));
    useEffect(() => {
        const read = () => setRoute(parseRoute(location.hash));
        addEventListener('hashchange', read);
        read(); /* it may have changed before we listened */
        return () => removeEventListener('hashchange', read);
    }, []);
    return route;
}

/* Asks by @ask(signal) now, again when @key or @round changes, on reload() and each @every_ms.
 * What was answered last stays until there is something newer, unless @key says that it would
 * answer another question; so nothing flickers: {value, problem,
 * is_loading, reload}. @key null: asks nothing. */
export function useLoad(ask, key, { every_ms = 0, round = 0 } = {}) {
    const [state, setState] = useState({ key, value: null, problem: null, is_loading: true });
    const [n_reloads, setReloads] = useState(0);
    const latest = useRef(ask);
    latest.current = ask;
    useEffect(() => {
        if (key === null)
            return undefined;
        const abort = new AbortController();
        let timer;
        setState((old) => ({ ...old, key, is_loading: true, ...(old.key !== key && { value: null, problem: null }) }));
        const turn = async () => {
            try {
                const value = await latest.current(abort.signal);
                setState({ key, value, problem: null, is_loading: false });
            } catch (error) {
                if (abort.signal.aborted)
                    return;
                if (!(error instanceof Problem))
                    throw error;
                setState((old) => ({ ...old, problem: error, is_loading: false }));
            }
            if (every_ms && !abort.signal.aborted)
                timer = setTimeout(turn, every_ms);
        };
        turn();
        return () => {
            abort.abort();
            clearTimeout(timer);
        };
    }, [key, round, n_reloads, every_ms]);
    const reload = useCallback(() => setReloads((n) => n + 1), []);
    return state.key === key ? { ...state, reload }
        : { key, value: null, problem: null, is_loading: key !== null, reload };
}

/* A value that follows @value once that has been still for @ms: for typing. */
export function useSettled(value, ms = 250) {
    const [settled, setSettled] = useState(value);
    useEffect(() => {
        const timer = setTimeout(() => setSettled(value), ms);
        return () => clearTimeout(timer);
    }, [value, ms]);
    return settled;
}

/* Is @problem about the field @name, or about one of the things chosen in it? What a form
 * has no field for is shown at its head. */
export const isAbout = (problem, name) => problem?.field === name || problem?.field.startsWith(`${name}[`);

/* The state of a form. @save(values) may throw Problem: that is shown, at its field. */
export function useForm(initial, save) {
    const [values, setValues] = useState(initial);
    const [problem, setProblem] = useState(null);
    const [is_busy, setBusy] = useState(false);
    const form = useRef(null);
    useEffect(() => {
        if (problem) /* the field at fault, or the sentence at the head of the form */
            (form.current?.querySelector('[aria-invalid="true"]')
                ?? form.current?.querySelector('.trouble'))?.focus();
    }, [problem]);
    const set = (name, value) => {
        setValues((old) => ({ ...old, [name]: value }));
        if (isAbout(problem, name))
            setProblem(null);
    };
    const submit = async (event) => {
        event?.preventDefault();
        if (is_busy)
            return;
        setBusy(true);
        setProblem(null);
        try {
            await save(values);
        } catch (error) {
            if (!(error instanceof Problem))
                throw error;
            setProblem(error);
        } finally {
            setBusy(false);
        }
    };
    return { values, set, setValues, problem, setProblem, is_busy, submit, ref: form };
}

/* A complaint that the page itself makes about a field, before it asks the server. */
export const complain = (name, field) => new Problem(name, { members: { field } });
