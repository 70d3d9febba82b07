/**
 * True where the JSON text of an object names a member twice at its top. `JSON.parse` takes the last one; another
 * reader of the same token may have looked at the first. May throw where the text is no JSON.
 */
export function hasRepeatedNames(json: string): boolean {
  const seen = new Set<string>();
  let depth = 0;
  // A name stands behind `{` or `,` of the object itself; everything else there is a value.
  let nameIsNext = false;
  for (let at = 0; at < json.length; at++) {
    switch (json.charAt(at)) {
      case '{':
      case '[':
        nameIsNext = ++depth === 1 && json[at] === '{';
        break;
      case '}':
      case ']':
        depth--;
        nameIsNext = false;
        break;
      case ',':
        nameIsNext = depth === 1;
        break;
      case '"': {
        const end = endOfText(json, at);
        if (nameIsNext) {
          // Parsed, because "s\u0075b" is "sub" too.
          const name = JSON.parse(json.slice(at, end + 1)) as string;
          if (seen.has(name)) return true;
          seen.add(name);
        }
        nameIsNext = false;
        at = end;
        break;
      }
    }
  }
  return false;
}

/** Of the text that begins at `from`, its closing quote. */
function endOfText(json: string, from: number): number {
  let at = from + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at;
}
