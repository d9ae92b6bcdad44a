/* SPDX-License-Identifier: Apache-2.0 */
/* console-data.mjs: a small county as the API would show it, on a Tuesday morning. */

export const NOW = '2026-10-13T02:10:00Z'; /* 10:10 in Shanghai, in the third period */

const PERIODS = [
    ['08:00', '08:40'], ['08:50', '09:30'], ['09:50', '10:30'], ['10:40', '11:20'], ['14:00', '14:40'], ['14:50', '15:30'], ['15:50', '16:30'],
].map(([starts, ends], i) => ({ number: i + 1, name: `第${'一二三四五六七'[i]}节`, starts, ends }));

/* When a period begins and ends on @day, as instants. */
export function bellsAt(day, number) {
    const { starts, ends } = PERIODS[number - 1];
    const utc = (time) => new Date(`${day}T${time}:00+08:00`).toISOString().replace('.000', '');
    return { starts_at: utc(starts), ends_at: utc(ends) };
}

const organisation = (id, parent, kind, name, name_en, n_children = 0) => ({ id, parent, kind, name, name_en, n_children, version: 3 });
const site = (id, organisation, organisation_name, name, name_en, kind, line, n_devices = 1) => ({
    id, organisation, organisation_name, name, name_en, kind, line, n_devices, room: '教学楼 203', state: 'active', version: 2, seen_at: '2026-10-13T02:09:00Z',
});
const line = (down_kbps, up_kbps, rtt_ms, loss_permille) => ({ down_kbps, up_kbps, rtt_ms, loss_permille, measured_at: '2026-10-13T02:05:00Z' });
const person = (id, name, sign_in, organisation, organisation_name, roles, more = {}) => ({
    id, name, sign_in, organisation, organisation_name, phone: '139****2210', state: 'active', must_change: false, locked_until: null, version: 5,
    appointments: roles.map((role) => ({ role, organisation, organisation_name })), ...more,
});

export function county(is_empty) {
    const organisations = [organisation('yunling', null, 'county', '云岭县', 'Yunling County', is_empty ? 0 : 3)];
    const roles = [{ role: 'administrator', organisation: 'yunling', organisation_name: '云岭县' }];
    const people = [person('zhang', '张主任', 'zhang.zhuren', 'yunling', '云岭县', ['administrator'])];
    const workload = { organisation: 'yunling', lesson: 1, site: 0.1, makeup: 1, received_minutes_pct: 60, version: 1 };
    const verify = { ledger: { ok: true, n: 1284, detail: '' }, audit: { ok: true, n: 5530, detail: '' } };
    const shared = { roles, workload, verify, collides, preview };
    if (is_empty)
        return {
            ...shared, organisations, people, terms: [], 'bell-schedules': [], sites: [], devices: [], pairings: [], entries: [], lessons: [], audit: [], ledger: [],
            today: { now: NOW, live: [], next: [], over: [], wrong: [] }, reports: () => ({ columns: ['name'], rows: [], head: { seq: 0, hash: '0'.repeat(64) } }),
        };
    organisations.push(organisation('cg1', 'yunling', 'school', '城关第一小学', 'Chengguan No. 1 Primary School'),
        organisation('qs', 'yunling', 'school', '青石村小学', 'Qingshi Village School'), organisation('hw', 'yunling', 'school', '河湾教学点', 'Hewan Teaching Point'));
    people.push(person('wang', '王丽华', 'wang.lihua', 'cg1', '城关第一小学', ['teacher']), person('li', '李建国', 'li.jianguo', 'cg1', '城关第一小学', ['teacher'], { must_change: true }),
        person('zhao', '赵敏', 'zhao.min', 'qs', '青石村小学', ['teacher', 'administrator'], { locked_until: '2099-10-13T03:00:00Z' }),
        person('sun', '孙督学', 'sun.duxue', 'yunling', '云岭县', ['inspector'], { state: 'disabled' }));
    const sites = [
        site('cg1-32', 'cg1', '城关第一小学', '三（2）班', 'Class 3 (2)', 'giving', line(94000, 31000, 8, 0)),
        site('cg1-music', 'cg1', '城关第一小学', '音乐教室', 'Music room', 'both', line(3100, 1800, 60, 24)),
        site('qs-3', 'qs', '青石村小学', '三年级', 'Grade 3', 'receiving', line(7800, 2100, 35, 4)),
        site('hw-34', 'hw', '河湾教学点', '三、四年级复式班', 'Grades 3 and 4', 'receiving', line(900, 400, 210, 61), 2),
        { ...site('hw-old', 'hw', '河湾教学点', '旧教室', 'Old room', 'receiving', null, 0), state: 'closed', seen_at: null },
    ];
    return { ...shared, organisations, people, sites, ...school(), ...timetable(sites), ...records() };
}

