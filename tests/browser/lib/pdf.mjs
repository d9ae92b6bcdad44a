/* SPDX-License-Identifier: Apache-2.0 */
/* pdf.mjs: PDFs made on the spot, as a teacher has them. */

const N_PAGES = 12;
const PICTURE = { width: 2400, height: 1600 };

/* Page @n has a band of this colour along its upper edge, by which it is known. */
export const bandOf = (n) => [18 * n, 120, 240 - 18 * n];

/* A lesson's slides, 16:9: Chinese and English, and a large picture on the last page. */
export async function lessonPdf(browser) {
    const page = await (await browser.newContext()).newPage();
    await page.setContent(`<style>
        @page { size: 960px 540px; margin: 0 }
        body { margin: 0; font: 26px "Noto Sans CJK SC", sans-serif }
        section { position: relative; width: 960px; height: 540px; overflow: hidden;
                  break-after: page; padding: 70px 60px; box-sizing: border-box }
        i { position: absolute; left: 0; top: 0; width: 100%; height: 40px }
        h1 { margin: 0 0 20px; font-size: 44px } canvas { width: 640px }
        </style><body></body>`);
    await page.evaluate(([n_pages, picture]) => {
        for (let n = 1; n <= n_pages; n++) {
            const section = document.createElement('section');
            const band = document.createElement('i');
            band.style.background = `rgb(${18 * n}, 120, ${240 - 18 * n})`;
            const heading = document.createElement('h1');
            heading.textContent = `第 ${n} 页 · 富饶的西沙群岛`;
            const words = document.createElement('p');
            words.textContent = '西沙群岛一带海水五光十色，瑰丽无比：有深蓝的，淡青的，浅绿的，杏黄的。';
            const english = document.createElement('p');
            english.textContent = `Page ${n}. The sea around the islands shines in many colours.`;
            section.append(band, heading, words, english);
            document.body.append(section);
        }
        const canvas = document.createElement('canvas');
        Object.assign(canvas, picture);
        const context = canvas.getContext('2d');
        const pixels = context.createImageData(picture.width, picture.height);
        let seed = 1;
        for (let i = 0; i < pixels.data.length; i++) {
            seed = (seed * 48271) % 2147483647;
            pixels.data[i] = i % 4 === 3 ? 255 : (i / 9600) % 128 + seed % 100;
        }
        context.putImageData(pixels, 0, 0);
        const image = document.createElement('img');
        image.style.width = '480px';
        image.src = canvas.toDataURL('image/jpeg', 0.8);
        document.body.lastElementChild.append(image);
        return image.decode();
    }, [N_PAGES, PICTURE]);
    const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
    await page.context().close();
    return pdf;
}

/* One 4:3 page that names its Chinese font and does not carry it, as old programs write them. */
export function fontlessPdf() {
    const text = [...'海底的世界'].map((one) => one.codePointAt(0).toString(16).padStart(4, '0')).join('');
    const content = `BT /F1 60 Tf 40 200 Td <${text}> Tj ET`;
    const objects = [
        '<< /Type /Catalog /Pages 2 0 R >>',
        '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
        '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 300] /Contents 4 0 R '
            + '/Resources << /Font << /F1 5 0 R >> >> >>',
        `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
        '<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H '
            + '/DescendantFonts [6 0 R] >>',
        '<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo '
            + '<< /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /FontDescriptor 7 0 R /DW 1000 >>',
        '<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] '
            + '/ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>',
    ];
    const offsets = [];
    let file = '%PDF-1.4\n';
    objects.forEach((object, i) => {
        offsets.push(file.length);
        file += `${i + 1} 0 obj\n${object}\nendobj\n`;
    });
    const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
    return Buffer.from(`${file}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}`
        + `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`);
}
