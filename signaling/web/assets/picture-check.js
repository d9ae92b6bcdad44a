/* SPDX-License-Identifier: Apache-2.0 */
/* picture-check.js: is there anything to see in the camera's picture? */

const WIDTH = 32;
const HEIGHT = 18;
const DARK = 16;      /* mean brightness, 0 to 255: a lens that is covered gives 0 to 8 */
const EVEN = 3;       /* deviation: a covered lens has its noise and no more */
const FRAME_MS = 3000;

/* @pixels: RGBA. 'good', or 'bad': black, or all of one colour. */
export function judgePicture(pixels) {
    const values = [];
    for (let i = 0; i < pixels.length; i += 4)
        values.push((pixels[i] + pixels[i + 1] + pixels[i + 2]) / 3);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const power = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    return mean < DARK || Math.sqrt(power) < EVEN ? 'bad' : 'good';
}

/* Of the frame that @track shows now; 'bad' also where none comes. */
export async function checkPicture(track) {
    const video = document.createElement('video');
    video.muted = true;
    video.srcObject = new MediaStream([track]);
    try {
        await Promise.race([video.play(), new Promise((_, reject) =>
            setTimeout(() => reject(new Error('no frame')), FRAME_MS))]);
        const context = new OffscreenCanvas(WIDTH, HEIGHT).getContext('2d');
        context.drawImage(video, 0, 0, WIDTH, HEIGHT);
        return judgePicture(context.getImageData(0, 0, WIDTH, HEIGHT).data);
    } catch {
        return 'bad';
    } finally {
        video.srcObject = null;
    }
}