function school() {
    return {
        terms: [{
            id: 'autumn', organisation: 'yunling', organisation_name: '云岭县', name: '2026–2027学年第一学期', first_day: '2026-09-01', last_day: '2027-01-22', n_weeks: 21, version: 4,
            exceptions: [
                ...[1, 2, 3, 4, 5, 6, 7].map((n) => ({ day: `2026-10-0${n}`, kind: 'off', name: '国庆节' })),
                { day: '2026-10-10', kind: 'work', follows: '2026-10-07', name: '国庆调休' },
                { day: '2026-10-16', kind: 'off', name: '校运会' }, { day: '2026-10-17', kind: 'work', follows: '2026-10-16', name: '校运会调休' },
            ],
        }],
        'bell-schedules': [
            { id: 'summer', organisation: 'yunling', organisation_name: '云岭县', name: '夏季作息', periods: PERIODS, version: 1 },
            { id: 'winter', organisation: 'qs', organisation_name: '青石村小学', name: '冬季作息', periods: PERIODS.slice(0, 6), version: 1 },
        ],
        devices: [
            { id: 'd1', site: 'cg1-32', site_name: '三（2）班', organisation_name: '城关第一小学', name: '讲台电脑', state: 'active', enrolled_at: NOW, seen_at: NOW, address: '10.8.3.21', program: 'synclass 0.9.0', health: { camera: 'ok', microphone: 'ok', screen: 'unknown' }, is_online: true, version: 7 },
            { id: 'd2', site: 'qs-3', site_name: '三年级', organisation_name: '青石村小学', name: '电视盒', state: 'active', enrolled_at: NOW, seen_at: '2026-10-12T09:00:00Z', address: '10.9.1.4', program: 'synclass 0.9.0', health: { camera: 'missing', microphone: 'ok', screen: 'ok' }, is_online: false, version: 2 },
            { id: 'd3', site: 'hw-34', site_name: '三、四年级复式班', organisation_name: '河湾教学点', name: '旧一体机', state: 'revoked', enrolled_at: NOW, seen_at: null, address: '', program: '', health: null, is_online: false, version: 2 },
        ],
    };
}

