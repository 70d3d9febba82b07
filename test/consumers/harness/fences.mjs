/** The code of the first fence after a marker `<!-- name -->` of a Markdown text. Throws where there is none. */
export function fenceAfter(markdown, name, file) {
  const marker = `<!-- ${name} -->`;
  const at = markdown.indexOf(marker);
  if (at < 0) throw new Error(`${file} has no ${marker}`);
  const fence = /^\s*```(?:ts|js|mjs)[^\n]*\n(.*?)^```\s*$/ms.exec(markdown.slice(at + marker.length));
  if (!fence || fence.index !== 0) throw new Error(`${file}: ${marker} is not followed by a fence of ts or js`);
  return fence[1];
}
