/* SPDX-License-Identifier: Apache-2.0 */
/* columns.js: how much room a text takes: a Chinese character is two columns wide, a Latin
 * letter one. */

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;

export function columnsOf(text) {
    return [...text].reduce((sum, one) => sum + (WIDE.test(one) ? 2 : 1), 0);
}