function timetable(sites) {
    const pairing = (id, name, subject, teacher, teacher_name, giving, receiving, state) => ({
        id, name, term: 'autumn', term_name: '2026–2027学年第一学期', giving_site: giving, giving_site_name: nameOf(giving), teacher, teacher_name, subject, grade: '三年级', mode: 'by-subject', state,
        organisation: 'yunling', receiving_sites: receiving, receiving_site_names: receiving.map(nameOf), version: 3,
        history: [{ at: '2026-08-25T01:00:00Z', state: 'draft', person: 'zhang', person_name: '张主任', reason: '' }, ...state === 'draft' ? [] : [{ at: '2026-08-28T02:30:00Z', state: 'active', person: 'zhang', person_name: '张主任', reason: '开学准备就绪' }]],
    });
    const nameOf = (id) => sites.find((one) => one.id === id).name;
    const pairings = [
        pairing('p-cn', '三年级语文 · 城关一小', '语文', 'wang', '王丽华', 'cg1-32', ['qs-3', 'hw-34'], 'active'),
        pairing('p-mu', '三年级音乐 · 城关一小', '音乐', 'li', '李建国', 'cg1-music', ['qs-3'], 'suspended'),
        pairing('p-en', '四年级英语 · 城关一小', '英语', 'li', '李建国', 'cg1-32', ['hw-34'], 'draft'),
    ];
    const lesson = (id, of, day, n, state = 'scheduled', more = {}) => {
        const date = `2026-10-${12 + day - 1}`;
        return {
            id, pairing: of.id, term: 'autumn', entry: 'e1', origin: 'timetable', state, title: of.name, subject: of.subject, teacher: of.teacher, teacher_name: of.teacher_name,
            giving_site: of.giving_site, receiving_sites: of.receiving_sites, site_names: [of.giving_site_name, ...of.receiving_site_names], day: date, period: n,
            ...bellsAt(date, n), reason: '', version: 1, ...more,
        };
    };
    const [cn, mu, en] = pairings;
    const lessons = [
        lesson('l1', cn, 1, 2, 'ended'), lesson('l2', mu, 1, 5, 'cancelled', { reason: '教师外出培训' }), lesson('l3', cn, 2, 1, 'ended'), lesson('l4', cn, 2, 3, 'live'), lesson('l5', en, 2, 4),
        lesson('l6', cn, 3, 2), lesson('l7', mu, 3, 6), lesson('l8', cn, 4, 2), lesson('l9', en, 4, 5), lesson('l10', mu, 6, 3, 'scheduled', { origin: 'makeup' }),
    ];
    const entry = (id, of, weekday, period, weeks = 'all') => ({
        id, pairing: of.id, pairing_name: of.name, weekday, schedule: 'summer', schedule_name: '夏季作息', period, period_name: PERIODS[period - 1].name, weeks, first_week: 1, last_week: 21, teacher: null, teacher_name: null, version: 2,
    });
    return {
        pairings, lessons, entries: [entry('e1', cn, 1, 2), entry('e2', cn, 2, 3), entry('e3', cn, 3, 2), entry('e4', cn, 4, 2, 'odd'), entry('e5', mu, 1, 5)],
        today: {
            now: NOW, live: [lessons[3]], next: [lessons[4]], over: [lessons[2]], wrong: [
                { kind: 'site-absent', lesson: 'l4', lesson_title: cn.name, site: 'hw-34', site_name: '三、四年级复式班', detail: '', sentence: { 'zh-CN': '上课 20 分钟了，教室还没有进入课堂。', en: 'Not in the lesson 20 minutes after the bell.' } },
                { kind: 'device-silent', site: 'qs-3', site_name: '三年级', device: 'd2', device_name: '电视盒', detail: '', sentence: { 'zh-CN': '从昨天 17:00 起没有联系。', en: 'No word since 17:00 yesterday.' } },
            ],
        },
    };
}

function records() {
    const row = (seq, action, kind, object, before, after, outcome = 'done', more = {}) => ({
        seq, at: `2026-10-13T01:${String(seq % 60).padStart(2, '0')}:10Z`, actor: 'zhang', actor_name: '张主任', address: '10.8.3.2', action, outcome, kind, object, organisation: 'yunling', before, after, ...more,
    });
    const audit = [
        row(52, 'patch-site', 'site', 'qs-3', { name: '三年级', room: '201', kind: 'receiving', version: 1 }, { name: '三年级', room: '教学楼 203', kind: 'both', version: 2 }),
        row(51, 'create-pairing', 'pairing', 'p-en', null, { name: '四年级英语 · 城关一小', subject: '英语', receiving_sites: ['hw-34'] }),
        row(50, 'delete-term', 'term', 'old', { name: '旧学期', first_day: '2025-09-01' }, null),
        row(49, 'get-site', 'site', 'cg1-32', null, null, 'looked', { actor: 'sun', actor_name: '孙督学' }),
        row(48, 'sign-in', 'session', '', null, null, 'refused', { actor: '', actor_name: '' }),
    ];
    const ledger = [['三（2）班', 40, 39.6, 39.6, 0, 0.1], ['三年级', 40, 39.6, 38.92, 1, 0.6], ['三、四年级复式班', 40, 39.6, 27.15, 6, 5.8]].map(([site_name, scheduled_min, delivered_min, received_min, n_interruptions, loss_pct], i) => ({
        seq: 1282 + i, lesson: 'l3', lesson_title: '三年级语文 · 城关一小', site: `s${i}`, site_name, role: i ? 'classroom' : 'teacher', teacher_name: '王丽华', subject: '语文', state: 'ended',
        starts_at: '2026-10-13T00:00:00Z', scheduled_min, delivered_min, received_min, n_interruptions, loss_pct, width: i ? 1280 : null, height: i ? 720 : null, n_floor: i,
    }));
    return { audit, ledger, reports };
}

function reports(kind) {
    const names = {
        teachers: ['王丽华', '李建国', '赵敏'], schools: ['城关第一小学', '青石村小学', '河湾教学点'], counties: ['云岭县'], subjects: ['语文', '音乐', '英语'], terms: ['2026–2027学年第一学期'],
    }[kind];
    const column = (name, kind, zh, en) => ({ name, kind, title: { 'zh-CN': zh, en } });
    return {
        columns: [column('name', 'text', '名称', 'Name'), column('lessons_due', 'integer', '应授课时', 'Lessons due'), column('lessons_given', 'integer', '实授课时', 'Lessons given'),
            column('cancelled', 'integer', '取消', 'Cancelled'), column('made_up', 'integer', '补课', 'Made up'), column('minutes_delivered', 'minutes', '授课分钟', 'Minutes given'),
            column('receptions_due', 'integer', '应受课时', 'Receptions due'), column('lessons_received', 'integer', '实受课时', 'Lessons received'), column('received_pct', 'percent', '受课率', 'Received'),
            column('minutes_received', 'minutes', '受课分钟', 'Minutes received'), column('interruptions', 'integer', '中断次数', 'Interruptions'), column('floor_turns', 'integer', '发言次数', 'Turns at the floor'),
            column('workload', 'number', '工作量', 'Workload')],
        rows: names.map((name, i) => [name, 48 - 9 * i, 46 - 9 * i, 2, 1, 1820.5 - 400 * i, 92 - 18 * i, 45 - 12 * i, 97.4 - 6 * i, 1772.33 - 420 * i, 3 + 4 * i, 61 - 7 * i, 55.2 - 8.8 * i]),
        head: { seq: 1284, hash: '5e1f0c3b9a77d2c48e6a10f9b3d5724c8f0a61e2b9d3c7f4a5e6081b2c3d4e5f' },
    };
}

/* What `check` says: period 2 is taken, 4 and 6 are free. */
function collides(is_taken) {
    if (!is_taken)
        return { conflicts: [], free: [] };
    const free = (day, weekday, n) => ({ day, weekday, period: n, name: PERIODS[n - 1].name, ...bellsAt(day, n) });
    return {
        conflicts: [{
            kind: 'receiving-site', subject: 'qs-3', subject_name: '三年级', lesson: 'l6', lesson_title: '三年级语文', starts_at: NOW, ends_at: NOW,
            sentence: { 'zh-CN': '青石村小学三年级在第二节已有“三年级语文”。', en: 'Grade 3 of Qingshi Village School already has “Chinese, grade 3” in period 2.' },
        }],
        free: [free('2026-10-14', 3, 4), free('2026-10-14', 3, 6), free('2026-10-15', 4, 3)],
    };
}

/* Lines with "坏" are faulty. */
function preview(text) {
    const lines = text.split('\n').filter(Boolean).slice(1);
    const errors = lines.flatMap((row, i) => (row.includes('坏') ? [{ line: i + 2, column: 'weekday', detail: 'weekday: 9, 1 to 7', sentence: { 'zh-CN': '星期应当是 1 到 7，这里是 9。', en: 'The weekday must be 1 to 7; it is 9.' } }] : []));
    return {
        rows: lines.length, n_good: lines.length - errors.length, n_unchanged: lines.filter((row) => row.includes('已有')).length, n_errors: errors.length, errors,
        preview: lines.filter((row) => !row.includes('坏')).map((row) => ({
            pairing: row.split(',')[0], giving_site: '城关第一小学/三（2）班', teacher: '王丽华', subject: '语文', grade: '三年级', receiving_sites: ['青石村小学/教室'],
            weekday: 1, period: 2, weeks: 'all', first_week: 1, last_week: 53, schedule: '作息',
        })),
    };
}
